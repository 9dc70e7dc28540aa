// The program for single samples: it means what evaluation means, and its lanes, copies of weights
// and memory are those that the shapes ask for.
#include <doctest/doctest.h>

#include <algorithm>
#include <tenon/dsl.hpp>

#include "bench/peers/networks.hpp"
#include "codegen/addressed.hpp"
#include "codegen/passes.hpp"
#include "codegen/print/files.hpp"  // most_singles
#include "codegen/show/view.hpp"
#include "tests/codegen/samples.hpp"
#include "tests/codegen/shapes.hpp"
#include "tests/codegen/values.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::layout;
using codegen::node;
using codegen::program;
using codegen::run_passes;
using codegen::vector_axis;

template <class List>
program single_of(List list) {
  const network_value net = as_network("net", list);
  REQUIRE(net.check().legal);
  program p = codegen::lower_single(net.declaration());
  run_passes(p);
  return p;
}

const codegen::kernel& kernel_named(const program& p, std::string_view name) {
  const auto found = std::find_if(p.kernels.begin(), p.kernels.end(),
                                  [&](const codegen::kernel& k) { return k.name == name; });
  REQUIRE(found != p.kernels.end());
  return *found;
}
const layout& layout_of(const program& p, std::string_view tensor) {
  return p.layouts[static_cast<std::size_t>(tensor_named(p, tensor))];
}
vector_axis vectors_of(const program& p, std::string_view kernel_name) {
  return p.schedules[static_cast<std::size_t>(&kernel_named(p, kernel_name) - p.kernels.data())]
      .vectors;
}

void check_meaning(const network_value& net) {
  CAPTURE(net.name);
  CAPTURE(net.spelled());
  program p = net.lowered(mode::eval);
  const results expected = results_of(p, run_on_random_values(p, 1, 5));
  p.single = true;
  for (const char* off : {"", "fuse_maps", "drop_moves", "schedule", "plan_memory"}) {
    CAPTURE(off);
    program q = p;
    run_passes(q, {off});
    CHECK(difference(expected, results_of(q, run_on_random_values(q, 1, 5)), 1e-12) == "");
  }
}

TEST_CASE("a program for single samples computes what evaluation computes") {
  for (const network_value& net : samples()) check_meaning(net);
  for (const shape_case& c : shape_cases()) check_meaning(c.network);
}

TEST_CASE("lanes are channels, weights lie in panels of 16 outputs") {
  const program p = single_of(input<3, 9, 9> | conv2d<20, 3>(same) | relu | conv2d<32, 3>(same) |
                              mean_squared_error);
  const layout& y = layout_of(p, "relu_1");  // 20 channels and the halo of its reader
  CHECK(y.lanes == 0);
  CHECK(y.stride[0] == 1);
  CHECK(y.stride[2] == 32);
  CHECK(y.stride[1] == 11 * 32);
  const layout& w = layout_of(p, "conv2d_2.weight_panels");
  CHECK(w.panels);
  CHECK(w.stride == std::vector<std::ptrdiff_t>{20 * 9 * 16, 9 * 16, 3 * 16, 16});
  CHECK(w.floats == 2 * 20 * 9 * 16);
  CHECK(vectors_of(p, "conv2d_2") == vector_axis::outputs);
  // The kernel takes them from end to end: the panel outermost, then in the order of its sum.
  const codegen::kernel q = codegen::addressed(p, kernel_named(p, "conv2d_2"));
  CHECK(codegen::panel_axis_of(q) == 0);
  CHECK(q.extents[0] == 2);
}

TEST_CASE("few channels: lanes are columns, and every second one is read as such") {
  const program p = single_of(input<1, 28, 28> | conv2d<6, 5>(same) | avg_pool<2> | conv2d<16, 5> |
                              mean_squared_error);
  CHECK(layout_of(p, "conv2d_1").lanes == 2);
  CHECK(layout_of(p, "avg_pool_1").lanes == 2);
  CHECK(layout_of(p, "conv2d_2").lanes == 0);
  int steps = 0;
  codegen::for_each_read(codegen::addressed(p, kernel_named(p, "avg_pool_1")).value,
                         [&](const node& n) { steps += codegen::lane_step_of(n) == 2; });
  CHECK(steps > 0);
}

