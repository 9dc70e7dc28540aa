// Which layer of which network is compared with which hand-written kernels.
#pragma once

// X(network, layer under test, name of the hand-written kernels of the same shape)
#define TENON_CONTRACT_CASES(X)                       \
  X(linear_784_512, "linear_1", "linear/784->512")    \
  X(linear_400_120, "linear_1", "linear/400->120")    \
  X(linear_100_10, "linear_1", "linear/100->10")      \
  X(conv2d_16, "conv2d_2", "conv2d/16->16,32x32,3x3") \
  X(conv2d_32, "conv2d_2", "conv2d/32->32,16x16,3x3") \
  X(conv2d_64, "conv2d_2", "conv2d/64->64,8x8,3x3")   \
  X(conv2d_1_6, "conv2d_1", "conv2d/1->6,28x28,5x5")  \
  X(conv1d_25, "conv1d_2", "conv1d/25->25,10,3,stride2")
