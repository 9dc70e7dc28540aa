// Tiles that were measured on a machine: what `tenon tune` writes and the pass `tune` reads. A line
// per kernel,
//
//   93c1e0a15bd2f674 6x2 columns   # train conv2d_3: 1042.1 -> 868.3
//
// the kernel's key, rows x columns of its tile, and which of them are the outer loop. Bits do not
// depend on any of it.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace tenon::codegen {

struct tile_choice {
  int rows = 1, columns = 1;
  bool columns_outermost = false;

  friend bool operator==(const tile_choice&, const tile_choice&) = default;
};

using tuning = std::map<std::string, tile_choice>;  // by key

// Throws std::runtime_error that names file and line.
tuning read_tuning(std::string_view text, std::string_view file);

// "6x2 columns"
std::string to_text(const tile_choice& t);

}  // namespace tenon::codegen
