#include "codegen/print/c_api.hpp"

#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

std::vector<placeholder> names(const edition& e) {
  return {{"name", e.name()}, {"NAME", upper(e.name())}};
}

constexpr const char* header = R"(
#ifndef EMITTED_${NAME}_H
#define EMITTED_${NAME}_H

#include <stddef.h>

#define ${NAME}_INPUT_SIZE ${input} /* floats of one sample: ${input_shape} */
#define ${NAME}_OUTPUT_SIZE ${output} /* ${output_shape} */
#define ${NAME}_EVAL_ARENA_BYTES ${arena}
#define ${NAME}_ALIGNMENT 64 /* of arenas and weights */

#ifdef __cplusplus
extern "C" {
#endif
/* An evaluator. Belongs to the caller, needs no end, and may be moved by copying its bytes. One thread
   at a time; several evaluators over arenas of their own may share weights. */
typedef struct ${name}_eval {
  void* opaque[16];
} ${name}_eval;

/* ${NAME}_EVAL_ARENA_BYTES, for callers that load this network at run time. */
size_t ${name}_eval_arena_bytes(void);

/* 0, or the number of an error. arena: ${NAME}_EVAL_ARENA_BYTES or more. weights: a blob, as `export --format
   blob` writes it. Both begin at multiples of ${NAME}_ALIGNMENT, are used in place, and outlive the evaluator. */
int ${name}_eval_open(${name}_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes);

/* After a successful open; no heap, no failure. x [n][${NAME}_INPUT_SIZE], y [n][${NAME}_OUTPUT_SIZE]: logits; any n. */
void ${name}_eval_run(${name}_eval* m, const float* x, size_t n, float* y);
/* What the loss stands for, such as probabilities of classes: p [n][${NAME}_OUTPUT_SIZE]. */
void ${name}_eval_probabilities(${name}_eval* m, const float* x, size_t n, float* p);

/* The instruction set in use: "AVX3". */
const char* ${name}_eval_target(const ${name}_eval* m);

/* What an error number means, and what to do. */
const char* ${name}_error_text(int error);

#ifdef __cplusplus
}
#endif

#endif
)";

constexpr const char* definitions = R"(
#if HWY_ONCE  // the C interface: emitted/${name}.h
#include <new>
#include <type_traits>

#include "emitted/${name}.h"

namespace emitted::${name} {
namespace {

static_assert(sizeof(eval) <= sizeof(${name}_eval) && alignof(eval) <= alignof(${name}_eval));
static_assert(std::is_trivially_copyable_v<eval> && std::is_trivially_destructible_v<eval>);
static_assert(${NAME}_EVAL_ARENA_BYTES == eval_arena_bytes);
static_assert(${NAME}_INPUT_SIZE == input_size && ${NAME}_OUTPUT_SIZE == output_size);

eval& object_of(${name}_eval* m) { return *std::launder(reinterpret_cast<eval*>(m->opaque)); }
const eval& object_of(const ${name}_eval* m) {
  return *std::launder(reinterpret_cast<const eval*>(m->opaque));
}

}  // namespace
}  // namespace emitted::${name}

extern "C" {

size_t ${name}_eval_arena_bytes(void) { return emitted::${name}::eval_arena_bytes; }

int ${name}_eval_open(${name}_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes) {
  emitted::${name}::eval* const model = ::new (static_cast<void*>(m->opaque)) emitted::${name}::eval;
  const std::span<std::byte> memory(static_cast<std::byte*>(arena), arena_bytes);
  const std::span<const std::byte> blob(static_cast<const std::byte*>(weights), weight_bytes);
  return static_cast<int>(model->open(memory, blob));
}

void ${name}_eval_run(${name}_eval* m, const float* x, size_t n, float* y) {
  emitted::${name}::object_of(m).run(x, n, y);
}
void ${name}_eval_probabilities(${name}_eval* m, const float* x, size_t n, float* p) {
  emitted::${name}::object_of(m).probabilities(x, n, p);
}
const char* ${name}_eval_target(const ${name}_eval* m) {
  return emitted::${name}::object_of(m).target();
}

const char* ${name}_error_text(int error) {
  const bool known = 0 <= error && error < 255;
  return tenon::text(static_cast<tenon::error>(known ? error : 255));
}

}  // extern "C"
#endif  // HWY_ONCE
)";

}  // namespace

std::string print_c_header(const edition& e) {
  const program& p = e.eval;
  const tensor &in = p.of(p.input), &out = p.of(p.output);
  std::vector<placeholder> values = names(e);
  values.push_back({"input", fmt::format("{}", in.shape.count())});
  values.push_back({"input_shape", shape_text(in.shape)});
  values.push_back({"output", fmt::format("{}", out.shape.count())});
  values.push_back({"output_shape", shape_text(out.shape)});
  values.push_back(
      {"arena", fmt::format("{}", plan_of_serving(p, e.single).arena * sizeof(float))});
  writer w;
  w.line("/* {} */", heading(e, "C interface"));
  w.text(header, values);
  return w.text();
}

std::string print_c_definitions(const edition& e) {
  writer w;
  w.line("");
  w.text(definitions, names(e));
  return w.text();
}

}  // namespace tenon::codegen
