#include "runtime/app/device.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

std::string name_of(const cuda_network& there, int device) {
  return fmt::format("cuda:{} ({})", device, there.describe(device));
}

// Why nothing can run on the device; nothing where it can.
std::optional<std::string> refusal(const cuda_network& there, int device) {
  try {
    there.select(device);
    return {};
  } catch (const device_error& e) {
    return e.what();
  }
}

// The number in "cuda:1"; 0 in "cuda".
int index_in(const std::string& asked) {
  constexpr std::string_view begin = "cuda:";
  if (asked == "cuda") return 0;
  int index = -1;
  const char* const end = asked.data() + asked.size();
  const auto read = asked.starts_with(begin)
                        ? std::from_chars(asked.data() + begin.size(), end, index)
                        : std::from_chars_result{asked.data(), std::errc::invalid_argument};
  if (read.ec == std::errc() && read.ptr == end && index >= 0) return index;
  throw user_error(fmt::format(
      "--device {}: there is no such kind of device; give cpu, cuda, cuda:1 (the second GPU) or "
      "auto",
      asked));
}

// What select() says where there is no device at all, in the CUDA runtime's words.
std::string why_none(const cuda_network& there) {
  return refusal(there, 0).value_or("no CUDA device: none was found");
}

chosen_device on_gpu(const network_entry& network, int device) {
  return {device_entry(network), name_of(network.cuda(), device)};
}

chosen_device choose_gpu(const network_entry& network, const std::string& asked, int device) {
  if (!network.cuda) {
    throw user_error(
        fmt::format("--device {}: this executable was built without CUDA; build it with `tenon "
                    "build --device cuda` or tenon_add_network(... CUDA), or run it on the cpu",
                    asked));
  }
  const cuda_network& there = network.cuda();
  const int devices = there.devices();
  if (devices <= 0) throw user_error(why_none(there) + "; run with --device cpu");
  if (device >= devices) {
    throw user_error(fmt::format("--device {}: this machine has {} CUDA device{}: {}; name {}",
                                 asked, devices, devices == 1 ? "" : "s",
                                 fmt::join(cuda_devices(network), ", "),
                                 devices == 1 ? "that" : "one of them"));
  }
  if (const auto why = refusal(there, device))
    throw user_error(fmt::format("--device {}: {}", asked, *why));
  return on_gpu(network, device);
}

chosen_device choose_best(const network_entry& network, std::ostream& err) {
  const int devices = network.cuda ? network.cuda().devices() : 0;
  for (int device = 0; device < devices; ++device) {
    const auto why = refusal(network.cuda(), device);
    if (!why) return on_gpu(network, device);
    err << fmt::format("note: cuda:{} is left alone: {}\n", device, *why);
  }
  return {network, "cpu"};
}

}  // namespace

std::vector<std::string> cuda_devices(const network_entry& network) {
  std::vector<std::string> names;
  const int devices = network.cuda ? network.cuda().devices() : 0;
  for (int device = 0; device < devices; ++device) names.push_back(name_of(network.cuda(), device));
  return names;
}

std::string text_of_devices(const network_entry& network) {
  if (!network.cuda) return "cpu (built without CUDA)";
  const std::vector<std::string> gpus = cuda_devices(network);
  if (gpus.empty()) return fmt::format("cpu ({})", why_none(network.cuda()));
  return fmt::format("cpu, {}", fmt::join(gpus, ", "));
}

chosen_device choose_device(const network_entry& network, const std::string& asked,
                            std::ostream& err) {
  if (asked == "cpu") return {network, "cpu"};
  if (asked == "auto") return choose_best(network, err);
  return choose_gpu(network, asked, index_in(asked));
}

}  // namespace tenon::runtime
