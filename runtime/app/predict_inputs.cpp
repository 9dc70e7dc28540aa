#include "runtime/app/predict_inputs.hpp"

#include <fmt/format.h>

#include <filesystem>

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

}  // namespace

prediction_inputs load_inputs(const predict_options& o, const network_info& network,
                              const weights_about& about) {
  if (o.inputs.size() != 1) {
    throw user_error(fmt::format("--input: {} files; predict reads one", o.inputs.size()));
  }
  const std::string& path = o.inputs.front();
  prediction_inputs in;
  in.x = is_csv(path) ? load_csv_features(path, network, to_options(o.source, about.names))
                      : load_npy_inputs(path, network);
  about.standardize.apply(in.x, count(network.input_shape));
  const std::size_t n = in.x.size() / count(network.input_shape);
  for (std::size_t i = 0; i < n; ++i) in.labels.push_back(std::to_string(i));
  return in;
}

}  // namespace tenon::runtime
