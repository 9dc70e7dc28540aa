// Arrays of the user's own: a file each, or one archive of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/npz.hpp"

namespace tenon::runtime {
namespace {

bool is_image(const npy_array& x) { return x.type == number::uint8 && x.shape.size() >= 3; }

dataset make_part(const npy_array& x, const npy_array& y, const std::string& x_path,
                  const std::string& y_path, const network_info& network) {
  if (x.shape.empty() || y.shape.empty() || x.shape[0] != y.shape[0]) {
    throw user_error(
        fmt::format("{} has shape {}, {} has {}: the first dimension of both counts the samples",
                    x_path, text(x.shape), y_path, text(y.shape)));
  }
  dataset data;
  data.shape.assign(x.shape.begin() + 1, x.shape.end());
  data.x = scaled(x);
  const bool numbers = network.target_is_distribution && y.count() == y.shape[0];
  if (network.target_is_class || numbers) {
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

// The array with one of these names, and that name.
const std::pair<const std::string, npy_array>& array_named(
    const std::map<std::string, npy_array>& arrays, const std::vector<std::string>& names,
    const std::string& path) {
  for (const std::string& name : names) {
    if (const auto found = arrays.find(name); found != arrays.end()) return *found;
  }
  std::vector<std::string> have;
  for (const auto& [name, array] : arrays) have.push_back(name);
  throw user_error(fmt::format("npz:{}: holds no array {}; it has {}", path,
                               fmt::join(names, " or "), fmt::join(have, ", ")));
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
  const auto load = [&](const std::string& x_path, const std::string& y_path) {
    const npy_array x = read_npy(x_path);
    if (is_image(x)) source.by_default = standardization::channel;
    return make_part(x, read_npy(y_path), x_path, y_path, network);
  };
  source.train = load(files[0], files[1]);
  if (files.size() == 4) source.test = load(files[2], files[3]);
  return source;
}

source_data load_npz(const std::string& path, const network_info& network) {
  const auto arrays = read_npz(path);
  const auto load = [&](const std::vector<std::string>& x_names,
                        const std::vector<std::string>& y_names) {
    const auto& [x_name, x] = array_named(arrays, x_names, path);
    const auto& [y_name, y] = array_named(arrays, y_names, path);
    return make_part(x, y, x_name, y_name, network);
  };
  const std::vector<std::string> train_x{"x_train", "x"}, test_x{"x_test", "test_x"};
  source_data source;
  source.train = load(train_x, {"y_train", "y"});
  if (is_image(array_named(arrays, train_x, path).second))
    source.by_default = standardization::channel;
  const bool has_test =
      std::ranges::any_of(test_x, [&](const auto& name) { return arrays.contains(name); });
  if (has_test) source.test = load(test_x, {"y_test", "test_y"});
  return source;
}

}  // namespace tenon::runtime
