#include "tests/references/declarations.hpp"

#include "tests/references/names.hpp"
#include "tests/references/networks.hpp"

namespace references {

std::span<const tenon::codegen::declaration> declarations() {
#define DECLARED(NAME) tenon::codegen::declaration_of<NAME>(#NAME),
  static const tenon::codegen::declaration all[] = {TENON_REFERENCE_NETWORKS(DECLARED)};
#undef DECLARED
  return all;
}

}  // namespace references
