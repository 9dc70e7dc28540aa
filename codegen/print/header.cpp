// emitted/<name>.hpp: the C++ interface of a network. Free of Highway, of the declaration language
// and of the heap.
#include "codegen/print/files.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

void constants(writer& w, const edition& e) {
  const program& p = e.eval;
  w.line(
      "inline constexpr char signature[] = \"{}\";  // of the declaration: names, shapes, options",
      e.signature);
  w.line(
      "inline constexpr std::size_t batch = {};           // capacity of a training step; "
      "evaluation takes any number, in such chunks",
      p.batch);
  w.line("inline constexpr std::size_t input_size = {};      // floats of one sample: {}",
         p.of(p.input).shape.count(), shape_text(p.of(p.input).shape));
  w.line("inline constexpr std::size_t output_size = {};     // {}", p.of(p.output).shape.count(),
         shape_text(p.of(p.output).shape));
  w.line("inline constexpr long parameters = {};", e.d.result.parameters);
  w.line("inline constexpr std::size_t eval_arena_bytes = {};", plan_of(p).total * sizeof(float));
  w.line(
      "inline constexpr std::size_t eval_image_floats = {};   // what fold() writes and eval reads",
      plan_of(p).image);
  if (e.trains)
    w.line("inline constexpr std::size_t train_arena_bytes = {};",
           plan_of(e.train).total * sizeof(float));
  w.line(
      "inline constexpr std::size_t image_floats = {};        // parameters and buffers as the "
      "training arena holds them",
      plan_of(e.train).image);
}

void eval_class(writer& w) {
  w.line(
      "// Serves. All state is this object and the arena; several instances and threads at once "
      "are fine.");
  w.block(
      "class eval",
      [&] {
        w.indent(-1), w.line(" public:"), w.indent(1);
        w.line(
            "static constexpr std::size_t arena_bytes = eval_arena_bytes, image_floats = "
            "eval_image_floats;");
        w.line("");
        w.line(
            "// arena: arena_bytes or more, aligned to 64. image: what fold() wrote, or a blob of "
            "it (embedded, or a mapped file); it is used");
        w.line(
            "// in place and has to outlive this object. threads: a pool of the caller's, or "
            "none.");
        w.line(
            "error open(std::span<std::byte> arena, std::span<const float> image, tenon::pool* "
            "threads = nullptr) noexcept;");
        w.line(
            "error open(std::span<std::byte> arena, std::span<const std::byte> blob, tenon::pool* "
            "threads = nullptr) noexcept;");
        w.line("");
        w.line(
            "void run(const float* x, std::size_t n, float* y) noexcept;            // x "
            "[n][input_size], y [n][output_size]: logits; any n");
        w.line(
            "void probabilities(const float* x, std::size_t n, float* p) noexcept;  // what the "
            "loss stands for: p [n][output_size]");
        w.line(
            "void run_kernel(std::size_t index, std::size_t block) noexcept;        // for "
            "benchmarks, after a run");
        w.line(
            "const char* target() const noexcept;                                   // instruction "
            "set: \"AVX3\"");
        w.line("");
        w.indent(-1), w.line(" private:"), w.indent(1);
        w.line("void call(const float* x, std::size_t n, float* y, bool probabilities) noexcept;");
        w.line("");
        w.line("const float* image_ = nullptr;");
        w.line("float* memory_ = nullptr;");
        w.line("tenon::pool* threads_ = nullptr;");
        w.line("void (*run_part_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;");
        w.line(
            "void (*run_kernel_)(const eval_kernels::job&, std::size_t, std::size_t) = nullptr;");
      },
      ";");
}

