// xxh3-128 of bytes that come in pieces.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace tenon::runtime {

class hasher {
 public:
  hasher();
  ~hasher();
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;

  void add(std::span<const std::byte> data);
  std::string hexadecimal() const;  // 32 digits, as xxhsum -H2 prints them

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace tenon::runtime
