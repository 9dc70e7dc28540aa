// drop(p) and keep(p): probabilities with a name, for the literature uses p for both. What the
// layers that take one share.
#pragma once
#include <concepts>
#include <type_traits>

#include "dsl/layer.hpp"

namespace tenon {
namespace detail {

struct probability {
  double value;
  bool of_keeping;
  constexpr double keep() const { return of_keeping ? value : 1 - value; }
};
struct no_probability {};

template <auto P>
inline constexpr bool is_probability = std::same_as<std::remove_cv_t<decltype(P)>, probability>;

// Nothing is ever dropped.
template <auto P>
inline constexpr bool keeps_all = [] {
  if constexpr (is_probability<P>) return P.keep() == 1;
  return false;
}();

// "dropout<drop(0.5)>"
template <auto P>
constexpr void spell_probability(text& t, const char* layer) {
  if constexpr (is_probability<P>)
    t << layer << (P.of_keeping ? "<keep(" : "<drop(") << P.value << ")>";
  else if constexpr (std::is_arithmetic_v<decltype(P)>)
    t << layer << "<" << P << ">";
  else
    t << layer << "<>";
}

template <auto P>
constexpr bool probability_fits(const char* layer, complaint& no) {
  if constexpr (is_probability<P>) {
    if (P.of_keeping && !(P.value > 0 && P.value <= 1))
      no("keeps with a probability outside (0, 1]",
         "write a number over 0 and up to 1, such as keep(0.8)");
    if (!P.of_keeping && !(P.value >= 0 && P.value < 1))
      no("drops with a probability outside [0, 1)",
         "write a number from 0 to below 1, such as drop(0.5)");
  } else if constexpr (std::is_arithmetic_v<decltype(P)>) {
    const double p = P > 0 && P < 1 ? static_cast<double>(P) : 0.5;
    no("has a bare number",
       text("say which: ") << layer << "<drop(" << p << ")> or " << layer << "<keep(" << p << ")>");
  } else {
    no("has no probability", text("write ")
                                 << layer << "<drop(0.5)> or " << layer << "<keep(0.5)>");
  }
  return !no.made();
}

}  // namespace detail

constexpr detail::probability drop(double p) { return {p, false}; }
constexpr detail::probability keep(double p) { return {p, true}; }

}  // namespace tenon
