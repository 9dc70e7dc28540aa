// A generator in one line: int main(int argc, char** argv) { return
// tenon::codegen::generate<lenet>("lenet", argc, argv); }
#pragma once
#include "codegen/emit.hpp"

namespace tenon::codegen {

template <class Network>
int generate(const char* name, int argc, char** argv) {
  return generate(declaration_of<Network>(name), argc, argv);
}

}  // namespace tenon::codegen
