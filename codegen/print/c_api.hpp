// emitted/<name>.h: evaluation from C. Plain functions over an object that the caller owns, defined
// in <name>_eval.cc.
#pragma once
#include <string>

#include "codegen/print/files.hpp"

namespace tenon::codegen {

std::string print_c_header(const edition& e);
// What <name>_eval.cc ends in, outside all namespaces.
std::string print_c_definitions(const edition& e);

}  // namespace tenon::codegen