TEST_CASE("the input is read in place, where nobody reads beyond it or takes lanes from it") {
  const auto in_place = [](const program& p) { return layout_of(p, "input").callers; };
  CHECK(in_place(single_of(input<3, 8, 8> | conv2d<16, 3> | mean_squared_error)));
  CHECK_FALSE(in_place(single_of(input<3, 8, 8> | conv2d<16, 3>(same) | mean_squared_error)));
  CHECK(in_place(single_of(input<40> | linear<16> | mean_squared_error)));
  CHECK_FALSE(in_place(single_of(input<40> | relu | linear<16> | mean_squared_error)));
}

TEST_CASE(
    "groups that are no panels read rows of lanes, pieces of a tensor are written to their end") {
  const program grouped = single_of(input<8, 6, 6> | conv2d<24, 3>(groups<4>) | mean_squared_error);
  const layout& w = layout_of(grouped, "conv2d_1.weight_lanes");
  CHECK_FALSE(w.panels);
  CHECK(w.stride[0] == 1);
  CHECK_FALSE(codegen::last_panel_fits(grouped, kernel_named(grouped, "conv2d_1")));
  const program pieces = single_of(input<4, 6, 6> | branches(conv2d<19, 1>, conv2d<21, 3>(same)) |
                                   concat | conv2d<16, 1> | mean_squared_error);
  CHECK_FALSE(codegen::last_panel_fits(pieces, kernel_named(pieces, "concat_1")));
  const program whole =
      single_of(input<4, 6, 6> | conv2d<19, 1> | conv2d<16, 1> | mean_squared_error);
  CHECK(codegen::last_panel_fits(whole, kernel_named(whole, "conv2d_1")));
}

TEST_CASE("what holds for no lane runs on one") {
  const program p = single_of(input<20> | linear<10> | softmax_cross_entropy);
  CHECK(vectors_of(p, "softmax_cross_entropy_1_total") == vector_axis::one_lane);
  CHECK(vectors_of(p, "softmax_cross_entropy_1_probabilities") == vector_axis::outputs);
}

TEST_CASE("how many samples go one at a time follows from the work of both programs") {
  const auto most = [](const auto& list) {
    const network_value net = as_network("net", list);
    program eval = net.lowered(mode::eval), single = codegen::lower_single(net.declaration());
    run_passes(eval), run_passes(single);
    return static_cast<double>(codegen::most_singles(eval, single)) / eval.block;
  };
  // 64 channels fill their lanes: as good as samples; 17 fill half of them.
  const double full = most(input<64, 8, 8> | conv2d<64, 1> | mean_squared_error);
  const double half = most(input<17, 8, 8> | conv2d<17, 1> | mean_squared_error);
  CHECK(full >= 0.75);
  CHECK(half < 0.75 * full);
  CHECK(half > 0.25);
}

TEST_CASE("the source of a layer for single samples is shown, with its lanes and its tile") {
  const codegen::declaration d = codegen::declaration_of<peers::lenet5>("lenet5");
  const std::string text = codegen::source_view(
      d, {.emit = {}, .in = mode::eval, .single = true, .pass = {}, .layer = "conv2d_2"});
  CAPTURE(text);
  CHECK(text.find("Lanes: 16 c. Tile: ") != text.npos);
  CHECK(text.find("void conv2d_2_weight_panels(") != text.npos);
  const std::string blocks =
      codegen::source_view(d, {.emit = {}, .in = mode::eval, .pass = {}, .layer = "conv2d_2"});
  CHECK(blocks.find("Lanes: ") == blocks.npos);
}

}  // namespace
