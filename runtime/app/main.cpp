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

// Defined by <name>_defaults.cc where weights are compiled in, else null.
extern "C" {
[[gnu::weak]] extern const std::byte tenon_embedded_weights[];
[[gnu::weak]] extern const std::byte tenon_embedded_weights_end[];
}

int main(int argc, char** argv) {
  return tenon::runtime::run(argc, argv,
                             {.network = tenon_network(),
                              .out = std::cout,
                              .err = std::cerr,
                              .terminal = is_terminal(),
                              .embedded = {tenon_embedded_weights, tenon_embedded_weights_end}});
}
