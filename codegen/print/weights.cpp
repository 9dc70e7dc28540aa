#include "codegen/print/weights.hpp"

#include "codegen/print/names.hpp"
#include "codegen/print/writer.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* header = R"(
#pragma once
#include <cstddef>
#include <span>

namespace emitted::${name} {

// A blob for eval::open(), aligned to 64 and constant: it lies in the program's read-only data.
std::span<const std::byte> weights() noexcept;

}  // namespace emitted::${name}
)";

constexpr const char* c_header = R"(
#ifndef EMITTED_${NAME}_WEIGHTS_H
#define EMITTED_${NAME}_WEIGHTS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A blob for ${name}_eval_open(), constant and aligned to ${NAME}_ALIGNMENT; its size. */
const void* ${name}_weights(void);
size_t ${name}_weights_bytes(void);

#ifdef __cplusplus
}
#endif

#endif
)";

// The assembler copies the file: ten megabytes take a tenth of a second, where an array in C++
// would take the compiler a minute. With -flto Clang looks for the file a second time and without
// the include path, hence -fno-lto.
constexpr const char* source = R"(
//
// Compile with -fno-lto, and with -I of the folder that holds ${name}.blob (made by `export --format blob`).
#include "emitted/${name}_weights.hpp"

#include "emitted/${name}_weights.h"

asm(R"asm(
  .pushsection .rodata
  .balign 64
  .globl emitted_${name}_blob
  .hidden emitted_${name}_blob
  .globl emitted_${name}_blob_end
  .hidden emitted_${name}_blob_end
emitted_${name}_blob:
  .incbin "${name}.blob"
emitted_${name}_blob_end:
  .popsection
)asm");

extern "C" const std::byte emitted_${name}_blob[], emitted_${name}_blob_end[];

namespace emitted::${name} {

std::span<const std::byte> weights() noexcept { return {emitted_${name}_blob, emitted_${name}_blob_end}; }

}  // namespace emitted::${name}

extern "C" const void* ${name}_weights(void) { return emitted_${name}_blob; }
extern "C" size_t ${name}_weights_bytes(void) {
  return static_cast<size_t>(emitted_${name}_blob_end - emitted_${name}_blob);
}
)";

std::string filled(const edition& e, const std::string& head, const char* lines) {
  writer w;
  w.line(head);
  w.text(lines, {{"name", e.name()}, {"NAME", upper(e.name())}});
  return w.text();
}

// Not the blob: the executable also wants the standardisation and the names that the file holds.
constexpr const char* defaults = R"(
//
// Compile with -fno-lto, and with -I of the folder that holds ${name}.safetensors.
asm(R"asm(
  .pushsection .rodata
  .balign 64
  .globl tenon_embedded_weights
  .globl tenon_embedded_weights_end
tenon_embedded_weights:
  .incbin "${name}.safetensors"
tenon_embedded_weights_end:
  .popsection
)asm");
)";

}  // namespace

std::string print_weights_header(const edition& e) {
  return filled(e, "// " + heading(e, "embedded weights"), header);
}
std::string print_weights_c_header(const edition& e) {
  return filled(e, "/* " + heading(e, "C interface of embedded weights") + " */", c_header);
}
std::string print_weights(const edition& e) {
  return filled(e, "// " + heading(e, "embedded weights"), source);
}
std::string print_defaults(const edition& e) {
  return filled(e, "// " + heading(e, "weights of the executable"), defaults);
}

}  // namespace tenon::codegen
