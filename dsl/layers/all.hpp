// Every layer, one line each. A new layer is its file and its line here: tests find it by its
// samples, which may be made of the layers above it.
#pragma once
// clang-format off: the order matters
#include "dsl/layers/input.hpp"

#include "dsl/layers/avg_pool.hpp"
#include "dsl/layers/batch_norm.hpp"
#include "dsl/layers/binary_cross_entropy.hpp"
#include "dsl/layers/conv1d.hpp"
#include "dsl/layers/conv2d.hpp"
#include "dsl/layers/dropout.hpp"
#include "dsl/layers/elu.hpp"
#include "dsl/layers/flatten.hpp"
#include "dsl/layers/gelu.hpp"
#include "dsl/layers/gelu_tanh.hpp"
#include "dsl/layers/global_avg_pool.hpp"
#include "dsl/layers/global_max_pool.hpp"
#include "dsl/layers/hard_swish.hpp"
#include "dsl/layers/huber.hpp"
#include "dsl/layers/leaky_relu.hpp"
#include "dsl/layers/linear.hpp"
#include "dsl/layers/max_pool.hpp"
#include "dsl/layers/mean_absolute_error.hpp"
#include "dsl/layers/mean_squared_error.hpp"
#include "dsl/layers/mish.hpp"
#include "dsl/layers/prelu.hpp"
#include "dsl/layers/relu.hpp"
#include "dsl/layers/selu.hpp"
#include "dsl/layers/sigmoid.hpp"
#include "dsl/layers/silu.hpp"
#include "dsl/layers/softmax.hpp"
#include "dsl/layers/softmax_cross_entropy.hpp"
#include "dsl/layers/softplus.hpp"
#include "dsl/layers/tanh.hpp"

// Structure, whose samples are made of those.
#include "dsl/layers/branches.hpp"
#include "dsl/layers/residual.hpp"
#include "dsl/layers/save.hpp"
#include "dsl/layers/repeat.hpp"
// clang-format on
