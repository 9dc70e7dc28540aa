// Winograd's transforms: where they are used, that they compute the same, and in which steps.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tenon/dsl.hpp>

#include "codegen/passes.hpp"
#include "codegen/transform.hpp"
#include "codegen/verify.hpp"
#include "tests/codegen/network_value.hpp"
#include "tests/codegen/pass_variants.hpp"
#include "tests/codegen/values.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;

constexpr std::size_t n = 2;

template <class List>
program derived(List list, mode m = mode::train) {
  program p = as_network("net", list).lowered(m);
  codegen::differentiate_with_input(p);
  return p;
}

// Sums of a few hundred products in double: the transforms add about ten roundings of 1e-16 each.
constexpr double in_double = 1e-13;

// Everything that a caller may see, with the pass and without; gives the program with it.
program checked(const program& before) {
  program with = before, without = before;
  run_all_but(with, "");
  run_all_but(without, "winograd");
  CHECK(difference(results_of(without, run_on_random_values(without, n, 11)),
                   results_of(with, run_on_random_values(with, n, 11)), in_double) == "");
  return with;
}

// The kernels with these words in their notes: "conv2d_1 conv2d_2".
std::string tiled(const program& p, const std::string& words = "Winograd") {
  std::string names;
  for (const codegen::kernel& k : p.kernels) {
    if (k.note.find(words) != std::string::npos) names += (names.empty() ? "" : " ") + k.name;
  }
  return names;
}

TEST_CASE("the tables give sums over three taps, for any points") {
  for (const int m : {2, 4}) {
    CAPTURE(m);
    const codegen::winograd_tables t = codegen::winograd_of(m);
    const int size = m + 2;
    REQUIRE(t.products.rows == m);
    REQUIRE(t.inputs.columns == size);
    // The tensor sum over p of At(i, p) G(p, k) Bt(p, j) is 1 where j = i + k and 0 elsewhere.
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < 3; ++k) {
        for (int j = 0; j < size; ++j) {
          double sum = 0;
          for (int p = 0; p < size; ++p)
            sum += t.products.at(i, p) * t.weights.at(p, k) * t.inputs.at(p, j);
          CHECK(std::abs(sum - (j == i + k ? 1 : 0)) < 1e-14);
        }
      }
    }
  }
}

TEST_CASE("windows of 3 x 3 become products per position, forward and for the input's gradient") {
  const program p =
      checked(derived(input<8, 8, 12> | conv2d<8, 3>(same) | tanh_ | conv2d<16, 3>(same, no_bias) |
                      flatten | linear<3> | softmax_cross_entropy));
  CHECK(tiled(p, "F(4 x 4") == "conv2d_1 conv2d_2 conv2d_2_input_gradient conv2d_1_input_gradient");
}

TEST_CASE("extents that 4 does not divide are tiled by 2, and odd ones not at all") {
  const program even = checked(derived(input<24, 6, 10> | conv2d<24, 3>(same) | relu | flatten |
                                       linear<2> | mean_squared_error));
  CHECK(tiled(even) == tiled(even, "F(2 x 2"));
  CHECK(tiled(even) != "");
  const program odd = checked(derived(input<24, 6, 7> | conv2d<24, 3>(same) | relu | flatten |
                                      linear<2> | mean_squared_error));
  CHECK(tiled(odd) == "");
}

TEST_CASE("a window without padding, and one that runs backwards") {
  const program p = checked(derived(input<16, 10, 10> | conv2d<16, 3> | tanh_ |
                                    conv2d_transpose<16, 3> | mean_squared_error));
  CHECK(tiled(p, "F(4 x 4") == "conv2d_1 conv2d_transpose_1_gradient");        // 8 x 8
  CHECK(tiled(p, "F(2 x 2") == "conv2d_transpose_1 conv2d_1_input_gradient");  // 10 x 10
}

TEST_CASE("other windows stay as they are") {
  const auto none = [](const program& p) { CHECK(tiled(checked(p)) == ""); };
  none(derived(input<16, 8, 8> | conv2d<16, 5>(same) | mean_squared_error));
  none(derived(input<16, 8, 8> | conv2d<16, 3>(same, dilation<2>) | mean_squared_error));
  none(derived(input<16, 8, 8> | conv2d<16, 3>(same, groups<2>) | mean_squared_error));
  none(derived(input<16, 8, 8> | conv2d<16, 3>(same, depthwise) | mean_squared_error));
  none(derived(input<16, 8, 8> | conv2d<16, 1> | mean_squared_error));
  none(derived(input<16, 8> | conv1d<16, 3>(same) | mean_squared_error));
  none(derived(input<1, 8, 8> | conv2d<16, 3>(same) | mean_squared_error));  // few channels
  none(derived(input<16, 8, 8> | conv2d<2, 3>(same) | mean_squared_error));
  const program strided =
      checked(derived(input<16, 8, 8> | conv2d<16, 3>(padding<1>, stride<2>) | mean_squared_error));
  CHECK(tiled(strided) == "");
}

