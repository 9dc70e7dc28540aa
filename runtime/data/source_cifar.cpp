// CIFAR-10, binary version: records of one label byte and 3 x 32 x 32 bytes, no header.
#include <fmt/format.h>

#include "runtime/data/class_names.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t image = 3 * 32 * 32, record = image + 1;

void append_batch(dataset& data, const std::filesystem::path& path) {
  const bytes content = read_unpacked(path);
  if (content.empty()) throw user_error(fmt::format("{}: is empty", path.string()));
  if (content.size() % record != 0) {
    throw user_error(fmt::format(
        "{}: {} bytes are no whole number of records of {} (a label and 3 x 32 x 32); is the copy "
        "complete, and is it the binary version of CIFAR-10?",
        path.string(), content.size(), record));
  }
  data.x.reserve(data.x.size() + content.size() / record * image);
  for (std::size_t at = 0; at < content.size(); at += record) {
    data.classes.push_back(std::to_integer<std::int32_t>(content[at]));
    for (std::size_t i = 1; i < record; ++i)
      data.x.push_back(static_cast<float>(std::to_integer<int>(content[at + i])) / 255.0F);
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
