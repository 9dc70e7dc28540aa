// CIFAR-10, binary version: records of one label byte and 3 x 32 x 32 bytes, no header.
#include <fmt/format.h>

#include <array>

#include "runtime/data/class_names.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t image = 3 * 32 * 32, record = image + 1;

// Appends records until the file ends; a gzip file does not say beforehand how many there are.
void append_batch(dataset& data, const std::filesystem::path& path) {
  input_file file(path);
  std::array<std::byte, record> bytes;
  if (file.at_end()) throw user_error(fmt::format("{}: is empty", path.string()));
  while (!file.at_end()) {
    file.read(bytes);
    data.classes.push_back(std::to_integer<std::int32_t>(bytes[0]));
    for (std::size_t i = 1; i < record; ++i)
      data.x.push_back(static_cast<float>(std::to_integer<int>(bytes[i])) / 255.0F);
  }
}

}  // namespace

source_data load_cifar_folder(const std::filesystem::path& folder) {
  source_data source;
  source.by_default = standardization::channel;
  source.names.classes = class_names_in(folder);
  source.splits = false;  // only the official test batch gives figures that can be compared
  source.train.shape = {3, 32, 32};
  for (int i = 1; i <= 5; ++i) {
    const auto path = plain_or_gz(folder, fmt::format("data_batch_{}.bin", i));
    if (!path.empty()) append_batch(source.train, path);
  }
  if (source.train.x.empty()) {
    throw user_error(fmt::format("{}: holds no data_batch_1.bin … data_batch_5.bin (plain or .gz)",
                                 folder.string()));
  }
  const auto test = plain_or_gz(folder, "test_batch.bin");
  if (!test.empty()) {
    source.test.emplace();
    source.test->shape = source.train.shape;
    append_batch(*source.test, test);
  }
  return source;
}

}  // namespace tenon::runtime
