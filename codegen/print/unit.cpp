// <name>_eval.cc, <name>_train.cc and <name>_eval_mc.cc: kernels, the order in which a block of
// samples goes through them, and the classes of the emitted header. Looks like Highway's own
// skeleton: everything per target first, what exists once at the end.
#include "codegen/print/unit.hpp"

#include <algorithm>

#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* includes = R"(
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "${name}_${word}.cc"
#include <hwy/foreach_target.h>  // compiles this file once per target; must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tenon/core.hpp>

#include "emitted/${name}.hpp"

)";

constexpr const char* begin_target = R"(
HWY_BEFORE_NAMESPACE();
namespace emitted::${name}::${word}_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

)";

constexpr const char* end_target = R"(
}  // namespace emitted::${name}::${word}_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

)";

void story(writer& w, const unit& u) {
  w.line("//");
  std::string text = fmt::format(
      "Samples lie innermost, {0} to a block: [channels][height][width][{0}]. Batches hold up to "
      "{1} samples, {2} "
      "blocks in {3} parts. ",
      u.p.block, u.p.batch, u.p.blocks(), u.p.parts());
  if (u.train) {
    text +=
        "A part is a run of blocks that one thread takes. Blocks meet where a batch norm needs "
        "sums over the batch, and at the "
        "end of the step, always in order: results do not depend on the number of threads. Sums "
        "over samples run on 16 virtual "
        "lanes and end in one tree, so on targets with FMA they do not depend on the width of "
        "the vectors either. Lanes beyond "
        "the batch hold zeros.";
  } else {
    text +=
        "Blocks are independent of each other, and each goes through the whole network on one "
        "thread.";
  }
  paragraph(w, text +
                   " Weights keep the order of their shapes; rows are padded to 16 floats and "
                   "never a multiple of 4 KB apart.");
  w.line("//");
  const std::size_t arena =
      u.train || u.samples ? u.plan.total : plan_of_serving(u.p, u.e.single).arena;
  paragraph(w, fmt::format("Arena: {} bytes, of which {} per part{}.", arena * sizeof(float),
                           u.p.floats(region::part) * sizeof(float),
                           u.train ? fmt::format(" and {} per block",
                                                 u.p.floats(region::block) * sizeof(float))
                                   : ""));
  if (!u.train && !u.samples) {
    const serving_plan serving = plan_of_serving(u.p, u.e.single);
    paragraph(w,
              fmt::format("Up to {} samples beyond whole blocks go one at a time, with kernels "
                          "whose lanes are outputs (namespace single) and an image of their own: "
                          "{} bytes behind {}.",
                          most_singles(u.p, u.e.single),
                          (serving.image - serving.single_image) * sizeof(float),
                          serving.single_image * sizeof(float)));
  }
  for (const std::string& note : u.p.notes) paragraph(w, note + ".");
}

// One call's memory and arguments. Outside the loop over targets, hence the guard.
void print_job(writer& w, const unit& u) {
  const std::string guard = upper(fmt::format("EMITTED_{}_{}_JOB", u.e.name(), u.word));
  w.line("#ifndef " + guard);
  w.line("#define " + guard);
  w.line("namespace emitted::{}::{}_kernels {{", u.e.name(), u.word);
  w.line("");
  w.line("// One call: its arguments, and where its memory lies.");
  w.block(
      "struct job",
      [&] {
        w.line("const float* x = nullptr;");
        if (u.train) w.line("const train::target_type* target = nullptr;");
        if (u.p.sample_weight >= 0)
          w.line("const float* sample_weights = nullptr;  // null: all 1");
        w.line("float* y = nullptr;");
        w.line("std::size_t n = 0, parts = 0;");
        w.line("{}float* image = nullptr;  // parameters{}", u.train ? "" : "const ",
               u.train || u.samples ? " and buffers" : ", folded");
        if (u.train) {
          w.line("float* gradients = nullptr;    // laid out as the image");
          w.line("float* batch = nullptr;        // once per step");
          w.line("float* part_sums = nullptr;    // {} floats per part: sums over its samples",
                 u.p.floats(region::part_sum));
        }
        w.line(
            "float* part_memory = nullptr;  // {} floats per part: what a block needs within a "
            "phase",
            u.p.floats(region::part));
        if (u.train) {
          w.line("float* block_memory = nullptr; // {} floats per block: what outlives a phase",
                 u.p.floats(region::block));
          w.line("std::uint64_t seed = 0, step = 0;");
          w.line("std::uint32_t first = 0;  // position of the batch's first sample in the step");
          w.line("bool forward_only = false;");
        } else {
          w.line("bool probabilities = false;");
          if (!u.samples) w.line("tenon::pool* threads = nullptr;  // of single samples");
        }
        if (u.samples) {
          w.line("float* batch = nullptr;    // what is prepared for a draw");
          w.line("std::uint32_t first = 0;   // position of the first sample among the caller's");
          w.line("std::uint64_t seed = 0, step = 0;");
        }
      },
      ";");
  w.line("");
  w.line("}}  // namespace emitted::{}::{}_kernels", u.e.name(), u.word);
  w.line("#endif");
  w.line("");
}

// Kernels with a function of their own in this file.
bool is_printed(const unit& u, std::size_t kernel) {
  const schedule& s = u.p.schedules[kernel];
  const bool folded = !u.train && !u.samples && s.when == stage::prepare;  // in <name>_fold.cc
  return s.shared_with < 0 && !folded && !is_plain_collect(u.p, kernel) &&
         !is_transpose(u.p, kernel);
}

std::string print_unit(const unit& u) {
  const std::vector<placeholder> names = {{"name", u.e.name()}, {"word", u.word}};
  writer w;
  w.line("// " + heading(u.e, u.word));
  w.line("//");
  layer_table(w, u.p);
  story(w, u);
  w.text(includes, names);
  print_job(w, u);
  w.text(begin_target, names);
  for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
    if (is_printed(u, i)) print_kernel(w, u.p, i);
  }
  print_phases(w, u);
  if (u.train) print_step(w, u);
  u.samples ? print_prepare(w, u) : print_run_kernel(w, u);
  if (!u.train && !u.samples) print_single(w, unit(u.e, u.e.single));
  w.text(end_target, names);
  print_classes(w, u);
  return w.text();
}

}  // namespace

arena_plan plan_of(const program& p) {
  arena_plan a{};
  const std::size_t parts = static_cast<std::size_t>(p.parts()),
                    blocks = static_cast<std::size_t>(p.blocks());
  a.image = p.floats(region::parameter);
  a.parts = p.floats(region::part) * parts;
  a.part_sums = p.floats(region::part_sum) * parts;
  a.blocks = p.floats(region::block) * blocks;
  a.batch = p.floats(region::batch);
  if (p.in != mode::train) {
    a.total = a.parts + a.batch;
    return a;
  }
  a.gradient = p.floats(region::gradient);
  a.state = 2 * a.gradient;
  a.total = a.image + a.gradient + a.state + a.batch + a.part_sums + a.parts + a.blocks;
  return a;
}

std::string print_eval(const edition& e) { return print_unit(unit(e, e.eval)); }
std::string print_train(const edition& e) {
  if (e.trains) return print_unit(unit(e, e.train));
  return "// " + heading(e, "train") +
         "\n// The network has no loss, so there is nothing to train.\n";
}
std::string print_eval_mc(const edition& e) { return print_unit(unit(e, e.eval_mc)); }

}  // namespace tenon::codegen
