// What happens once per training step, where blocks have met, and single kernels for benchmarks.
#include <algorithm>

#include "codegen/addressed.hpp"
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
    if (u.train) w.line("[[maybe_unused]] float* const sums = j.part_sums;");
    for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
      if (u.p.schedules[i].when == when) w.line(u.call_of(i));
    }
  });
  w.line("");
}

void print_update(writer& w, const unit& u) {
  const bool any = std::any_of(u.p.tensors.begin(), u.p.tensors.end(),
                               [](const tensor& t) { return t.what == role::parameter; });
  if (any) {
    comment(w, "Offset, floats with padding, rows, floats of a row, stride, whether it decays.");
    print_places(w, u.p);
  }
  w.block(
      "void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state, "
      "[[maybe_unused]] const tenon::settings& s)",
      [&] {
        if (!any) return;
        w.line(
            "tenon::HWY_NAMESPACE::update_parameters(s, places, {{j.gradients, state, state + {}, "
            "j.image}});",
            u.plan.gradient);
      });
  w.line("");
}

}  // namespace

void print_places(writer& w, const program& p) {
  w.block(
      "constexpr tenon::parameter_place places[] =",
      [&] {
        for (std::size_t i = 0; i < p.tensors.size(); ++i) {
          const tensor& t = p.tensors[i];
          if (t.what != role::parameter) continue;
          const layout& l = p.layouts[i];
          const std::size_t floats = (l.floats + 15) / 16 * 16;
          const long rows = t.shape.rank < 2 ? 1 : t.shape[0];
          w.line("{{{}, {}, {}, {}, {}, {}}},  // {}", p.storages[i].offset, floats, rows,
                 t.shape.count() / rows,
                 t.shape.rank < 2 ? floats : static_cast<std::size_t>(l.stride[0]), t.decays,
                 t.name);
        }
      },
      ";");
}

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

void print_prepare(writer& w, const unit& u) {
  comment(w, "What is computed from parameters and drawn for all samples, before the samples.");
  once_per_step(w, u, "prepare", stage::prepare);
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
        if (s == stage::whole) {
          const int rows = addressed(u.p, u.p.kernels[i]).extents[0];
          w.line("case {}: {} break;", index++, u.whole_call_of(i, "0", std::to_string(rows)));
          continue;
        }
        if (s != stage::block && !(u.train && s == stage::collect)) continue;
        if (u.p.kernels[i].strip < 0) {
          w.line("case {}: {} break;", index++, u.call_of(i));
          continue;
        }
        w.line("case {}:", index++);
        w.indent(1);
        w.block(u.steps_of(i), [&] { w.line(u.call_of(i)); });
        w.line("break;");
        w.indent(-1);
      }
      w.line("default: break;");
    });
    w.line("static_cast<void>(call);");
  });
  w.line("");
}

}  // namespace tenon::codegen
