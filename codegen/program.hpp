// The program: what a network is lowered to. Tensors and kernels in order, as plain values that
// passes rewrite and printers write down. Batch is not an axis of any kernel: a tensor's home says
// whether it exists per sample, per part (a run of blocks of samples), per batch or once
// (parameter), and what lies between homes is summed over implicitly.
#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/expressions.hpp"
#include "codegen/machine.hpp"
#include "codegen/tuning.hpp"
#include "dsl/forms/builder.hpp"
#include "dsl/mode.hpp"

namespace tenon::codegen {

using forms::home;
using forms::kernel;
using forms::role;
using forms::tensor;

// A layer as the tables and banners show it, and its stated backward, where it has one.
struct layer_record {
  std::string name, kind, spelling;  // "conv2d_1", "conv2d", "conv2d<16, 3, same>"
  dims in, out;
  long parameters = 0, macs = 0;  // of one sample
  bool frozen = false;
  std::string became{};       // "folded into conv2d_1", "dropped: identity in eval"
  std::vector<int> inputs{};  // tensors
  int output = -1;
  std::size_t first_kernel = 0, last_kernel = 0;  // [first, last) before differentiation
  // Stated backward: from d_y (invalid for a loss) to d_x of inputs[0]; empty: derived from the
  // kernels.
  std::function<forms::value(forms::builder&, forms::value)> backward{};
};

// Where a tensor lies. Sample tensors: [dimensions with halo][block]; parameters: rows padded. In a
// program for single samples one dimension of a tensor, `lanes`, is innermost.
struct layout {
  std::vector<int> before, after;      // halo, per dimension
  std::vector<std::ptrdiff_t> stride;  // floats per step of an index
  std::ptrdiff_t origin = 0;           // address of index 0, ..., 0
  std::size_t floats = 0;
  double halo_value = 0;
  bool samples_outermost =
      false;             // [block][row]: a transposed copy, for a weight gradient over rows
  int strip = -1;        // a dimension of which one step exists at a time; -1: none
  int lanes = -1;        // single samples: the dimension along which vectors lie
  bool panels = false;   // it is cut into panels: [dimension / 16][the others][16]
  bool callers = false;  // the caller's own array, read in place
};

// The regions of the arena. `block` tensors outlive a barrier and exist once per block; `part` ones
// are reused by it.
enum class region : unsigned char { none, parameter, gradient, batch, part, part_sum, block };

struct storage {
  region where = region::none;
  std::size_t offset = 0;  // floats from the beginning of the region
};

enum class stage : unsigned char {
  prepare,
  block,
  collect,
  renew,  // running statistics, after the last collect
  whole   // sums over all samples of the batch, rows shared out to the parts
};

enum class vector_axis : unsigned char {
  samples,      // lanes are samples; weights are broadcast
  sample_sums,  // lanes are samples of both operands; horizontal sums at the end
  rows,         // lanes are the last axis of a row; samples are summed in order
  outputs,      // single samples: lanes are an output axis, in panels of 16
  one_lane,     // single samples: no axis fits; the same functions on vectors of one lane
  none,         // scalar loops: kernels of a step over a few channels
};

// The part of a reduced axis in which a read stays inside its tensor, at position o of an outer
// axis: [low + scale o, high + scale o), cut to the axis.
struct clip {
  int reduced = -1, outer = -1;
  int scale = 0, low = 0, high = 0;

  int begin(int o) const { return std::max(0, low + scale * o); }
  int end(int o, int extent) const { return std::min(extent, high + scale * o); }
};

// How a kernel is printed. Tiles count accumulators; their axes are output axes (by id), -1: none.
struct schedule {
  stage when = stage::block;
  int phase = 0;  // block phases are separated by barriers
  vector_axis vectors = vector_axis::samples;
  int row_axis = -1, rows = 1;
  int column_axis = -1, columns = 1;
  int plane_axis = -1,
      planes = 1;       // a second axis of columns, always taken whole: the rows of a 3 x 3 kernel
  unsigned around = 0;  // axes, as bits, that go around the rows of tiles: both operands move along
  bool columns_outermost = false;  // all rows for few columns, not all columns for few rows
  std::vector<clip> clips;         // loops over taps that stay out of the halo
  int split_axis = -1;             // single samples: threads share the steps of this loop
  int staged = 0;                  // steps of the sum whose weights a group of warps holds at once
  int fragment = 0;  // steps of the sum that a product of fragments takes; 0: lane by lane
  int shared_with = -1;            // an earlier kernel with the same text
  double flops = 0;                // of one call: per sample for block kernels
};

struct program {
  std::string network;
  mode in = mode::train;
  int batch = 64;
  int block = 16;       // samples side by side; a multiple of 16
  bool single = false;  // for a batch of one: no samples side by side, lanes are output axes
  std::vector<tensor> tensors;
  std::vector<kernel> kernels;
  std::vector<layer_record> layers;
  int input = -1, target = -1, output = -1, probabilities = -1, loss = -1;
  int sample_weight = -1;
  bool target_is_class = false;
  bool target_is_distribution = false;  // floats [classes]
  int classes = 0, norm_positions = 0;
  std::vector<std::string> notes;
  machine on = one_core;  // what passes choose by
  tuning tuned;           // of the user's machine; empty: the cost model decides
  // filled by passes
  std::vector<layout> layouts;      // lay_out, by tensor
  std::vector<schedule> schedules;  // schedule, by kernel
  std::vector<storage> storages;    // plan_memory, by tensor
  int together = 0;  // schedule: groups of warps per block in one launch; 0: a launch per kernel
  std::size_t region_floats[7] = {};  // by region

  std::size_t floats(region r) const { return region_floats[static_cast<std::size_t>(r)]; }

  tensor& of(int id) { return tensors.at(static_cast<std::size_t>(id)); }
  const tensor& of(int id) const { return tensors.at(static_cast<std::size_t>(id)); }
  int blocks() const { return (batch + block - 1) / block; }
  int parts() const { return std::min(blocks(), 8); }
};

// "train", "eval", "eval_mc"
std::string_view name_of(mode m);

// In a program for single samples, once tensors have layouts: the output axis along which lanes lie
// (an index of the output's dimension `lanes` that nothing else depends on), or -1.
int lane_axis_of(const program& p, const kernel& k);
constexpr int panel = 16;  // lanes side by side: one vector of AVX-512, two of AVX2
constexpr int panels_of(int extent) { return (extent + panel - 1) / panel; }

// The tensors that a kernel reads, in order of first appearance.
std::vector<int> reads_of(const kernel& k);
// Whether no other kernel writes to its tensor, nor does it read it: then an element may be written
// twice.
bool alone_writes(const program& p, const kernel& k);
// Calls f for each read of e, once per distinct node.
void for_each_read(const expr& e, const std::function<void(const node&)>& f);

enum class form : unsigned char { map, reduce, contract };
form form_of(const kernel& k);
// What is summed: the body of the reduction, or the whole value where only samples are summed.
const expr& body_of(const kernel& k);
// The two reads whose product is summed, or nulls.
struct factors {
  const node *a = nullptr, *b = nullptr;
};
factors factors_of(const kernel& k);

// For people and for tests: one line per tensor and kernel.
std::string to_text(const program& p);
std::string to_text(const program& p, const kernel& k);

// A mistake in Tenon itself, worded as such.
class internal_bug : public std::logic_error {
 public:
  explicit internal_bug(const std::string& what)
      : std::logic_error("tenon: internal error: " + what + "; please report this network") {}
};

}  // namespace tenon::codegen
