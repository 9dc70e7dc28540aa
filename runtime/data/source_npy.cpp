// Arrays of the user's own.
#include <fmt/format.h>

#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

dataset load_part(const std::string& x_path, const std::string& y_path, const network_info& network,
                  bool& images) {
  const npy_array x = read_npy(x_path), y = read_npy(y_path);
  if (x.shape.empty() || y.shape.empty() || x.shape[0] != y.shape[0]) {
    throw user_error(
        fmt::format("{} has shape {}, {} has {}: the first dimension of both counts the samples",
                    x_path, text(x.shape), y_path, text(y.shape)));
  }
  images = x.type == number::uint8 && x.shape.size() >= 3;
  dataset data;
  data.shape.assign(x.shape.begin() + 1, x.shape.end());
  data.x = scaled(x);
  if (network.target_is_class) {
    if (y.count() != y.shape[0])
      throw user_error(
          fmt::format("{}: class numbers have shape [n], not {}", y_path, text(y.shape)));
    data.classes = y.integers(y_path);
  } else {
    data.target_shape.assign(y.shape.begin() + 1, y.shape.end());
    data.targets = y.floats();
  }
  return data;
}

}  // namespace

std::vector<float> scaled(const npy_array& array) {
  std::vector<float> values = array.floats();
  if (array.type == number::uint8) {
    for (float& value : values) value /= 255.0F;
  }
  return values;
}

source_data load_npy(const std::string& paths, const network_info& network) {
  const auto files = split_at_commas(paths);
  if (files.size() != 2 && files.size() != 4) {
    throw user_error(fmt::format(
        "npy:{}: names {} files; npy:x.npy,y.npy or npy:x.npy,y.npy,test_x.npy,test_y.npy", paths,
        files.size()));
  }
  source_data source;
  bool images = false, ignored = false;
  source.train = load_part(files[0], files[1], network, images);
  if (images) source.by_default = standardization::channel;
  if (files.size() == 4) source.test = load_part(files[2], files[3], network, ignored);
  return source;
}

}  // namespace tenon::runtime
