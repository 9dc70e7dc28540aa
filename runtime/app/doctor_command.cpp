#include <fmt/format.h>

#include <algorithm>

#include "runtime/app/commands.hpp"
#include "runtime/app/device.hpp"
#include "runtime/app/machine.hpp"
#include "runtime/app/machine_peak.hpp"
#include "runtime/app/self_test.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/initialize.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t seed = 42;

std::string compiler() {
#if defined(__clang__)
  return std::string("Clang ") + __clang_version__;
#else
  return std::string("GCC ") + __VERSION__;
#endif
}

std::string chosen_target(const network_entry& network) {
  if (!network.make_evaluator) return std::string(make_trainer(network, nullptr)->target());
  aligned_floats image(network.info->image_floats);
  initialize(*network.info, image.span(), seed);
  return std::string(folded_network(network, image.span(), nullptr).run().target());
}

}  // namespace

int doctor_command(const context& where, unsigned threads) {
  std::string targets;
  for (const std::string& name : supported_targets()) targets += " " + name;
  where.out << fmt::format("network      {} {}\n", where.network.info->name,
                           where.network.info->signature);
  where.out << fmt::format("versions     tenon {}, Highway {}, {}\n", TENON_VERSION,
                           highway_version(), compiler());
  where.out << fmt::format("targets     {}\n", targets);
  where.out << fmt::format("chosen       {}\n", chosen_target(where.network));
  where.out << fmt::format("threads      {} (this process may use {})\n",
                           threads_or_default(threads), pool::available());
  where.out << fmt::format("devices      {}\n", text_of_devices(where.network));
  if (where.on_gpu()) return device_self_test(where) ? done : failed_check;
  return self_test(where, std::max(2U, threads_or_default(threads))) ? done : failed_check;
}

}  // namespace tenon::runtime
