// Networks whose twins are printed, compiled and compared: between them all layers, all homes,
// padding, phases of strided gradients and ties.
#pragma once
#include <tenon/dsl.hpp>

#include "codegen/lower.hpp"
#include "codegen/passes.hpp"

namespace twins {

using namespace tenon;

struct residual_mlp final
    : network<input<7> | linear<9> | gelu |
              residual(linear<9>(no_bias) | tanh_ | dropout<drop(0.3)>) | silu | linear<4> |
              softmax_cross_entropy(label_smoothing<0.1>)> {};

struct pooled final
    : network<input<2, 9, 7> | conv2d<4, 3>(stride<2>, padding<1>) | batch_norm | relu |
              conv2d<6, 3>(same, groups<2>, no_bias) | batch_norm | leaky_relu<0.1> |
              dropout<keep(0.7)> | max_pool<2>(stride<2>, padding<1>, floor_) | flatten |
              linear<3> | softmax_cross_entropy> {};

struct in_one_dimension final
    : network<input<2, 20> | conv1d<4, 3>(stride<2>, padding<1>, dilation<2>) | save<"early"> |
              sigmoid | conv1d<4, 3>(same) | concat_with<"early"> | max_pool<3>(stride<1>) |
              avg_pool<2>(floor_) | global_avg_pool | linear<2> | mean_squared_error> {};

// f(network type, name) for each.
template <class F>
void for_each_network(F f) {
  f.template operator()<residual_mlp>("residual_mlp");
  f.template operator()<pooled>("pooled");
  f.template operator()<in_one_dimension>("in_one_dimension");
}

// The program that the twin is printed from.
template <class Network>
codegen::program program_of(const char* name) {
  codegen::program p = codegen::lower(codegen::declaration_of<Network>(name), mode::train, 8);
  codegen::differentiate_with_input(p);
  codegen::drop_moves(p);
  codegen::remove_dead(p);
  return p;
}

}  // namespace twins
