#include "runtime/app/predict_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/data/pictures.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

// The array's first dimension counts the samples.
std::vector<float> load_npy_inputs(const std::string& path, const network_info& network) {
  const npy_array array = read_npy(path);
  if (array.shape.empty())
    throw user_error(fmt::format("{}: holds a single number, not [n, …input shape]", path));
  require_input_fit(std::span(array.shape).subspan(1), network, path);
  return scaled(array);
}

bool is_csv(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".csv") || name.ends_with(".csv.gz");
}

// Pictures, and those in folders.
std::vector<std::filesystem::path> pictures(const std::vector<std::string>& inputs) {
  std::vector<std::filesystem::path> all;
  for (const std::string& input : inputs) {
    if (!std::filesystem::is_directory(input)) {
      all.emplace_back(input);
      continue;
    }
    const auto inside = pictures_in(input);
    if (inside.empty()) throw user_error(fmt::format("{}: holds no PNG or JPEG files", input));
    all.insert(all.end(), inside.begin(), inside.end());
  }
  return all;
}

prediction_inputs load_pictures(const predict_options& o, const network_info& network) {
  prediction_inputs in;
  for (const auto& path : pictures(o.inputs)) {
    append_picture(path, network, o.source.resize, in.x);
    in.labels.push_back(path.string());
  }
  return in;
}

// Rows are numbered.
prediction_inputs load_rows(const std::string& path, const predict_options& o,
                            const network_info& network, const weights_about& about) {
  prediction_inputs in;
  in.x = is_csv(path) ? load_csv_features(path, network, to_options(o.source, about.names))
                      : load_npy_inputs(path, network);
  const std::size_t n = in.x.size() / count(network.input_shape);
  for (std::size_t i = 0; i < n; ++i) in.labels.push_back(std::to_string(i));
  return in;
}

}  // namespace

prediction_inputs load_inputs(const predict_options& o, const network_info& network,
                              const weights_about& about) {
  const std::string& first = o.inputs.front();
  const auto is_array = [](const std::string& p) { return is_csv(p) || p.ends_with(".npy"); };
  const bool several = o.inputs.size() > 1,
             pictures = is_picture(first) || std::filesystem::is_directory(first);
  if (several && (!pictures || std::ranges::any_of(o.inputs, is_array))) {
    throw user_error(fmt::format(
        "--input: {} and {} more; several files may only be pictures, an array or a table stands "
        "alone",
        first, o.inputs.size() - 1));
  }
  return pictures ? load_pictures(o, network) : load_rows(first, o, network, about);
}

}  // namespace tenon::runtime
