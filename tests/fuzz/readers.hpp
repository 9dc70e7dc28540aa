// Every reader of files behind one entry, for libFuzzer and for the test of damaged files.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace tenon::test {

struct file_reader {
  std::string_view name;  // also of its folder in corpus/
  // Reads a file with this content, which user_error may refuse. Any other exception, and a result
  // that contradicts itself (std::logic_error), is a fault.
  void (*read)(std::span<const std::byte> content);
};

std::span<const file_reader> file_readers();

// True if the reader accepted the content, false if it refused it with a message of one line.
bool accepts(const file_reader& reader, std::span<const std::byte> content);

}  // namespace tenon::test
