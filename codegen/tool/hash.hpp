// xxh3, 128 bits, as 32 hexadecimal digits: the names under which the cache keeps things.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace tenon::tool {

class hasher {
 public:
  hasher();
  ~hasher();
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;

  // The length enters too: ("ab", "c") differs from ("a", "bc").
  hasher& add(std::string_view text);
  std::string digest() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string hash_of(std::string_view text);
std::string hash_of_file(const std::filesystem::path& path);

}  // namespace tenon::tool
