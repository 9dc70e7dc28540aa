// One derivative, checked by differences of the function.
#pragma once
#include <functional>

namespace tenon::runtime {

struct difference_result {
  double relative_error;
  bool kink;  // within the reach of the differences the function has a corner: nothing is said
              // about the derivative
};

// f(x): the function along one coordinate, around `x`, where its value is `f_x` and its derivative
// supposedly `derivative`. Relative to the larger of the derivative, the difference and `floor`
// (below which differences cannot resolve anything).
difference_result check_derivative(const std::function<double(double)>& f, double x, double f_x,
                                   double derivative, double floor, double tolerance);

// The floor for a function with values like f_x: where rounding errors of the difference reach
// `tolerance`.
double difference_floor(double f_x, double tolerance);

}  // namespace tenon::runtime
