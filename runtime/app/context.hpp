// What every command gets: the network and where to write.
#pragma once
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "runtime/core/network.hpp"
#include "runtime/core/pool.hpp"

namespace tenon::runtime {

struct context {
  const network_entry& network;
  std::ostream& out;
  std::ostream& err;              // notes and errors; with --json nothing but JSON goes to `out`
  bool terminal = false;          // `out` is one: progress may move and have colours
  std::string_view program = {};  // as it was called, for commands that users can repeat
  std::span<const std::byte> embedded = {};  // a safetensors file that was compiled in
  std::string device = "cpu";                // that `network` runs on, or "cuda:0 (NVIDIA H200, …)"

  bool on_gpu() const { return device != "cpu"; }
};

enum exit_code : int { done = 0, failed_check = 1, wrong_usage = 2, our_bug = 3 };

inline unsigned threads_or_default(unsigned wanted) {
  return wanted == 0 ? pool::available() : wanted;
}

}  // namespace tenon::runtime
