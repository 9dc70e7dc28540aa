// What emitted code calls things. Names come from layers, not from counters.
#pragma once
#include <string>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

// "conv2d_1.weight" -> "conv2d_1_weight".
std::string identifier(std::string name);

// In capitals, for macros.
std::string upper(std::string name);

// The parameters of a kernel's function: tensors in order of reading, then the output.
struct parameter_name {
  int tensor;
  std::string name;  // "x", "weight", "d_y", ...
};
std::vector<parameter_name> parameter_names(const program& p, const kernel& k);

// Loop variables: output axes first ("c", "y", "x"), then reduced ones ("k", "u", "v").
std::vector<std::string> axis_names(const kernel& k);

// "y[c, y, x] = bias[c] + sum over k, u, v of weight[c, k, u, v] * x[k, y + u - 2, x + v - 2]", for
// banners.
std::string formula(const program& p, const kernel& k);

// "61,706".
std::string grouped(long v);

// "[6, 14, 14]"; "one number" for a scalar.
std::string shape_text(const dims& d);

}  // namespace tenon::codegen
