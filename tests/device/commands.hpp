// The commands of an executable that has its network on a CPU and on the shim's GPU.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/cuda/shim/shim.hpp"
#include "tests/runtime/run_command.hpp"
#include "tests/runtime/small_data.hpp"

namespace emitted::crossing {
const tenon::network_entry& entry() noexcept;
}

namespace tenon::test {

// Every test leaves the GPU as it found it, and no kernel or copy was wrong.
struct fresh_gpu {
  fresh_gpu() { shim::reset(); }
  ~fresh_gpu() {
    CHECK(shim::take_failures().empty());
    shim::reset();
  }
};

inline outcome call(const std::vector<std::string>& words) {
  return run(emitted::crossing::entry(), words);
}

// With code 0.
inline outcome done(const std::vector<std::string>& words) {
  outcome o = call(words);
  REQUIRE_MESSAGE(o.code == 0, o.err);
  return o;
}

// With code 2 and one line that holds these words.
inline void refused(const outcome& o, const std::string& part) {
  CHECK(o.code == 2);
  CHECK_MESSAGE(o.err.starts_with("tenon: error: "), o.err);
  CHECK_MESSAGE(o.err.find('\n') == o.err.size() - 1, o.err);
  CHECK_MESSAGE(o.err.find(part) != std::string::npos, o.err);
}

}  // namespace tenon::test
