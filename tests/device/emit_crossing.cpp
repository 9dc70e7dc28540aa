#include <tenon/generate.hpp>

#include "tests/device/crossing.hpp"

int main(int argc, char** argv) {
  return tenon::codegen::generate<crossing>("crossing", argc, argv);
}
