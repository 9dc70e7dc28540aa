// Weights inside the library: an accessor of a blob that the assembler takes in from a file.
#pragma once
#include <string>

#include "codegen/print/files.hpp"

namespace tenon::codegen {

std::string print_weights_header(const edition& e);    // emitted/<name>_weights.hpp
std::string print_weights_c_header(const edition& e);  // emitted/<name>_weights.h
// <name>_weights.cc; compiling it needs <name>.blob, as `export --format blob` writes it, in a
// folder of the include path.
std::string print_weights(const edition& e);
// <name>_defaults.cc: <name>.safetensors inside the executable, which takes it where --weights is
// not given.
std::string print_defaults(const edition& e);

}  // namespace tenon::codegen
