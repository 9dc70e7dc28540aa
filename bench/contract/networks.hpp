// One network per shape: a cheap layer in front, so that the layer under test has an input
// gradient; the layer under test; and a loss that reads its output twice, so that nothing fuses
// into it.
#pragma once
#include <tenon/dsl.hpp>

namespace contract {
using namespace tenon;

struct linear_784_512 final : network<input<784, 1> | conv1d<784, 1>(depthwise) | flatten |
                                      linear<512> | mean_squared_error> {};

struct linear_400_120 final : network<input<400, 1> | conv1d<400, 1>(depthwise) | flatten |
                                      linear<120> | mean_squared_error> {};

struct linear_100_10 final : network<input<100, 1> | conv1d<100, 1>(depthwise) | flatten |
                                     linear<10> | mean_squared_error> {};

struct conv2d_16 final : network<input<16, 32, 32> | conv2d<16, 1>(depthwise) |
                                 conv2d<16, 3>(same) | mean_squared_error> {};

struct conv2d_32 final : network<input<32, 16, 16> | conv2d<32, 1>(depthwise) |
                                 conv2d<32, 3>(same) | mean_squared_error> {};

struct conv2d_64 final : network<input<64, 8, 8> | conv2d<64, 1>(depthwise) | conv2d<64, 3>(same) |
                                 mean_squared_error> {};

// A first layer: no input gradient.
struct conv2d_1_6 final : network<input<1, 28, 28> | conv2d<6, 5>(same) | mean_squared_error> {};

struct conv1d_25 final : network<input<25, 19> | conv1d<25, 1>(depthwise) |
                                 conv1d<25, 3>(stride<2>, padding<1>) | mean_squared_error> {};

}  // namespace contract
