#include "runtime/io/hash.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <new>

namespace tenon::runtime {

struct hasher::state {
  struct release {
    void operator()(XXH3_state_t* s) const { XXH3_freeState(s); }
  };
  std::unique_ptr<XXH3_state_t, release> xxh3{XXH3_createState()};
};

hasher::hasher() : state_(std::make_unique<state>()) {
  if (!state_->xxh3) throw std::bad_alloc();
  XXH3_128bits_reset(state_->xxh3.get());
}

hasher::~hasher() = default;

void hasher::add(std::span<const std::byte> data) {
  if (!data.empty()) XXH3_128bits_update(state_->xxh3.get(), data.data(), data.size());
}

std::string hasher::hexadecimal() const {
  const XXH128_hash_t h = XXH3_128bits_digest(state_->xxh3.get());
  return fmt::format("{:016x}{:016x}", h.high64, h.low64);
}

}  // namespace tenon::runtime
