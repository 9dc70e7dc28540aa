// Every file of the corpus, whole, cut short and damaged in the ways that matter most: the reader
// takes it or refuses it with one line, and nothing else happens. The fuzzers go on from here.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "tests/fuzz/readers.hpp"

namespace {

using namespace tenon::test;
namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> corpus(const file_reader& reader) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(TENON_CORPUS) / reader.name))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

bool takes(const file_reader& reader, const std::string& content) {
  return accepts(reader, std::as_bytes(std::span(content)));
}

TEST_CASE("the corpus holds, for every reader, files that it takes and files that it refuses") {
  for (const file_reader& reader : file_readers()) {
    CAPTURE(std::string(reader.name));
    std::size_t taken = 0;
    const auto files = corpus(reader);
    for (const fs::path& path : files) taken += takes(reader, content_of(path));
    CHECK(taken > 0);
    CHECK(taken < files.size());
  }
}

TEST_CASE("cut anywhere") {
  for (const file_reader& reader : file_readers()) {
    for (const fs::path& path : corpus(reader)) {
      CAPTURE(path.string());
      const std::string whole = content_of(path);
      const std::size_t step = std::max<std::size_t>(1, whole.size() / 300);
      for (std::size_t n = 0; n < whole.size(); n += step)
        CHECK_NOTHROW(takes(reader, whole.substr(0, n)));
    }
  }
}

TEST_CASE("bytes changed to 0, 0x7f, 0x80, 0xff and their neighbours, near the head one by one") {
  for (const file_reader& reader : file_readers()) {
    for (const fs::path& path : corpus(reader)) {
      CAPTURE(path.string());
      const std::string whole = content_of(path);
      const std::size_t step = std::max<std::size_t>(1, whole.size() / 150);
      for (std::size_t at = 0; at < whole.size(); at += at < 64 ? 1 : step) {
        for (const char value : {'\0', '\x7f', '\x80', '\xff', static_cast<char>(whole[at] + 1)}) {
          std::string damaged = whole;
          damaged[at] = value;
          CHECK_NOTHROW(takes(reader, damaged));
        }
      }
    }
  }
}

TEST_CASE("parts doubled, dropped and exchanged at random places") {
  std::mt19937 random(11);
  for (const file_reader& reader : file_readers()) {
    for (const fs::path& path : corpus(reader)) {
      CAPTURE(path.string());
      const std::string whole = content_of(path);
      for (int i = 0; i < 60; ++i) {
        std::string damaged = whole;
        const std::size_t at = random() % (whole.size() + 1), n = random() % 40;
        const std::string part = whole.substr(at, n);
        if (i % 3 == 0) damaged.insert(random() % (whole.size() + 1), part);
        if (i % 3 == 1) damaged.erase(at, n);
        if (i % 3 == 2) damaged.replace(random() % (whole.size() + 1), n, part);
        CHECK_NOTHROW(takes(reader, damaged));
      }
    }
  }
}

}  // namespace
