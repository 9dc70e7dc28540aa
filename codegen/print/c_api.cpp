#include "codegen/print/c_api.hpp"

#include <algorithm>
#include <cctype>

#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

std::string upper(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

// One C declaration or statement per line; $ stands for the network's name, @ for the same in
// capitals.
std::string fill(const std::string& text, const edition& e) {
  std::string out;
  for (char c : text) {
    if (c == '$')
      out += e.name();
    else if (c == '@')
      out += upper(e.name());
    else
      out += c;
  }
  return out;
}

constexpr const char* declarations = R"(
/* An evaluator. Belongs to the caller, needs no end, and may be moved by copying its bytes. One thread
   at a time; several evaluators over arenas of their own may share weights. */
typedef struct $_eval {
  void* opaque[16];
} $_eval;

/* @_EVAL_ARENA_BYTES, for callers that load this network at run time. */
size_t $_eval_arena_bytes(void);

/* 0, or the number of an error. arena: @_EVAL_ARENA_BYTES or more. weights: a blob, as `export --format
   blob` writes it. Both begin at multiples of @_ALIGNMENT, are used in place, and outlive the evaluator. */
int $_eval_open($_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes);

/* After a successful open; no heap, no failure. x [n][@_INPUT_SIZE], y [n][@_OUTPUT_SIZE]: logits; any n. */
void $_eval_run($_eval* m, const float* x, size_t n, float* y);
/* What the loss stands for, such as the softmax of the logits: p [n][@_OUTPUT_SIZE]. */
void $_eval_probabilities($_eval* m, const float* x, size_t n, float* p);

/* The instruction set in use: "AVX3". */
const char* $_eval_target(const $_eval* m);

/* What an error number means, and what to do. */
const char* $_error_text(int error);
)";

constexpr const char* definitions = R"(
#if HWY_ONCE  // the C interface: emitted/$.h
#include <new>
#include <type_traits>

#include "emitted/$.h"

namespace emitted::$ {
namespace {

static_assert(sizeof(eval) <= sizeof($_eval) && alignof(eval) <= alignof($_eval));
static_assert(std::is_trivially_copyable_v<eval> && std::is_trivially_destructible_v<eval>);
static_assert(@_EVAL_ARENA_BYTES == eval_arena_bytes);
static_assert(@_INPUT_SIZE == input_size && @_OUTPUT_SIZE == output_size);

eval& object_of($_eval* m) { return *std::launder(reinterpret_cast<eval*>(m->opaque)); }
const eval& object_of(const $_eval* m) { return *std::launder(reinterpret_cast<const eval*>(m->opaque)); }

}  // namespace
}  // namespace emitted::$

extern "C" {

size_t $_eval_arena_bytes(void) { return emitted::$::eval_arena_bytes; }

int $_eval_open($_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes) {
  emitted::$::eval* const model = ::new (static_cast<void*>(m->opaque)) emitted::$::eval;
  const std::span<std::byte> memory(static_cast<std::byte*>(arena), arena_bytes);
  const std::span<const std::byte> blob(static_cast<const std::byte*>(weights), weight_bytes);
  return static_cast<int>(model->open(memory, blob));
}

void $_eval_run($_eval* m, const float* x, size_t n, float* y) {
  emitted::$::object_of(m).run(x, n, y);
}
void $_eval_probabilities($_eval* m, const float* x, size_t n, float* p) {
  emitted::$::object_of(m).probabilities(x, n, p);
}
const char* $_eval_target(const $_eval* m) { return emitted::$::object_of(m).target(); }

const char* $_error_text(int error) {
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
  writer w;
  w.line("/* {} */", heading(e, "C interface"));
  w.line("#ifndef EMITTED_{}_H", upper(e.name()));
  w.line("#define EMITTED_{}_H", upper(e.name()));
  w.line("");
  w.line("#include <stddef.h>");
  w.line("");
  w.line(fill("#define @_INPUT_SIZE ", e) +
         fmt::format("{} /* floats of one sample: {} */", in.shape.count(), shape_text(in.shape)));
  w.line(fill("#define @_OUTPUT_SIZE ", e) +
         fmt::format("{} /* {} */", out.shape.count(), shape_text(out.shape)));
  w.line(fill("#define @_EVAL_ARENA_BYTES ", e) +
         fmt::format("{}", plan_of(p).total * sizeof(float)));
  w.line(fill("#define @_ALIGNMENT 64 /* of arenas and weights */", e));
  w.line("");
  w.line("#ifdef __cplusplus");
  w.line("extern \"C\" {");
  w.line("#endif");
  w.line(fill(declarations, e));
  w.line("#ifdef __cplusplus");
  w.line("}");
  w.line("#endif");
  w.line("");
  w.line("#endif");
  return w.text();
}

std::string print_c_definitions(const edition& e) { return fill(definitions, e); }

}  // namespace tenon::codegen
