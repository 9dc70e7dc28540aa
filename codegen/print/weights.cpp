#include "codegen/print/weights.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace tenon::codegen {
namespace {

// $ stands for the network's name, @ for the same in capitals, % for the heading.
std::string fill(std::string_view text, const edition& e, const std::string& what) {
  std::string out;
  for (const char c : text) {
    if (c == '$') {
      out += e.name();
    } else if (c == '@') {
      std::ranges::transform(e.name(), std::back_inserter(out), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
      });
    } else if (c == '%') {
      out += heading(e, what);
    } else {
      out += c;
    }
  }
  return out;
}

constexpr std::string_view header = R"(// %
#pragma once
#include <cstddef>
#include <span>

namespace emitted::$ {

// A blob for eval::open(), aligned to 64 and constant: it lies in the program's read-only data.
std::span<const std::byte> weights() noexcept;

}  // namespace emitted::$
)";

constexpr std::string_view c_header = R"(/* % */
#ifndef EMITTED_@_WEIGHTS_H
#define EMITTED_@_WEIGHTS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A blob for $_eval_open(), constant and aligned to @_ALIGNMENT; its size. */
const void* $_weights(void);
size_t $_weights_bytes(void);

#ifdef __cplusplus
}
#endif

#endif
)";

// The assembler copies the file: ten megabytes take a tenth of a second, where an array in C++
// would take the compiler a minute. With -flto Clang looks for the file a second time and without
// the include path, hence -fno-lto.
constexpr std::string_view source = R"(// %
//
// Compile with -fno-lto, and with -I of the folder that holds $.blob (made by `export --format blob`).
#include "emitted/$_weights.hpp"

#include "emitted/$_weights.h"

asm(R"asm(
  .pushsection .rodata
  .balign 64
  .globl emitted_$_blob
  .hidden emitted_$_blob
  .globl emitted_$_blob_end
  .hidden emitted_$_blob_end
emitted_$_blob:
  .incbin "$.blob"
emitted_$_blob_end:
  .popsection
)asm");

extern "C" const std::byte emitted_$_blob[], emitted_$_blob_end[];

namespace emitted::$ {

std::span<const std::byte> weights() noexcept { return {emitted_$_blob, emitted_$_blob_end}; }

}  // namespace emitted::$

extern "C" const void* $_weights(void) { return emitted_$_blob; }
extern "C" size_t $_weights_bytes(void) {
  return static_cast<size_t>(emitted_$_blob_end - emitted_$_blob);
}
)";

}  // namespace

std::string print_weights_header(const edition& e) { return fill(header, e, "embedded weights"); }
std::string print_weights_c_header(const edition& e) {
  return fill(c_header, e, "C interface of embedded weights");
}
std::string print_weights(const edition& e) { return fill(source, e, "embedded weights"); }

}  // namespace tenon::codegen
