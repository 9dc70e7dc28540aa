// The dictionary at the head of an .npy file.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::runtime {

struct npy_fields {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

// Reads "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"; throws std::string, what is
// wrong with it.
npy_fields parse_npy_header(std::string_view text);

}  // namespace tenon::runtime
