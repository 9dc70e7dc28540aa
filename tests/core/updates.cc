// One step by the functions of runtime/core, compiled for every target.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/updates.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <span>
#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {

// What emitted code calls.
void update(const tenon::settings& s, std::span<const tenon::parameter_place> places,
            float* gradient, float* state, float* image, size_t floats) {
  tenon::HWY_NAMESPACE::update_parameters(s, places, {gradient, state, state + floats, image});
}

// One step of n weights by the same rules on double; state: [2][n]. lamb's trust ratio and
// penalties but for decay are not of the rules.
void update_exactly(const tenon::basic_settings<double>& s, double decay, double shrink,
                    const double* gradient, double* state, double* weight, size_t n) {
  tenon::HWY_NAMESPACE::with_rule(s, [&](const auto& rule) {
    const tenon::HWY_NAMESPACE::plain<double> a;
    for (size_t i = 0; i < n; ++i) {
      const double g = gradient[i] + decay * weight[i];
      weight[i] = tenon::HWY_NAMESPACE::stepped(a, rule, rule.rate, shrink, g, weight[i], state[i],
                                                state[n + i]);
    }
  });
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include "tests/core/updates.hpp"

namespace tests {
HWY_EXPORT(update);
HWY_EXPORT(update_exactly);

void update(const tenon::settings& s, std::span<const tenon::parameter_place> places,
            float* gradient, float* state, float* image, std::size_t floats) {
  HWY_DYNAMIC_DISPATCH(update)(s, places, gradient, state, image, floats);
}
void update_exactly(const tenon::basic_settings<double>& s, double decay, double shrink,
                    const double* gradient, double* state, double* weight, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(update_exactly)(s, decay, shrink, gradient, state, weight, n);
}

}  // namespace tests
#endif  // HWY_ONCE
