// Tensors and kernels as plain values: what layers build and passes rewrite.
#pragma once
#include <string>
#include <vector>

#include "dsl/forms/affine.hpp"
#include "dsl/forms/expression.hpp"
#include "dsl/shape.hpp"

namespace tenon::forms {

// What a tensor belongs to, from the outermost to the innermost. A kernel that writes an outer tensor and reads an inner one
// sums over what lies between: samples of a part (in blocks, in order), then parts in order.
enum class home : unsigned char {
  parameter,  // declared parameters and buffers, and what `prepare` derives from them
  batch,      // one per step: loss, batch statistics, collected gradients
  part,       // partial sums of one run of blocks
  sample,     // activations; stored with samples innermost
};

enum class role : unsigned char {
  intermediate,
  input,      // samples' features
  target,     // samples' targets: class numbers (rank 0) or values
  sample_weight,  // how much a sample counts in the loss (rank 0); 1 where the caller gives none
  parameter,  // trained
  buffer,     // kept but not trained: running statistics
  output,     // what `run` gives
  probabilities,
  loss,       // batch, scalar: mean over the n samples
  gradient,   // batch: collected gradient of the parameter `of`
};

// How a parameter is filled at first; fans as PyTorch counts them, where nothing else was asked for.
struct initialiser {
  enum class kind : unsigned char { constant, normal, uniform, orthogonal, row_norms, fan_in_uniform };
  kind how = kind::constant;
  double value = 0;  // the constant, normal's deviation, uniform's bound, the length of orthogonal rows
  long fan_in = 0;
  long fan_out = 0;
};

struct tensor {
  std::string name;  // "conv2d_1", "conv2d_1.weight", "conv2d_1.input_gradient"
  home where = home::sample;
  role what = role::intermediate;
  dims shape{};        // without the samples
  int of = -1;       // gradient: the parameter
  initialiser initial{};
  bool decays = true;  // weight decay reaches it (weights, not biases and norms)
  double first_weight = 0;  // buffer: what one batch weighs in it after it was set to 0
  bool redundant = false;  // a bias before a norm that takes it out again: its gradient is exactly zero
};

// out[at] = value for every setting of the axes; the axes of `at` are the output axes.
struct kernel {
  std::string name;   // "conv2d_1", "conv2d_1_weight_gradient": what the emitted function is called
  std::string layer;  // "conv2d_1"
  int out = -1;
  std::vector<affine> at{};  // one per dimension of out
  std::vector<int> extents{};  // by axis id; ids are the kernel's own, output axes first, then reduced ones
  int outer = 0;             // number of output axes
  expr value{};
  bool accumulate = false;   // adds to what is there (several kernels of one sum)
  std::string note{};        // what passes did to it, for the banner
  int strip = -1;            // kernels of one strip run in turns, one step of their axis 0 each; -1: alone
};

}  // namespace tenon::forms
