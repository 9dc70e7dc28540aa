// Products of rounded numbers: what tensor cores compute, by exchange between lanes on the host.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/cuda/shim/shim.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using floats = std::vector<float>;

// Largest difference, relative to the largest value.
double apart(const floats& a, const floats& b) {
  double most = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return most / largest;
}

// Both factors are off by half a unit in the last place at most (2^-11 and 2^-8), errors of many
// products cancel, and a few layers follow each other. Below the lower bound nothing was rounded.
struct bounds {
  double least, most;
};
bounds of(std::string_view name) {
  return name.ends_with("_bf16") ? bounds{1e-4, 4e-2} : bounds{1e-5, 5e-3};
}

TEST_CASE(
    "on tensor cores: outputs and gradients differ from the CPU's by the rounding of factors") {
  REQUIRE(cuda_entries().size() == entries().size());
  for (std::size_t i = 0; i < entries().size(); ++i) {
    const subject cpu(*entries()[i]), gpu(cuda_entries()[i]);
    CAPTURE(std::string(cpu.info().name));
    const bounds expected = of(cpu.info().name);
    for (const std::size_t n : {std::size_t{2}, std::size_t{33}}) {
      shim::reset();
      const double eval = apart(gpu.evaluated(*gpu.make_evaluator(nullptr), 0, n),
                                cpu.evaluated(*cpu.make_evaluator(nullptr), 0, n));
      CHECK(eval > expected.least);
      CHECK(eval < expected.most);
      const double train = apart(gpu.derived(*gpu.make_trainer(nullptr), n),
                                 cpu.derived(*cpu.make_trainer(nullptr), n));
      CHECK(train > expected.least);
      CHECK(train < expected.most);
      CHECK(shim::take_failures().empty());
    }
  }
}

TEST_CASE("on tensor cores: the order of threads changes no bit") {
  for (const network_entry& entry : cuda_entries()) {
    const subject s(entry);
    shim::reset();
    const floats forward = s.derived(*s.make_trainer(nullptr), 33);
    shim::set_order(shim::order::shuffled);
    CHECK(same_bits(forward, s.derived(*s.make_trainer(nullptr), 33)));
    shim::reset();
  }
}

}  // namespace
