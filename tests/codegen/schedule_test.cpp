// What the cost model makes of shapes.
#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <tenon/dsl.hpp>

#include "codegen/lower.hpp"
#include "codegen/passes.hpp"

namespace networks {

using namespace tenon;

struct over_large_pictures final
    : network<input<32, 32, 32> | conv2d<64, 1> | relu | conv2d<32, 3>(same) | global_avg_pool |
              linear<3> | softmax_cross_entropy> {};
struct over_small_pictures final
    : network<input<32, 4, 4> | conv2d<64, 1> | relu | conv2d<32, 3>(same) | global_avg_pool |
              linear<3> | softmax_cross_entropy> {};

struct perceptron final
    : network<input<784> | linear<512> | relu | linear<10> | softmax_cross_entropy> {};
struct windows final : network<input<1, 14, 14> | conv2d<6, 1> | tanh_ | conv2d<16, 5> | tanh_ |
                               flatten | linear<3> | softmax_cross_entropy> {};

}  // namespace networks

namespace {

using namespace networks;
using namespace tenon::codegen;
using tenon::mode;

template <class Network>
schedule schedule_of(mode m, std::string_view kernel) {
  program p = lower(declaration_of<Network>("net"), m, 64);
  run_passes(p, {"winograd"});  // which leaves no plain sum over 3 x 3
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    if (p.kernels[i].name == kernel) return p.schedules[i];
  }
  FAIL("no kernel ", kernel);
  return {};
}

TEST_CASE("schedule: positions are the outer loop where samples would be read from L3 many times") {
  CHECK(schedule_of<over_large_pictures>(mode::eval, "conv2d_1").columns_outermost);
  CHECK(schedule_of<over_large_pictures>(mode::train, "conv2d_1").columns_outermost);
  CHECK_FALSE(schedule_of<over_small_pictures>(mode::eval, "conv2d_1").columns_outermost);
  // Nine taps a value: arithmetic hides the reading.
  CHECK_FALSE(schedule_of<over_large_pictures>(mode::eval, "conv2d_2").columns_outermost);
}

TEST_CASE("schedule: what a tile loads first has five uses, or GCC reads it again for each") {
  for (const char* name : {"conv2d_1", "conv2d_1_weight_gradient"}) {
    const schedule s = schedule_of<over_large_pictures>(mode::train, name);
    CAPTURE(name);
    CHECK(std::max(s.rows, s.columns) >= 5);
    CHECK(s.rows * s.columns <= 12);
  }
}

TEST_CASE("schedule: copies of a weight gradient that exceed half of L2 are not made") {
  const schedule large = schedule_of<perceptron>(mode::train, "linear_1_weight_gradient");
  CHECK(large.when == stage::whole);
  CHECK(large.phase == 1);
  CHECK(schedule_of<perceptron>(mode::train, "linear_2_weight_gradient").when == stage::block);
}

TEST_CASE("schedule: loops over taps stay out of the halo where that saves something") {
  const schedule gradient = schedule_of<windows>(mode::train, "conv2d_2_input_gradient");
  REQUIRE(gradient.clips.size() == 2);
  long inside = 0;  // 10 positions of the output, 5 taps each
  for (int i = 0; i < 14; ++i) inside += gradient.clips[0].end(i, 5) - gradient.clips[0].begin(i);
  CHECK(inside == 50);
  CHECK(schedule_of<windows>(mode::train, "conv2d_2").clips.empty());
  CHECK(schedule_of<over_large_pictures>(mode::train, "conv2d_2").clips.empty());  // 2 %
}

}  // namespace
