// gaussian_noise<sigma>: y = x + sigma z, z standard normal, drawn for each element, sample and
// step (Bishop, 1995: training with noise is Tikhonov regularisation).
//   Any shape, unchanged; d_x = d_y (derived). Nothing in evaluation.
//   z is the normal quantile of one uniform number u: sqrt(2) erfinv(2 u - 1), by the two
//   polynomials of Giles, "Approximating the erfinv function" (2010), relative error 3e-7. u has 24
//   bits; moved by half a step it is never 0, and |z| stays below 5.4.
#pragma once
#include <initializer_list>

#include "dsl/layer.hpp"

namespace tenon {

struct gaussian_noise_layer : layer {
  static constexpr std::string_view kind = "gaussian_noise";
};

namespace detail {

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
  const auto near = polynomial(
      center * 2.81022636e-08 + 3.43273939e-07,
      {-3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727,
       1.50140941},
      center);
  const auto far = polynomial(
      tail * -0.000200214257 + 0.000100950558,
      {0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406,
       2.83297682},
      tail);
  return select(greater(5, w), near, far) * (x * sqrt_two);
}

template <double Sigma>
struct gaussian_noise_of : gaussian_noise_layer {
  static constexpr void spell(text& t) { t << kind << "<" << Sigma << ">"; }
  static constexpr dims shape(dims in, complaint& no) {
    if (!(Sigma >= 0 && Sigma <= 1e30))
      return no("has a standard deviation that is negative or not finite",
                "write a number from 0 upwards, such as gaussian_noise<0.1>");
    return in;
  }
  static constexpr bool identity_in(mode m) { return m == mode::eval || Sigma == 0; }

  // In evaluation only where the dropping of identities is switched off.
  static auto forward(auto& k, auto x) {
    if (!k.train) return k.map(x, [](const auto& v) { return v; });
    const auto axes = k.over(x.shape);
    return k.define(axes, normal_quantile(k.uniform(k.row_major(axes))) * Sigma + x.at(axes));
  }
};

}  // namespace detail

template <double Sigma>
inline constexpr detail::gaussian_noise_of<Sigma> gaussian_noise{};

TENON_SAMPLES(gaussian_noise, input<17> | gaussian_noise<1.0>, input<3, 5> | gaussian_noise<0.1>,
              input<2, 3, 4> | gaussian_noise<0.5>, input<5> | gaussian_noise<0.0>)

}  // namespace tenon
