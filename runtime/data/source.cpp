#include "runtime/data/source.hpp"

#include <fmt/format.h>

#include "runtime/data/mnist1d.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/hash.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view npy_prefix = "npy:", npz_prefix = "npz:", csv_prefix = "csv:",
                           images_prefix = "images:";

source_data load(const std::string& source, const network_info& network,
                 const source_options& options) {
  if (source == "mnist1d") return load_mnist1d();
  if (source.starts_with(npy_prefix)) return load_npy(source.substr(npy_prefix.size()), network);
  if (source.starts_with(npz_prefix)) return load_npz(source.substr(npz_prefix.size()), network);
  if (source.starts_with(csv_prefix)) {
    return load_csv(source.substr(csv_prefix.size()), network, options);
  }
  if (source.starts_with(images_prefix)) {
    return load_images(source.substr(images_prefix.size()), network, options);
  }
  if (!std::filesystem::is_directory(source)) {
    throw user_error(
        fmt::format("--data {}: neither a folder nor a known source; there are mnist1d, "
                    "npy:x.npy,y.npy, npz:data.npz, csv:table.csv, images:FOLDER, a folder of IDX "
                    "files and a folder "
                    "of CIFAR-10 batches",
                    source));
  }
  if (!plain_or_gz(source, "data_batch_1.bin").empty() ||
      !plain_or_gz(source, "test_batch.bin").empty()) {
    return load_cifar_folder(source);
  }
  return load_idx_folder(source);
}

}  // namespace

void require_names_fit(const std::vector<std::string>& classes, const network_info& network,
                       const std::string& source) {
  if (classes.empty() || !network.tells_classes() ||
      classes.size() <= static_cast<std::size_t>(network.classes))
    return;
  throw user_error(fmt::format("{}: {} names of classes ({}, …), network {} tells {} apart", source,
                               classes.size(), classes.front(), network.name, network.classes));
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

source_data load_source(const std::string& source, const network_info& network,
                        const source_options& options) {
  source_data data = load(source, network, options);
  data.name = source;
  if (!options.names.classes.empty()) data.names.classes = options.names.classes;
  require_names_fit(data.names.classes, network, source);
  complete_targets(data.train, network);
  if (data.test) complete_targets(*data.test, network);
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
    h.add(std::as_bytes(std::span(data.weights)));
  };
  add(source.train);
  if (source.test) add(*source.test);
  return h.hexadecimal();
}

}  // namespace tenon::runtime