void train_class(writer& w, const program& p) {
  const char* target = p.target_is_class ? "std::int32_t" : "float";
  w.line("// Trains. Everything that changes from step to step comes in through `settings`.");
  w.block(
      "class train",
      [&] {
        w.indent(-1), w.line(" public:"), w.indent(1);
        w.line("using target_type = {};  // {}", target,
               p.target_is_class ? fmt::format("classes 0 to {}: [n]", p.classes - 1)
                                 : "[n]" + shape_text(p.of(p.target).shape));
        w.line("static constexpr std::size_t arena_bytes = train_arena_bytes;");
        w.line("");
        w.line(
            "error open(std::span<std::byte> arena, tenon::pool* threads = nullptr) noexcept;  // "
            "parameters are zero then: fill image()");
        w.line(
            "std::span<float> image() noexcept;            // parameters and buffers, see the "
            "tables in {}_info.cc",
            p.network);
        w.line("std::span<float> optimizer_state() noexcept;");
        w.line("");
        w.line("// x [n][input_size], 1 <= n <= batch. Return the mean loss.");
        w.line(
            "float step(const float* x, const target_type* target, std::size_t n, const settings& "
            "s) noexcept;  // gradients, then update");
        w.line(
            "float gradients(const float* x, const target_type* target, std::size_t n, const "
            "settings& s) noexcept;");
        w.line("void update(const settings& s) noexcept;");
        w.line(
            "void outputs(std::size_t n, float* y) noexcept;                      // of the last "
            "call: y [n][output_size]");
        w.line(
            "void gradient(std::span<float> image) noexcept;                      // of the last "
            "gradients(), laid out as the image");
        w.line(
            "void forward(const float* x, std::size_t n, float* y, const settings& s) noexcept;    "
            " // training mode; buffers stay");
        w.line(
            "void statistics(const float* x, std::size_t n, const settings& s) noexcept;           "
            " // renews running statistics only");
        w.line(
            "void run_kernel(std::size_t index, std::size_t block) noexcept;      // for "
            "benchmarks, after a step");
        w.line("const char* target() const noexcept;");
        w.line("");
        w.indent(-1), w.line(" private:"), w.indent(1);
        w.line("void run(train_kernels::job& j, const settings& s) noexcept;");
        w.line("");
        w.line("float* memory_ = nullptr;");
        w.line("tenon::pool* threads_ = nullptr;");
        w.line("std::size_t last_n_ = batch;");
        w.line("void (*run_part_)(const train_kernels::job&, std::size_t, std::size_t) = nullptr;");
        w.line(
            "void (*run_kernel_)(const train_kernels::job&, std::size_t, std::size_t) = nullptr;");
        w.line("void (*collect_)(const train_kernels::job&, std::size_t) = nullptr;");
        w.line("void (*renew_)(const train_kernels::job&) = nullptr;");
        w.line("void (*prepare_)(const train_kernels::job&) = nullptr;");
        w.line(
            "void (*update_)(const train_kernels::job&, float*, const tenon::settings&) = "
            "nullptr;");
        w.line("void (*store_outputs_)(const train_kernels::job&) = nullptr;");
      },
      ";");
}

}  // namespace

std::string print_header(const edition& e) {
  writer w;
  w.line("// " + heading(e, "interface"));
  w.line("//");
  layer_table(w, e.eval);
  w.line("#pragma once");
  w.line("#include <cstddef>");
  w.line("#include <cstdint>");
  w.line("#include <span>");
  w.line("");
  w.line("#include <tenon/emitted.hpp>  // error, settings");
  w.line("");
  w.line("namespace emitted::{} {{", e.name());
  w.line("");
  w.line("using tenon::error;");
  w.line("using tenon::settings;");
  w.line("using tenon::text;");
  w.line("");
  constants(w, e);
  w.line("");
  w.line("namespace eval_kernels { struct job; }");
  if (e.trains) w.line("namespace train_kernels { struct job; }");
  w.line("");
  eval_class(w);
  w.line("");
  if (e.trains) {
    train_class(w, e.train);
    w.line("");
  }
  w.line(
      "// From the training image to the image that eval reads: norms folded into weights. Exact "
      "up to rounding.");
  w.line("void fold(const float* image, float* eval_image) noexcept;");
  w.line("");
  w.line("}}  // namespace emitted::{}", e.name());
  return w.text();
}

}  // namespace tenon::codegen
