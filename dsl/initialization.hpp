// How weights begin: init<he_normal>, init<he_normal, fan_out>, init<glorot_uniform, gain<tanh_>>,
// init<normal<0.01>>.
//
//   scheme            deviation of the weights                     usual gain
//   he_*              gain / sqrt(fan_in)                          sqrt 2 (He et al., 2015)
//   glorot_*          gain / sqrt((fan_in + fan_out) / 2)          1      (Glorot and Bengio, 2010)
//   lecun_*           gain / sqrt(fan_in)                          1      (LeCun et al., 1998)
//   orthogonal        rows or columns orthogonal, of length gain   1      (Saxe et al., 2013)
//   normal<D>, uniform<A>, constant<V>: deviation D, between -A and A, V everywhere
//
// fan_in, fan_out and fan_average put another fan in place of the scheme's. A fan counts taps:
// channels of a group times those of the kernel. Gains are PyTorch's (calculate_gain): of an
// activation, or a number.
#pragma once
#include <type_traits>

#include "dsl/text.hpp"

namespace tenon::detail {

// Of a positive number, by Newton's iteration: <cmath> has none for constant expressions.
constexpr double square_root(double v) {
  double root = v > 1 ? v : 1, next = (root + v / root) / 2;
  while (next < root) root = next, next = (root + v / root) / 2;
  return root;
}

enum class scheme : unsigned char {
  usual,  // PyTorch's: uniform within 1 / sqrt(fan_in), biases too
  he_normal,
  he_uniform,
  glorot_normal,
  glorot_uniform,
  lecun_normal,
  lecun_uniform,
  orthogonal,
  normal,
  uniform,
  constant,
};
enum class fan : unsigned char { usual, in, out, average };

struct initialization {
  scheme how = scheme::usual;
  fan over = fan::usual;
  double value = 0;  // of normal, uniform and constant
  double gain = 0;
  bool has_gain = false;
  bool understood = true;

  constexpr bool has_value() const {
    return how == scheme::normal || how == scheme::uniform || how == scheme::constant;
  }
  constexpr bool is_uniform() const {
    return how == scheme::he_uniform || how == scheme::glorot_uniform ||
           how == scheme::lecun_uniform;
  }
  constexpr double factor() const {
    if (has_gain) return gain;
    return how == scheme::he_normal || how == scheme::he_uniform ? 1.4142135623730951 : 1;
  }
  constexpr double fan_of(long in, long out) const {
    const bool averages = how == scheme::glorot_normal || how == scheme::glorot_uniform;
    const fan f = over != fan::usual ? over : averages ? fan::average : fan::in;
    const double both = static_cast<double>(in) + static_cast<double>(out);
    return f == fan::average ? both / 2 : static_cast<double>(f == fan::in ? in : out);
  }

  // Writes "init<he_normal, fan_out>".
  constexpr void spell(text& t) const {
    constexpr const char* names[] = {"?",
                                     "he_normal",
                                     "he_uniform",
                                     "glorot_normal",
                                     "glorot_uniform",
                                     "lecun_normal",
                                     "lecun_uniform",
                                     "orthogonal",
                                     "normal<",
                                     "uniform<",
                                     "constant<"};
    constexpr const char* fans[] = {"", ", fan_in", ", fan_out", ", fan_average"};
    t << "init<" << names[static_cast<int>(how)];
    if (has_value()) t << value << ">";
    t << fans[static_cast<int>(over)];
    if (has_gain) t << ", gain<" << gain << ">";
    t << ">";
  }
  // The rule of every layer with weights.
  constexpr bool fits(auto& no) const {
    constexpr const char* written =
        "write init<he_normal>, init<he_uniform, gain<relu>> or "
        "init<normal<0.01>>";
    if (!understood) return no("has an init<...> that says no scheme", written), false;
    if (has_value() && (has_gain || over != fan::usual))
      return no("has a gain or a fan for weights of a given size", "leave it out"), false;
    if (how == scheme::orthogonal && over != fan::usual)
      return no("has a fan for orthogonal weights", "leave it out"), false;
    if (has_gain && !(gain > 0))
      return no("has a gain that is not positive", "write a number, such as gain<1.5>"), false;
    if (has_value() && how != scheme::constant && !(value > 0))
      return no("has initial weights whose spread is not positive",
                "write a number, such as init<normal<0.01>>"),
             false;
    return true;
  }
};

struct gain_value {
  double value;
  bool known;
};
template <auto Of>
consteval gain_value gain_of() {
  using T = std::remove_cv_t<decltype(Of)>;
  if constexpr (std::is_arithmetic_v<T>)
    return {static_cast<double>(Of), true};
  else if constexpr (requires { T::initial_gain; })
    return {T::initial_gain, true};
  else
    return {1, false};
}

// One part of init<...> after the other; the scheme stands first.
struct initialization_parts {
  initialization made{.understood = false};

  constexpr void add(const initialization& i) {
    const bool first = made.how == scheme::usual;
    made.how = i.how, made.value = i.value, made.understood = first;
  }
  constexpr void add(fan f) {
    made.understood = made.understood && made.over == fan::usual;
    made.over = f;
  }
  constexpr void add(const gain_value& g) {
    made.understood = made.understood && g.known && !made.has_gain;
    made.gain = g.value, made.has_gain = true;
  }
  constexpr void add(const auto&) { made.understood = false; }
};
template <auto... Parts>
consteval initialization make_initialization() {
  initialization_parts p;
  (p.add(Parts), ...);
  return p.made;
}

}  // namespace tenon::detail

namespace tenon {

inline constexpr detail::initialization he_normal{.how = detail::scheme::he_normal};
inline constexpr detail::initialization he_uniform{.how = detail::scheme::he_uniform};
inline constexpr detail::initialization glorot_normal{.how = detail::scheme::glorot_normal};
inline constexpr detail::initialization glorot_uniform{.how = detail::scheme::glorot_uniform};
inline constexpr detail::initialization lecun_normal{.how = detail::scheme::lecun_normal};
inline constexpr detail::initialization lecun_uniform{.how = detail::scheme::lecun_uniform};
inline constexpr detail::initialization orthogonal{.how = detail::scheme::orthogonal};
template <auto Deviation>
inline constexpr detail::initialization normal{.how = detail::scheme::normal,
                                               .value = static_cast<double>(Deviation)};
template <auto Bound>
inline constexpr detail::initialization uniform{.how = detail::scheme::uniform,
                                                .value = static_cast<double>(Bound)};
template <auto Value>
inline constexpr detail::initialization constant{.how = detail::scheme::constant,
                                                 .value = static_cast<double>(Value)};
inline constexpr detail::fan fan_in = detail::fan::in;
inline constexpr detail::fan fan_out = detail::fan::out;
inline constexpr detail::fan fan_average = detail::fan::average;
template <auto Of>  // an activation that is known, or a number
inline constexpr detail::gain_value gain = detail::gain_of<Of>();

}  // namespace tenon
