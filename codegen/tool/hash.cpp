#include "codegen/tool/hash.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdint>
#include <new>

#include "codegen/tool/files.hpp"

namespace tenon::tool {

struct hasher::state {
  struct release {
    void operator()(XXH3_state_t* s) const { XXH3_freeState(s); }
  };
  std::unique_ptr<XXH3_state_t, release> stream{XXH3_createState()};
};

hasher::hasher() : state_(std::make_unique<state>()) {
  if (!state_->stream) throw std::bad_alloc();
  XXH3_128bits_reset(state_->stream.get());
}
hasher::~hasher() = default;

hasher& hasher::add(std::string_view text) {
  const std::uint64_t length = text.size();
  XXH3_128bits_update(state_->stream.get(), &length, sizeof length);
  XXH3_128bits_update(state_->stream.get(), text.data(), text.size());
  return *this;
}

std::string hasher::digest() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->stream.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string hash_of(std::string_view text) { return hasher().add(text).digest(); }
std::string hash_of_file(const std::filesystem::path& path) { return hash_of(read_file(path)); }

}  // namespace tenon::tool
