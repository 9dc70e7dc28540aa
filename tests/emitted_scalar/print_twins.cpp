// Writes the twins of the test's networks into the folder that is its argument.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "codegen/print/scalar.hpp"
#include "tests/emitted_scalar/networks.hpp"

int main(int argc, char** argv) try {
  if (argc != 2) throw std::invalid_argument("usage: print_twins DIR");
  const std::filesystem::path folder = argv[1];
  twins::for_each_network([&]<class Network>(const char* name) {
    const std::filesystem::path path = folder / (std::string(name) + "_scalar.cc");
    std::ofstream out(path);
    out << tenon::codegen::print_scalar(twins::program_of<Network>(name),
                                        "Written by a test; do not edit.");
    if (!out.flush()) throw std::runtime_error("print_twins: cannot write " + path.string());
  });
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
