#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "runtime/app/command_line.hpp"

namespace {

// One on which a line can be written over.
bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  return tenon::runtime::run(
      argc, argv,
      {.network = tenon_network(), .out = std::cout, .err = std::cerr, .terminal = is_terminal()});
}
