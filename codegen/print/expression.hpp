// Prints scalar expressions as C++: vectors of samples (Highway) or single floats. Shared parts get
// names of their own.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "codegen/expressions.hpp"
#include "codegen/print/writer.hpp"

namespace tenon::codegen {

// An affine index as C++, with some axes replaced by "axis + offset": "c * 144 + k * 9 + 3".
std::string index_text(const affine& a, const std::vector<std::string>& axes);

struct dialect {
  bool vectors = true;
  bool device = false;    // not vectors: the functions of CUDA, and FMA wherever it fits
  const char* tag = "d";  // of Highway's functions: "one" for vectors of one lane
  const char* type = "V";
  // A read or the value of the reduction, as text; reads inside one tile are loaded once by whoever
  // gives this.
  std::function<std::string(const node&)> read;
  std::function<std::string(const node&)> reduction;
  std::function<std::string(const affine&)> index;  // of positions
  std::string uniform;                              // the variable that holds the random number
};

// Returns the text of e; what is used twice is first written to w as a constant named prefix0,
// prefix1, ...
std::string print_expression(writer& w, const expr& e, const dialect& in, const std::string& prefix,
                             int& counter);

}  // namespace tenon::codegen