TEST_CASE("what was fused stays fused: a norm, a residual and an activation") {
  const auto block = input<8, 8, 8> | conv2d<8, 3>(same) | relu |
                     residual(conv2d<8, 3>(same, no_bias) | batch_norm | relu |
                              conv2d<8, 3>(same, no_bias) | batch_norm) |
                     relu | global_avg_pool | linear<3> | softmax_cross_entropy;
  const program eval = checked(as_network("net", block).lowered(mode::eval));
  CHECK(tiled(eval) == "conv2d_1 conv2d_2 conv2d_3");
  for (const codegen::kernel& k : eval.kernels) {
    if (k.name == "conv2d_3") CHECK(k.note.find("relu") != std::string::npos);
  }
  checked(derived(block));
}

TEST_CASE("weights that are drawn anew or computed from parameters are transformed like others") {
  checked(derived(input<8, 8, 8> | conv2d<8, 3>(same, weight_norm) | relu |
                  conv2d<8, 3>(same, weight_noise<0.1>) | mean_squared_error));
  CHECK(tiled(checked(as_network("net", input<8, 8, 8> | conv2d<8, 3>(same, weight_noise<0.1>) |
                                            mean_squared_error)
                          .lowered(mode::eval_mc))) == "conv2d_1");
}

TEST_CASE("tiles of large pictures are held one row of tiles at a time") {
  const auto picture = input<16, 16, 16> | conv2d<16, 3>(same, no_bias) | batch_norm | relu |
                       conv2d<16, 3>(same) | relu | global_avg_pool | linear<2> |
                       softmax_cross_entropy;
  for (const mode m : {mode::eval, mode::train}) {
    program p = as_network("net", picture).lowered(m);
    if (m == mode::train) codegen::differentiate(p);
    program whole = p;
    run_all_but(p, "");
    run_all_but(whole, "strips");
    CHECK(3 * p.floats(codegen::region::part) < 2 * whole.floats(codegen::region::part));
    for (std::size_t i = 0; i < p.kernels.size(); ++i) {
      const codegen::kernel& k = p.kernels[i];
      if (k.name != "conv2d_2_products") continue;
      CHECK(k.strip >= 0);
      CHECK(p.kernels[i - 1].strip == k.strip);
      CHECK(p.kernels[i + 1].strip == k.strip);
      const codegen::layout& l = p.layouts[static_cast<std::size_t>(k.out)];
      CHECK(l.strip == 2);
      CHECK(l.floats == 36 * static_cast<std::size_t>(l.stride[0]));
    }
  }
}

// Faults that a broken pass could make.
TEST_CASE("verify knows strips") {
  program sound =
      derived(input<16, 16, 16> | conv2d<16, 3>(same) | mean_squared_error, mode::train);
  run_all_but(sound, "");
  const auto at = [](program& p, const char* name) {
    return std::find_if(p.kernels.begin(), p.kernels.end(),
                        [&](const codegen::kernel& k) { return k.name == name; });
  };
  const auto must_fail = [&](program& p, const char* words) {
    CHECK_THROWS_WITH(codegen::verify(p, "the fault"), doctest::Contains(words));
  };
  program other = sound;
  at(other, "conv2d_1_products")->strip = -1;
  must_fail(other, "of which one step exists at a time");
  program shifted = sound;
  codegen::kernel& last = *at(shifted, "conv2d_1");
  last.value = codegen::rewrite(last.value, [&](codegen::node r) {
    if (r.kind == codegen::op::read && shifted.of(r.tensor).name == "conv2d_1.products")
      r.index[2] = codegen::affine(0);
    return codegen::expr(std::move(r));
  });
  must_fail(shifted, "reads other steps");
  program late = sound;
  late.schedules[static_cast<std::size_t>(at(late, "conv2d_1") - late.kernels.begin())].phase += 1;
  must_fail(late, "runs in another phase");
  program table = sound;
  codegen::kernel& inputs = *at(table, "conv2d_1_input_tiles");
  inputs.value = codegen::rewrite(inputs.value, [&](codegen::node r) {
    if (r.kind == codegen::op::table) r.numbers.pop_back();
    return codegen::expr(std::move(r));
  });
  must_fail(table, "beyond the end of a table");
}

}  // namespace
