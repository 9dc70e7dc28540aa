// What the cost model makes of shapes.
#include <doctest/doctest.h>

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

}  // namespace
