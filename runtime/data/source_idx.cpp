// A folder of IDX files with MNIST's names.
#include <fmt/format.h>

#include "runtime/data/class_names.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/idx.hpp"

namespace tenon::runtime {
namespace {

dataset load_part(const std::filesystem::path& images_path,
                  const std::filesystem::path& labels_path) {
  const idx_array images = read_idx(images_path, 3), labels = read_idx(labels_path, 1);
  if (images.shape[0] != labels.shape[0]) {
    throw user_error(fmt::format("{} holds {} images, {} holds {} labels", images_path.string(),
                                 images.shape[0], labels_path.string(), labels.shape[0]));
  }
  dataset data;
  data.shape = {images.shape[1], images.shape[2]};
  data.x.reserve(images.data.size());
  for (const std::uint8_t value : images.data) data.x.push_back(static_cast<float>(value) / 255.0F);
  data.classes.assign(labels.data.begin(), labels.data.end());
  return data;
}

}  // namespace

source_data load_idx_folder(const std::filesystem::path& folder) {
  const auto images = plain_or_gz(folder, "train-images-idx3-ubyte");
  const auto labels = plain_or_gz(folder, "train-labels-idx1-ubyte");
  if (images.empty() || labels.empty()) {
    throw user_error(fmt::format(
        "{}: holds neither train-images-idx3-ubyte and train-labels-idx1-ubyte (plain or .gz) nor "
        "CIFAR-10's data_batch_1.bin",
        folder.string()));
  }
  source_data source;
  source.by_default = standardization::channel;
  source.names.classes = class_names_in(folder);
  source.train = load_part(images, labels);
  const auto test_images = plain_or_gz(folder, "t10k-images-idx3-ubyte");
  const auto test_labels = plain_or_gz(folder, "t10k-labels-idx1-ubyte");
  if (test_images.empty() != test_labels.empty()) {
    throw user_error(
        fmt::format("{}: of t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte one is missing",
                    folder.string()));
  }
  if (!test_images.empty()) source.test = load_part(test_images, test_labels);
  return source;
}

}  // namespace tenon::runtime
