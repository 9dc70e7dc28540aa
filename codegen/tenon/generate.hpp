// A generator in one line: int main(int argc, char** argv) { return
// tenon::codegen::generate<lenet>("lenet", argc, argv); }
#pragma once
#include "codegen/emit.hpp"
#include "codegen/show/command.hpp"

namespace tenon::codegen {

// Options alone: writes source. A command first (explain, passes, …): shows the network.
template <class Network>
int generate(const char* name, int argc, char** argv) {
  const bool shows = argc > 1 && argv[1][0] != '-';
  const declaration d = declaration_of<Network>(name);
  return shows ? show(d, argc, argv) : generate(d, argc, argv);
}

// The same for a network that may be wrong, which has nothing to emit.
template <class Network>
int show_unchecked(const char* name, int argc, char** argv) {
  return show(unchecked_declaration_of<Network>(name), argc, argv);
}

}  // namespace tenon::codegen
