#include <unistd.h>

#include <iostream>

#include "runtime/app/command_line.hpp"

int main(int argc, char** argv) {
  return tenon::runtime::run(argc, argv,
                             {.network = tenon_network(),
                              .out = std::cout,
                              .err = std::cerr,
                              .terminal = isatty(STDOUT_FILENO) == 1});
}
