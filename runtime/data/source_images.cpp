// A folder of pictures, one folder per class in it (as torchvision's ImageFolder), or such folders
// for training and testing: train and test, or train and val.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/data/pictures.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;
using strings = std::vector<std::string>;

strings folders_in(const fs::path& folder) {
  strings names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && !name.starts_with('.')) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

dataset load_part(const fs::path& folder, const strings& classes, const network_info& network,
                  bool resize) {
  dataset data;
  data.shape.assign(network.input_shape.begin(), network.input_shape.end());
  for (const std::string& name : folders_in(folder)) {
    const auto found = std::ranges::find(classes, name);
    if (found == classes.end()) {
      throw user_error(fmt::format("{}: is no known class; known are {}", (folder / name).string(),
                                   fmt::join(classes, ", ")));
    }
    for (const fs::path& path : pictures_in(folder / name)) {
      append_picture(path, network, resize, data.x);
      data.classes.push_back(static_cast<std::int32_t>(found - classes.begin()));
    }
  }
  return data;
}

}  // namespace

source_data load_images(const fs::path& folder, const network_info& network,
                        const source_options& options) {
  if (!fs::is_directory(folder)) {
    throw user_error(fmt::format("images:{}: no such folder", folder.string()));
  }
  if (!network.tells_classes()) {
    throw user_error(fmt::format(
        "images:{}: folders name classes, but network {} predicts values; use npy:x.npy,y.npy",
        folder.string(), network.name));
  }
  const bool parts = fs::is_directory(folder / "train");
  const fs::path train = parts ? folder / "train" : folder;
  source_data source;
  source.by_default = standardization::channel;
  source.names.classes = options.names.classes.empty() ? folders_in(train) : options.names.classes;
  if (source.names.classes.empty()) {
    throw user_error(fmt::format(
        "images:{}: holds no folders; it wants one per class with PNG or JPEG files in it",
        train.string()));
  }
  require_names_fit(source.names.classes, network, "images:" + train.string());
  source.train = load_part(train, source.names.classes, network, options.resize);
  for (const char* name : {"test", "val"}) {
    if (!parts || source.test || !fs::is_directory(folder / name)) continue;
    source.test = load_part(folder / name, source.names.classes, network, options.resize);
  }
  return source;
}

}  // namespace tenon::runtime
