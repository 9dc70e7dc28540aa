// verify() finds what a broken pass would do: each case injects one fault into a program that was
// sound.
#include "codegen/verify.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "codegen/passes.hpp"
#include "tests/codegen/random_networks.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::affine;
using codegen::axis;
using codegen::expr;
using codegen::kernel;
using codegen::node;
using codegen::op;
using codegen::program;
using codegen::role;

program sound(bool all_passes) {
  const network_value net = as_network("sound", input<2, 9> | conv1d<3, 3>(same) | batch_norm |
                                                    relu | max_pool<3>(stride<2>, padding<1>) |
                                                    flatten | linear<4> | softmax_cross_entropy);
  program p = net.lowered(mode::train);
  if (all_passes)
    codegen::run_passes(p);
  else
    codegen::differentiate(p);
  return p;
}

kernel& kernel_named(program& p, std::string_view name) {
  for (kernel& k : p.kernels) {
    if (k.name == name) return k;
  }
  FAIL("no kernel " << name);
  return p.kernels.front();
}

void must_fail(program& p, const char* words) {
  CHECK_THROWS_AS(codegen::verify(p, "the fault"), codegen::internal_bug);
  CHECK_THROWS_WITH(codegen::verify(p, "the fault"), doctest::Contains(words));
  CHECK_THROWS_WITH(codegen::verify(p, "the fault"), doctest::Contains("after the fault"));
}

// A constant is added to each read of `tensor`, in its last dimension.
void shift_reads(kernel& k, int tensor, int by) {
  k.value = codegen::rewrite(k.value, [&](node r) {
    if (r.kind == op::read && r.tensor == tensor) r.index.back().constant += by;
    return expr(std::move(r));
  });
}

TEST_CASE("a sound program passes") {
  program before = sound(false), after = sound(true);
  CHECK_NOTHROW(codegen::verify(before, "differentiate"));
  CHECK_NOTHROW(codegen::verify(after, "plan_memory"));
}

TEST_CASE("reading before writing") {
  program p = sound(false);
  std::rotate(p.kernels.begin(), p.kernels.begin() + 1, p.kernels.end());
  must_fail(p, "reads conv1d_1 before it is written");
  p = sound(false);
  p.kernels.erase(std::find_if(p.kernels.begin(), p.kernels.end(),
                               [](const kernel& k) { return k.name == "relu_1"; }));
  must_fail(p, "reads relu_1 before it is written");
}

TEST_CASE("writing outside a tensor") {
  for (int by : {-1, 1}) {
    program p = sound(false);
    kernel_named(p, "relu_1").at.back().constant += by;
    must_fail(p, "writes outside relu_1");
  }
  program p = sound(false);
  kernel_named(p, "relu_1").extents[0] += 1;
  must_fail(p, "writes outside relu_1");
}

TEST_CASE("indices that fit no tensor or no axis") {
  program p = sound(false);
  kernel_named(p, "relu_1").at.pop_back();
  must_fail(p, "wrong number of indices");
  p = sound(false);
  kernel_named(p, "relu_1").out = static_cast<int>(p.tensors.size());
  must_fail(p, "tensor that does not exist");
  p = sound(false);
  kernel& relu = kernel_named(p, "relu_1");
  relu.value = codegen::substitute(relu.value, {affine(axis{7, 1}), affine(axis{1, 1})});
  must_fail(p, "axis that it does not have");
  p = sound(false);
  kernel& conv = kernel_named(p, "conv1d_1");
  conv.at[0] = affine(axis{conv.outer, 1});
  must_fail(p, "writes along a reduced axis");
}

TEST_CASE("two reductions in one kernel") {
  program p = sound(false);
  kernel& conv = kernel_named(p, "conv1d_1");
  const node* r = codegen::find_reduction(conv.value);
  conv.value = conv.value + sum(r->axes, r->args[0]);
  must_fail(p, "more than one reduction");
}

TEST_CASE("random numbers in a reduction") {
  program p = sound(false);
  kernel& k = kernel_named(p, "linear_1");
  k.value = k.value + expr(node{.kind = op::uniform, .index = {affine(0)}});
  must_fail(p, "draws random numbers beside a reduction");
}

TEST_CASE("sums over samples without parts") {
  program p = sound(false);
  p.of(kernel_named(p, "batch_norm_1_sum_part").out).where = codegen::home::batch;
  must_fail(p, "sums samples without parts");
  p = sound(false);
  p.of(kernel_named(p, "batch_norm_1_sum").out).where = codegen::home::part;
  must_fail(p, "writes a part tensor without reading samples");
}

TEST_CASE("a halo that is too small") {
  program p = sound(true);
  codegen::layout& l = p.layouts[static_cast<std::size_t>(p.input)];
  REQUIRE(l.before.back() == 1);  // the convolution's padding
  REQUIRE(l.after.back() == 1);
  l.before.back() = 0;
  must_fail(p, "reads beyond the halo of input");
  p = sound(true);
  p.layouts[static_cast<std::size_t>(p.input)].after.back() = 0;
  must_fail(p, "reads beyond the halo of input");
  p = sound(true);
  shift_reads(kernel_named(p, "conv1d_1"), p.input, 1);
  must_fail(p, "reads beyond the halo of input");
}

TEST_CASE("two living tensors in one place") {
  program p = sound(true);
  codegen::storage& input = p.storages[static_cast<std::size_t>(p.input)];
  int moved = 0;
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    if (static_cast<int>(t) == p.input || p.storages[t].where != input.where) continue;
    program q = p;
    q.storages[t].offset = input.offset;  // the input lives from the beginning to the weight
                                          // gradient of the convolution
    const bool dies_later = [&] {
      try {
        codegen::verify(q, "the fault");
        return false;
      } catch (const codegen::internal_bug& bug) {
        return std::string(bug.what()).find("live in the same place") != std::string::npos;
      }
    }();
    moved += dies_later;
  }
  CHECK(moved > 0);
  // Parameters live for ever.
  std::vector<std::size_t> parameters;
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    if (p.tensors[t].what == role::parameter) parameters.push_back(t);
  }
  p.storages[parameters[1]].offset =
      p.storages[parameters[0]].offset + p.layouts[parameters[0]].floats - 1;
  must_fail(p, "live in the same place");
}

}  // namespace
