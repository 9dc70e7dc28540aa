// Normal random numbers in forms: the quantile of one uniform number u, sqrt(2) erfinv(2 u - 1), by
// the two polynomials of Giles, "Approximating the erfinv function" (2010), relative error 3e-7. u
// has 24 bits; moved by half a step it is never 0, and |z| stays below 5.4.
#pragma once
#include <initializer_list>

namespace tenon::detail {

// The standard normal number whose place in the distribution is u + 2^-25, u in [0, 1).
inline auto normal_quantile(const auto& u) {
  const auto polynomial = [](const auto& first, std::initializer_list<double> rest, const auto& v) {
    auto sum = first;
    for (const double c : rest) sum = sum * v + c;
    return sum;
  };
  constexpr double half_step = 1.0 / (1 << 24), sqrt_two = 1.4142135623730951;
  const auto x = u * 2 + (half_step - 1);  // exact in floats
  const auto w = -log((1 - x) * (1 + x));
  const auto center = w - 2.5, tail = sqrt(w) - 3;
  const auto near = polynomial(center * 2.81022636e-08 + 3.43273939e-07,
                               {-3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
                                -0.00417768164, 0.246640727, 1.50140941},
                               center);
  const auto far = polynomial(tail * -0.000200214257 + 0.000100950558,
                              {0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
                               0.00943887047, 1.00167406, 2.83297682},
                              tail);
  return select(greater(5, w), near, far) * (x * sqrt_two);
}

}  // namespace tenon::detail
