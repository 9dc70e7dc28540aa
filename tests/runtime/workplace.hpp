// A folder of sound files of each kind, for tests that spoil one at a time.
#pragma once
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/io/file.hpp"
#include "runtime/io/npy.hpp"
#include "tests/runtime/encode.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace tenon::test {

// For the classifier [1, 40] -> 10.
class workplace {
 public:
  workplace() : folder_(fresh("bad_input")) {
    put("idx/train-images-idx3-ubyte", images(20));
    put("idx/train-labels-idx1-ubyte", labels(20));
    put("cifar/data_batch_1.bin", std::string(3073, '\1'));
    put_array("x.npy", {20, 40}, 800);
    put("y.npy", integers(20, '\1'));
    put("table.csv", table("1"));
    put("picture.png", png(std::vector<std::uint8_t>(40, 99), 40, 1, 1));
    put("picture.jpg", jpeg(std::vector<std::uint8_t>(40, 99), 40, 1, 1));
    const outcome trained = call({"train", "--data", "idx", "--epochs", "1", "--output", "run"});
    REQUIRE_MESSAGE(trained.code == 0, trained.err);
    std::filesystem::rename(folder_ / "run/best.safetensors", folder_ / "w.safetensors");
    std::filesystem::remove_all(folder_ / "run");
  }

  static std::string images(std::uint32_t n) {
    return big_endian(0x803) + big_endian(n) + big_endian(4) + big_endian(10) +
           std::string(std::size_t{40} * n, '\x33');
  }
  static std::string labels(std::uint32_t n) {
    return big_endian(0x801) + big_endian(n) + std::string(n, '\1');
  }
  // int64 [n], each equal to `value`.
  static std::string integers(std::size_t n, char value) {
    std::string header =
        "{'descr': '<i8', 'fortran_order': False, 'shape': (" + std::to_string(n) + ",), }";
    std::string file("\x93NUMPY\1\0", 8);
    file += little_endian(static_cast<std::uint16_t>(header.size())) + header;
    for (std::size_t i = 0; i < n; ++i) file += value + std::string(7, '\0');
    return file;
  }
  static std::string table(const std::string& field) {
    std::string head, row;
    for (int i = 0; i < 40; ++i) {
      head += "f" + std::to_string(i) + ",";
      row += i == 7 ? field + "," : "1,";
    }
    return head + "y\n" + row + "3\n";
  }

  void put(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write(folder_ / name, content);
  }
  void put_array(const std::string& name, const std::vector<std::size_t>& shape,
                 std::size_t n) const {
    runtime::write_npy(folder_ / name, shape, std::vector<float>(n, 0.5F));
  }
  std::string content(const std::string& name) const {
    const runtime::bytes b = runtime::read_file(folder_ / name);
    return {reinterpret_cast<const char*>(b.data()), b.size()};
  }
  const std::filesystem::path& folder() const { return folder_; }

  // Words that name something in the folder become its path.
  outcome call(std::vector<std::string> words,
               const tenon::network_entry& network = classifier()) const {
    for (std::string& word : words) {
      const auto colon = word.find(':');
      const std::string kind = colon == std::string::npos ? "" : word.substr(0, colon + 1);
      std::string paths;
      bool ours = false;
      for (std::string name : split(word.substr(kind.size()))) {
        if (std::filesystem::exists(folder_ / name) || name.starts_with("absent") ||
            name == "run") {
          name = (folder_ / name).string();
          ours = true;
        }
        paths += (paths.empty() ? "" : ",") + name;
      }
      if (ours && !word.starts_with("--")) word = kind + paths;
    }
    return run(network, words);
  }

 private:
  static std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) c == ',' ? parts.emplace_back() : parts.back() += std::string(1, c);
    return parts;
  }

  std::filesystem::path folder_;
};

}  // namespace tenon::test
