#include "tests/fuzz/readers.hpp"

#include <unistd.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "runtime/core/blob.hpp"
#include "runtime/data/class_names.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/csv_reader.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/hash.hpp"
#include "runtime/io/idx.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/io/raster.hpp"
#include "runtime/io/safetensors.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/weights.hpp"
#include "tests/runtime/linear_network.hpp"

namespace tenon::test {
namespace {

namespace fs = std::filesystem;
using namespace runtime;
using content_span = std::span<const std::byte>;

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// A folder of this process, removed at its end, and a file in it: most readers take paths.
class scratch {
 public:
  scratch() : folder_(fs::temp_directory_path() / ("tenon_fuzz_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  fs::path file(content_span content, const char* name = "input") const {
    const fs::path path = folder_ / name;
    fs::remove(path);  // written over, some file systems sync it: a thousand times slower
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path;
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

const scratch& place() {
  static const scratch only;
  return only;
}

void read_idx_file(content_span content) {
  const fs::path path = place().file(content);
  for (const std::size_t rank : {std::size_t{1}, std::size_t{3}}) {
    try {
      const idx_array a = read_idx(path, rank);
      require(count(a.shape) == a.data.size(), "idx: shape and data differ");
      return;
    } catch (const user_error&) {
      if (rank == 3) throw;
    }
  }
}

void read_cifar(content_span content) {
  place().file(content, "data_batch_1.bin");
  const source_data source = load_cifar_folder(place().folder());
  require(source.train.classes.size() == source.train.samples(), "cifar: images and labels differ");
}

void read_npy_file(content_span content) {
  const npy_array a = read_npy(place().file(content));
  require(count(a.shape) == a.count() && a.floats().size() == a.count(), "npy: shape and data");
}

void read_npz_file(content_span content) {
  for (const auto& [name, array] : read_npz(place().file(content))) {
    require(count(array.shape) == array.count(), "npz: shape and data");
  }
}

// [3] -> 3 classes or 2 values.
network_info table_network(bool classes) {
  static constexpr int inputs[] = {3};
  network_info info = *regressor().info;
  info.input_shape = inputs;
  info.target_is_class = classes;
  info.classes = 3;
  return info;
}

void read_csv(content_span content) {
  const std::string source = "csv:" + place().file(content).string();
  std::string refused;
  for (const bool header : {true, false}) {
    for (const bool classes : {true, false}) {
      source_options options{.names = {}, .header = header};
      if (!classes) options.names.targets = {header ? "a" : "1", header ? "b" : "2"};
      try {
        const network_info network = table_network(classes);
        const source_data data = load_source(source, network, options);
        require(data.train.x.size() == 3 * data.train.samples(), "csv: rows of other lengths");
        for (const float x : data.train.x) require(std::isfinite(x), "csv: a value is not finite");
        return;
      } catch (const user_error& e) {
        refused = e.what();
      }
    }
  }
  throw user_error(refused);
}

using record = std::vector<std::string>;

std::vector<record> records(std::string_view text) {
  csv_reader reader(text, "table");
  std::vector<record> all;
  std::size_t line = 0;
  for (record fields; reader.next(fields);) {
    require(!fields.empty() && reader.line() > line, "csv: lines do not grow");
    line = reader.line();
    all.push_back(fields);
  }
  return all;
}

// What was read, written with every field quoted, reads as the same.
void read_csv_records(content_span content) {
  const auto all = records({reinterpret_cast<const char*>(content.data()), content.size()});
  std::string again;
  for (const record& fields : all) {
    for (const std::string& field : fields) {
      again += '"';
      for (const char c : field) again += c == '"' ? "\"\"" : std::string(1, c);
      again += "\",";
    }
    again.back() = '\n';
  }
  require(records(again) == all, "csv: another table after writing it");
}

void read_picture(content_span content) {
  constexpr std::size_t most = 1 << 18;  // pixels: what a network would take
  const raster r = decode_raster(content, "picture", [](std::size_t width, std::size_t height) {
    if (width * height > most) throw user_error("picture: of another size");
  });
  require(r.data.size() == r.width * r.height * r.channels, "picture: size and data differ");
}

void read_safetensors(content_span content) {
  const safetensors_file file({content.begin(), content.end()});
  for (const tensor_view& t : file.tensors()) {
    require(count(t.shape) == t.values.size(), "safetensors: shape and data differ");
  }
}

void read_weights(content_span content) {
  const network_info& network = *regressor().info;
  aligned_floats image(network.image_floats);
  const weights_about about = load_weights(place().file(content), network, image.span());
  std::array<float, 6> x{};
  try {
    about.standardize.apply(x, 3);
  } catch (const user_error&) {  // of other data: said when it is used
  }
}

void read_names(content_span content) {
  require(!read_class_names(place().file(content)).empty(), "class names: none");
}

void read_blob(content_span content) {
  // Blobs are used where they lie, so they come aligned.
  aligned_floats aligned(content.size() / sizeof(float) + 1);
  const auto copy = std::as_writable_bytes(aligned.span()).first(content.size());
  std::ranges::copy(content, copy.begin());
  const network_info& network = *regressor().info;
  if (check(copy, network.signature, network.image_floats) != error::none)
    throw user_error("blob: refused");
  require(image_of(copy, network.image_floats).size_bytes() + 64 == content.size(), "blob: size");
}

// With the hash that belongs to it, so that what lies behind that door is reached.
void read_run_state(content_span content) {
  constexpr std::string_view key = "\"xxh3\":\"";
  constexpr std::size_t digits = 32;
  std::string text(reinterpret_cast<const char*>(content.data()), content.size());
  if (const std::size_t at = text.find(key);
      at != std::string::npos && at + key.size() + digits <= text.size()) {
    text.replace(at + key.size(), digits, digits, '0');
    hasher h;
    h.add(std::as_bytes(std::span(text)));
    text.replace(at + key.size(), digits, h.hexadecimal());
  }
  const network_info& network = *regressor().info;
  const saved_state state = load_state(place().file(std::as_bytes(std::span(text))), network);
  require(state.image.size() == network.image_floats, "state: image");
}

constexpr std::array readers{
    file_reader{"idx", read_idx_file},    file_reader{"cifar", read_cifar},
    file_reader{"npy", read_npy_file},    file_reader{"npz", read_npz_file},
    file_reader{"csv", read_csv},         file_reader{"csv_records", read_csv_records},
    file_reader{"picture", read_picture}, file_reader{"safetensors", read_safetensors},
    file_reader{"weights", read_weights}, file_reader{"class_names", read_names},
    file_reader{"blob", read_blob},       file_reader{"state", read_run_state}};

}  // namespace

std::span<const file_reader> file_readers() { return readers; }

bool accepts(const file_reader& reader, content_span content) {
  try {
    reader.read(content);
    return true;
  } catch (const user_error& e) {
    const std::string_view message = e.what();
    require(!message.empty() && message.find('\n') == std::string_view::npos,
            "a message is empty or has several lines");
    return false;
  }
}

}  // namespace tenon::test
