// The declaration language of Tenon: a network is a type.
//
//   struct lenet final : tenon::network<
//       tenon::input<1, 28, 28> | tenon::conv2d<6, 5>(tenon::same) | tenon::tanh_ | tenon::avg_pool<2> | … > {};
//   static_assert(tenon::valid<lenet>);
#pragma once
#include "dsl/layers/all.hpp"

// Directly and before its users: each file between would be a line in every message.
#include "dsl/report.hpp"

#include "dsl/proofs.hpp"
