#include "runtime/core/emitted.hpp"

namespace tenon {

const char* text(error e) noexcept {
  switch (e) {
    case error::none:
      return "no error";
    case error::arena_too_small:
      return "the arena is smaller than the network's arena_bytes";
    case error::arena_misaligned:
      return "the arena does not begin at a multiple of 64 bytes: declare it alignas(64)";
    case error::weights_missing:
      return "no weights: none are embedded and none were given";
    case error::weights_wrong_size:
      return "the weights have another size or layout than the network: export them again from the "
             "same build";
    case error::weights_not_a_blob:
      return "the weights are not a blob of this version: make one with `export --format blob`";
    case error::weights_of_another_network:
      return "the weights belong to another network: their signature differs";
    case error::weights_misaligned:
      return "the weights do not begin at a multiple of 64 bytes: map or embed them so";
    case error::target_unsupported:
      return "this CPU has none of the instruction sets that were compiled: build with --isa "
             "dynamic";
  }
  return "unknown error";
}

}  // namespace tenon
