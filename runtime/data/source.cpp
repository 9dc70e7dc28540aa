#include "runtime/data/source.hpp"

#include <fmt/format.h>

#include "runtime/data/mnist1d.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/hash.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view npy_prefix = "npy:";

source_data load(const std::string& source, const network_info& network) {
  if (source == "mnist1d") return load_mnist1d();
  if (source.starts_with(npy_prefix)) return load_npy(source.substr(npy_prefix.size()), network);
  if (!std::filesystem::is_directory(source)) {
    throw user_error(
        fmt::format("--data {}: neither a folder nor a known source; there are mnist1d, "
                    "npy:x.npy,y.npy, a folder "
                    "of IDX files and a folder of CIFAR-10 batches",
                    source));
  }
  if (!plain_or_gz(source, "data_batch_1.bin").empty() ||
      !plain_or_gz(source, "test_batch.bin").empty()) {
    return load_cifar_folder(source);
  }
  return load_idx_folder(source);
}

}  // namespace

source_data load_source(const std::string& source, const network_info& network) {
  source_data data = load(source, network);
  data.name = source;
  require_fit(data.train, network, source);
  if (data.test) require_fit(*data.test, network, source + " (test part)");
  return data;
}

std::string hash(const source_data& source) {
  hasher h;
  const auto add = [&](const dataset& data) {
    h.add(std::as_bytes(std::span(data.shape)));
    h.add(std::as_bytes(std::span(data.x)));
    h.add(std::as_bytes(std::span(data.classes)));
    h.add(std::as_bytes(std::span(data.targets)));
  };
  add(source.train);
  if (source.test) add(*source.test);
  return h.hexadecimal();
}

}  // namespace tenon::runtime
