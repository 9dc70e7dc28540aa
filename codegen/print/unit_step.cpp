// What happens once per training step, where blocks have met, and single kernels for benchmarks.
#include <algorithm>

#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

void once_per_step(writer& w, const unit& u, const char* name, stage when) {
  w.block(fmt::format("void {}([[maybe_unused]] const job& j)", name), [&] {
    if (!u.has(when)) return;
    w.line(
        "[[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n), "
        ".seed = j.seed, .step = j.step};");
    w.line("[[maybe_unused]] float* const sums = j.part_sums;");
    for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
      if (u.p.schedules[i].when == when) w.line(u.call_of(i));
    }
  });
  w.line("");
}

void print_update(writer& w, const unit& u) {
  std::size_t decayed = 0, trained = 0;
  for (std::size_t t = 0; t < u.p.tensors.size(); ++t) {
    if (u.p.tensors[t].what != role::parameter) continue;
    const std::size_t end = u.p.storages[t].offset + (u.p.layouts[t].floats + 15) / 16 * 16;
    if (u.p.tensors[t].decays) decayed = std::max(decayed, end);
    trained = std::max(trained, end);
  }
  comment(w, "All parameters in two runs: weights, which decay, then biases and norms.");
  w.block(
      "void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state, "
      "[[maybe_unused]] const tenon::settings& s)",
      [&] {
        const auto run = [&](bool decays, std::size_t from, std::size_t to) {
          if (to <= from) return;
          w.line(
              "tenon::HWY_NAMESPACE::update_parameters(s, {0}, {1}, j.gradients + {2}, state + "
              "{2}, state + {3}, j.image + {2});",
              decays, to - from, from, u.plan.gradient + from);
        };
        run(true, 0, decayed);
        run(false, decayed, trained);
      });
  w.line("");
}

}  // namespace

void print_step(writer& w, const unit& u) {
  comment(w,
          "Where blocks have met: sums of the parts, and what follows from them, at the end of a "
          "phase.");
  w.block("void collect(const job& j, size_t phase)", [&] {
    w.line(
        "[[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n), "
        ".seed = j.seed, .step = j.step};");
    w.line("[[maybe_unused]] float* const sums = j.part_sums;");
    w.block("switch (phase)", [&] {
      for (int phase = 0; phase <= u.last_phase(); ++phase) {
        w.line("case {}:", phase);
        w.indent(1);
        for (bool forward : {true, false}) {
          bool any = false;
          for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
            const schedule& s = u.p.schedules[i];
            if (s.when != stage::collect || s.phase != phase || u.forward[i] != forward) continue;
            if (!forward && !any) w.line("if (j.forward_only) break;");
            any = true;
            w.line(u.call_of(i));
          }
        }
        w.line("break;");
        w.indent(-1);
      }
    });
  });
  w.line("");
  comment(w, "Running statistics, from the batch's.");
  once_per_step(w, u, "renew", stage::renew);
  comment(w, "What is computed from parameters alone, before the samples.");
  once_per_step(w, u, "prepare", stage::prepare);
  print_update(w, u);
  comment(w, "The outputs of the last call, back to the caller's order.");
  w.block("void store_outputs(const job& j)", [&] {
    w.block(fmt::format("for (size_t first = 0; first < j.n; first += {})", u.p.block), [&] {
      w.line("const tenon::block_call call{{.live = std::min<size_t>(j.n - first, {})}};",
             u.p.block);
      w.line("const float* const block = j.block_memory + first / {} * {};", u.p.block,
             u.p.floats(region::block));
      print_store(w, u, u.p.output, "j.y");
    });
  });
  w.line("");
}

void print_run_kernel(writer& w, const unit& u) {
  comment(w, "One kernel on one block, for benchmarks: in the order of the tables in " +
                 u.e.name() + "_info.cc.");
  w.block("void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k)", [&] {
    w.line("[[maybe_unused]] float* const mine = j.part_memory;");
    w.line("[[maybe_unused]] float* const sums = {};", u.train ? "j.part_sums" : "nullptr");
    w.line("[[maybe_unused]] float* const block = {};",
           u.train ? fmt::format("j.block_memory + k * {}", u.p.floats(region::block)) : "nullptr");
    print_block_call(w, u, "k");
    w.block("switch (index)", [&] {
      int index = 0;
      for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
        const stage s = u.p.schedules[i].when;
        if (s == stage::block || (u.train && s == stage::collect))
          w.line("case {}: {} break;", index++, u.call_of(i));
      }
      w.line("default: break;");
    });
    w.line("static_cast<void>(call);");
  });
  w.line("");
}

}  // namespace tenon::codegen
