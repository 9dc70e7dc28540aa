// A pass changes the speed of what is emitted, never the result.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/codegen/gradient_check.hpp"
#include "tests/codegen/pass_variants.hpp"
#include "tests/codegen/random_networks.hpp"
#include "tests/codegen/samples.hpp"
#include "tests/codegen/shapes.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

constexpr std::uint64_t seed = 5;
constexpr std::size_t n = 3;

// Whether `variant` did anything, summed over all networks: a pass that never acts is not tested.
bool check_variant(const pass_variant& variant, const codegen::program& before,
                   const results& expected) {
  codegen::program p = before;
  variant.run(p);
  CAPTURE(variant.name);
  CHECK(difference(expected, results_of(p, run_on_random_values(p, n, seed)), 1e-12) == "");
  return codegen::to_text(p) != codegen::to_text(before);
}

void check_network(const network_value& net, std::map<std::string, int>& changed) {
  CAPTURE(net.name);
  CAPTURE(net.spelled());
  for (mode m : {mode::train, mode::eval}) {
    CAPTURE(m == mode::train);
    codegen::program p = net.lowered(m);
    if (!enough_samples(p, n)) continue;
    codegen::differentiate_with_input(p);
    const results expected = results_of(p, run_on_random_values(p, n, seed));
    REQUIRE(expected.contains("output"));
    for (const pass_variant& v : pass_variants()) changed[v.name] += check_variant(v, p, expected);
  }
}

TEST_CASE("passes leave results alone, on every sample and every awkward shape") {
  std::map<std::string, int> changed;
  for (const network_value& net : samples()) check_network(net, changed);
  for (const shape_case& c : shape_cases()) check_network(c.network, changed);
  for (const auto& [name, count] : changed) {
    CAPTURE(name);
    CHECK(
        (count > 0 || name == "remove_dead"));  // nothing is dead here: the next case sees to that
  }
}

TEST_CASE("what nobody needs is removed, and nothing else") {
  for (const network_value& net : samples()) {
    CAPTURE(net.name);
    codegen::program p = net.lowered(mode::train);
    codegen::differentiate_with_input(p);
    const std::string before = codegen::to_text(p);
    // Two kernels, of which the second alone reads the first, behind one that writes samples.
    const auto place = std::find_if(p.kernels.begin(), p.kernels.end(),
                                    [&](const codegen::kernel& k) {
                                      return p.of(k.out).where == codegen::home::sample;
                                    }) -
                       p.kernels.begin();
    const codegen::kernel first = p.kernels[static_cast<std::size_t>(place)];
    int last = first.out;
    for (int i = 0; i < 2; ++i) {
      const dims shape = p.of(last).shape;
      codegen::kernel dead{
          .name = "dead", .layer = first.layer, .out = static_cast<int>(p.tensors.size())};
      for (int d = 0; d < shape.rank; ++d)
        dead.at.emplace_back(codegen::axis{d, 0}), dead.extents.push_back(shape[d]);
      dead.outer = shape.rank;
      dead.value =
          codegen::expr(codegen::node{.kind = codegen::op::read, .tensor = last, .index = dead.at});
      p.tensors.push_back({.name = "dead", .where = p.of(last).where, .shape = shape});
      last = dead.out;
      p.kernels.insert(p.kernels.begin() + place + 1 + i, dead);
    }
    codegen::verify(p, "the test");
    codegen::remove_dead(p);
    p.tensors.resize(p.tensors.size() - 2);
    CHECK(codegen::to_text(p) == before);
  }
}

TEST_CASE("noise behind a reduction stays a kernel of its own") {
  const network_value net = as_network("noisy", input<6> | linear<7> | gaussian_noise<0.3> | relu);
  codegen::program p = net.lowered(mode::train);
  codegen::run_passes(p);
  REQUIRE(p.kernels.size() == 2);
  CHECK(codegen::find_reduction(p.kernels[0].value) != nullptr);
  CHECK(codegen::draws(p.kernels[1].value));
}

TEST_CASE("passes run twice give the same program") {
  for (const network_value& net : samples()) {
    codegen::program a = net.lowered(mode::train), b = net.lowered(mode::train);
    codegen::run_passes(a), codegen::run_passes(b);
    CHECK(codegen::to_text(a) == codegen::to_text(b));
  }
}

}  // namespace
