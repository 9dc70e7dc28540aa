// The declaration language of Tenon: a network is a type.
//
//   struct lenet final : tenon::network<
//       tenon::input<1, 28, 28> | tenon::conv2d<6, 5>(tenon::same) | tenon::tanh_ |
//         tenon::avg_pool<2> | … > {};
//   static_assert(tenon::valid<lenet>);
#pragma once
#include "dsl/layers/all.hpp"
#include "dsl/proofs.hpp"
#include "dsl/report.hpp"

namespace tenon::detail {

// A network is checked where it is first used. Here stands the only assertion, for all rules; see
// report.hpp.
#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
#  ifdef __clang__
template <class Network, auto>
#  else
template <class Network>
#  endif
struct checked {
  static constexpr verdict result = verdict_of<Network>;
  static_assert(result.legal, message<Network>{});
};
#else
#  ifdef __clang__
template <class Network, auto Why>
struct checked {
#  else
template <class Network>
struct checked {
  static constexpr auto Why = why<Network>;
#  endif
  static constexpr verdict result = verdict_of<Network>;
  static_assert(builds<Network, Why>,
                "tenon: this network is wrong; the quoted text says where, why, and what to do");
};
#endif

}  // namespace tenon::detail
