// gaussian_noise<sigma>: y = x + sigma z, z standard normal, drawn for each element, sample and
// step (Bishop, 1995: training with noise is Tikhonov regularisation).
//   Any shape, unchanged; d_x = d_y (derived). Nothing in evaluation.
//   z is the normal quantile of one uniform number; normal.hpp has it.
#pragma once
#include "dsl/layer.hpp"
#include "dsl/normal.hpp"

namespace tenon {

struct gaussian_noise_layer : layer {
  static constexpr std::string_view kind = "gaussian_noise";
  static constexpr bool is_noise = true;
};

namespace detail {

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
