// Views of a network for people: its layers as a table, its program after each pass, its graph, the
// source of single kernels, and all of that as JSON for pages. Views change nothing; what they
// cannot find, they say by throwing unknown_name.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "codegen/lower.hpp"
#include "codegen/program.hpp"

namespace tenon::codegen {

struct view_options {
  emit_options emit;  // cuda: of the network on a GPU
  mode in = mode::eval;
  bool single = false;  // of eval: its program for one sample at a time
  std::string pass;     // empty: all of them
  std::string layer;    // empty: all of them
};

// A pass or a layer that does not exist; the message lists those that do.
class unknown_name : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The name of what is shown: "train", "eval", "eval_single" or "eval_mc".
std::string_view name_of(const view_options& o);

// The program after `pass` ("lower": before all passes; empty: after the last one).
program program_after(const declaration& d, const view_options& o, const std::string& pass);

// Whether a kernel computes something of a layer: its own, or one that was fused or folded into it.
bool belongs_to(const kernel& k, const std::string& layer);

// Throws unknown_name where the network has no such layer.
void require_layer(const program& p, const std::string& layer);

// What became of a layer in a mode: "folded into conv2d_1", "in the kernel of conv2d_1"; empty
// where it has kernels of its own.
std::string fate_of(const program& p, const std::string& layer);

// Layers with declaration, shape, parameters, MACs and bytes; totals; exact arena sizes. Of a wrong
// network: up to the broken joint, which is marked.
std::string layers_view(const declaration& d, const emit_options& o);

// The program after each pass, or after one, kernel by kernel; "(unchanged)" where a pass did
// nothing.
std::string passes_view(const declaration& d, const view_options& o);

// The graph for Graphviz: layers; or kernels, where `pass` or `layer` is given.
std::string dot_view(const declaration& d, const view_options& o);

// The emitted file of the mode, or the functions of one layer.
std::string source_view(const declaration& d, const view_options& o);

// Everything that a page about the network shows, as one JSON object.
std::string description(const declaration& d, const emit_options& o);

// The tiles that `tenon tune` may measure, per kernel, as a JSON array; the model's choice first.
std::string schedules_view(const declaration& d, const view_options& o);

// The function that a kernel is printed as: its own name, or that of an equal kernel.
const std::string& function_of(const program& p, std::size_t kernel);

}  // namespace tenon::codegen
