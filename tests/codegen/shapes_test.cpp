// Forward against plain loops, and gradients, over awkward sizes, strides, paddings, dilations and
// groups.
#include "tests/codegen/shapes.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/codegen/gradient_check.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

constexpr std::uint64_t seed = 2;
constexpr std::size_t n = 2;

std::vector<double> parameter(const codegen::program& p, const codegen::scalar_state& s,
                              std::string_view ending) {
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    if (p.tensors[t].what == codegen::role::parameter && p.tensors[t].name.ends_with(ending))
      return s.values[t];
  }
  return {};
}

TEST_CASE("layers over awkward shapes compute what plain loops compute") {
  for (const shape_case& c : shape_cases()) {
    CAPTURE(c.network.spelled());
    REQUIRE(c.network.check().legal);
    const codegen::program p = c.network.lowered(mode::train);
    const codegen::scalar_state s = run_on_random_values(p, n, seed);
    const dims in = p.of(p.input).shape;
    std::vector<double> expected;
    for (std::size_t sample = 0; sample < n; ++sample) {
      const double* x = s.of(p.input).data() + sample * static_cast<std::size_t>(in.count());
      const std::vector<double> y =
          c.reference(in, x, parameter(p, s, ".weight"), parameter(p, s, ".bias"));
      expected.insert(expected.end(), y.begin(), y.end());
    }
    CHECK(difference({{"output", s.of(p.output)}}, {{"output", expected}}, 1e-14) == "");
  }
}

TEST_CASE("layers over awkward shapes have right gradients") {
  for (const shape_case& c : shape_cases()) {
    CAPTURE(c.network.spelled());
    const gradient_check result = check_every_element(c.network.lowered(mode::train), n, seed);
    CHECK(result.failure == "");
    CHECK(result.checked > 0);
    CHECK(result.share_skipped() <= 0.05);
  }
}

}  // namespace
