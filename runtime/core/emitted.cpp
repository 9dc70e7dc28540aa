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
    case error::no_device:
      return "no CUDA device: this machine has no GPU that its driver can use";
    case error::device_unsupported:
      return "the GPU's compute capability is not among those that were compiled: compile the .cu "
             "file for it (nvcc -arch)";
    case error::device_out_of_memory:
      return "the GPU has too little free memory";
    case error::device_failed:
      return "the GPU failed or was lost: close the network and open it again";
    case error::not_device_memory:
      return "an array lies in host memory that should lie on the GPU: use the functions without "
             "_on_device, or copy it there";
    case error::not_host_memory:
      return "an array lies on the GPU that should lie in host memory: use the functions with "
             "_on_device";
  }
  return "unknown error";
}

}  // namespace tenon
