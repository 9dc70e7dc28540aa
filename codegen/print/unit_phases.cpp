// A block of samples through the kernels of each phase, and a part's blocks one after the other.
#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

// "channels, height, width, channel stride, row stride" of a tensor's interior.
std::string extents(const unit& u, int id) {
  const dims& s = u.p.of(id).shape;
  const layout& l = u.p.layouts[static_cast<std::size_t>(id)];
  const long flat = s.count() * u.p.block;
  switch (s.rank) {
    case 3:
      return fmt::format("{}, {}, {}, {}, {}", s[0], s[1], s[2], l.stride[0], l.stride[1]);
    case 2:
      return fmt::format("{}, 1, {}, {}, {}", s[0], s[1], l.stride[0], l.stride[0]);
    default:
      return fmt::format("1, 1, {}, {}, {}", s.count(), flat, flat);
  }
}

class phase_printer {
 public:
  phase_printer(writer& w, const unit& u) : w_(w), u_(u) {}

  void phase(int phase) {
    if (u_.last_phase() == 0)
      comment(w_, fmt::format("One block of {} samples through the whole {}.", u_.p.block,
                              u_.train ? "step" : "network"));
    else
      comment(w_, fmt::format("Phase {} for one block of {} samples.", phase, u_.p.block));
    w_.block(fmt::format(
                 "void block_phase_{}([[maybe_unused]] const job& j, [[maybe_unused]] float* mine, "
                 "[[maybe_unused]] float* sums, "
                 "[[maybe_unused]] float* block, [[maybe_unused]] const tenon::block_call& call)",
                 phase),
             [&] {
               const bool loads = phase == 0 || !u_.train;
               if (loads) {
                 w_.line("const size_t first = call.first_sample{};",
                         u_.train || u_.samples ? " - j.first" : "");
                 load(u_.p.input, "j.x");
                 if (u_.train) {
                   // forward() has no targets.
                   w_.block("if (!j.forward_only)", [&] {
                     load(u_.p.target, "j.target");
                     load_weights(u_.p.sample_weight);
                   });
                 }
               }
               phase_body(phase);
             });
    w_.line("");
  }

 private:
  void phase_body(int phase) {
    std::vector<bool> begun(u_.p.tensors.size());  // written before: the halo is clear
    for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
      if (u_.p.schedules[i].when == stage::block && u_.p.schedules[i].phase < phase)
        begun[static_cast<std::size_t>(u_.p.kernels[i].out)] = true;
    }
    const auto run = [&](bool forward) {
      for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
        const schedule& s = u_.p.schedules[i];
        if (s.when != stage::block || s.phase != phase || u_.forward[i] != forward) continue;
        if (begins_strip(i)) {
          for (std::size_t j = i; in_strip_of(i, j); ++j) begin(u_.p.kernels[j].out, begun);
        }
        begin(u_.p.kernels[i].out, begun);
        if (!u_.train && is_probability_kernel(i) && !stored_) store_output();
        if (begins_strip(i)) w_.line(u_.steps_of(i) + " {"), w_.indent(1);
        w_.line(u_.call_of(i));
        if (u_.p.kernels[i].strip >= 0 && !in_strip_of(i, i + 1)) w_.indent(-1), w_.line("}");
      }
    };
    stored_ = false;
    run(true);
    if (!u_.train) return finish_eval();
    const bool backward =
        std::any_of(u_.p.schedules.begin(), u_.p.schedules.end(), [&](const schedule& s) {
          return s.when == stage::block && s.phase == phase &&
                 !u_.forward[static_cast<std::size_t>(&s - u_.p.schedules.data())];
        });
    if (!backward) return;
    w_.line("if (j.forward_only) return;");
    run(false);
  }
  bool in_strip_of(std::size_t i, std::size_t j) const {
    return j < u_.p.kernels.size() && u_.p.kernels[j].strip == u_.p.kernels[i].strip;
  }
  bool begins_strip(std::size_t i) const {
    return u_.p.kernels[i].strip >= 0 && (i == 0 || !in_strip_of(i, i - 1));
  }
  // What is written for the first time has its halo cleared.
  void begin(int out, std::vector<bool>& begun) {
    if (!begun[static_cast<std::size_t>(out)] && u_.p.of(out).where == home::sample)
      clear_halo(out);
    begun[static_cast<std::size_t>(out)] = true;
  }
  // Kernels that only probabilities need come last.
  bool is_probability_kernel(std::size_t i) const {
    if (u_.p.probabilities == u_.p.output) return false;
    std::vector<bool> needed(u_.p.tensors.size());
    needed[static_cast<std::size_t>(u_.p.output)] = true;
    for (std::size_t k = u_.p.kernels.size(); k-- > 0;) {
      const bool here = needed[static_cast<std::size_t>(u_.p.kernels[k].out)];
      if (k == i) return !here;
      for (int id : here ? reads_of(u_.p.kernels[k]) : std::vector<int>{})
        needed[static_cast<std::size_t>(id)] = true;
    }
    return true;
  }
  void store_output() {
    w_.block("if (!j.probabilities)", [&] {
      print_store(w_, u_, u_.p.output, "j.y");
      w_.line("return;");
    });
    stored_ = true;
  }
  void finish_eval() { print_store(w_, u_, stored_ ? u_.p.probabilities : u_.p.output, "j.y"); }
  void load(int id, const char* from) {
    if (id < 0 || u_.p.storages[static_cast<std::size_t>(id)].where == region::none) return;
    clear_halo(id);
    const bool classes = id == u_.p.target && u_.p.target_is_class;
    const long count = u_.p.of(id).shape.count();
    if (classes)
      w_.line("tenon::HWY_NAMESPACE::load_classes({} + first, call.live, {}, {});", from,
              u_.pointer(id), u_.p.block);
    else
      w_.line("tenon::HWY_NAMESPACE::load_samples({} + first * {}, call.live, {}, {}, {});", from,
              count, extents(u_, id), u_.interior(id), u_.p.block);
  }
  void load_weights(int id) {
    if (id < 0 || u_.p.storages[static_cast<std::size_t>(id)].where == region::none) return;
    w_.line("tenon::HWY_NAMESPACE::load_weights(j.sample_weights, first, call.live, {}, {});",
            u_.pointer(id), u_.p.block);
  }
  void clear_halo(int id) {
    const tensor& t = u_.p.of(id);
    const layout& l = u_.p.layouts[static_cast<std::size_t>(id)];
    const bool halo = std::any_of(l.before.begin(), l.before.end(), [](int v) { return v > 0; }) ||
                      std::any_of(l.after.begin(), l.after.end(), [](int v) { return v > 0; });
    if (!halo || t.where != home::sample) return;
    if (l.halo_value != 0) {
      w_.line("std::fill_n({}, {}, {});", u_.pointer(id), l.floats, float_literal(l.halo_value));
      return;
    }
    const bool flat = t.shape.rank == 2;
    const std::size_t h = 1, x = flat ? 1 : 2;
    w_.line("tenon::HWY_NAMESPACE::clear_halo({}, {}, {}, {}, {}, {}, {}, {}, {});", u_.pointer(id),
            t.shape[0], flat ? 1 : t.shape[1], t.shape[flat ? 1 : 2], flat ? 0 : l.before[h],
            flat ? 0 : l.after[h], l.before[x], l.after[x], u_.p.block);
  }

  writer& w_;
  const unit& u_;
  bool stored_ = false;  // the output, in front of what only probabilities need
};

// The first phase loads the samples.
bool has_blocks(const unit& u, int phase) {
  return phase == 0 ||
         std::any_of(u.p.schedules.begin(), u.p.schedules.end(),
                     [&](const schedule& s) { return s.when == stage::block && s.phase == phase; });
}

// Rows of what is summed over all samples: whole tiles, shared out to the parts.
void print_whole(writer& w, const unit& u) {
  comment(w,
          "A part's share of the sums over all samples. Each is complete in one part, in the "
          "order of samples.");
  w.block("void whole_rows(const job& j, size_t phase, size_t part)", [&] {
    w.line("const auto rows = [&](size_t tiles, size_t tile, size_t all, size_t share) {{");
    w.line("  return std::min(all, share * tiles / j.parts * tile);");
    w.line("}};");
    for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
      const schedule& s = u.p.schedules[i];
      if (s.when != stage::whole) continue;
      const int all = addressed(u.p, u.p.kernels[i]).extents[0],
                tiles = (all + s.rows - 1) / s.rows;
      const auto share = [&](const char* part) {
        return fmt::format("rows({}, {}, {}, {})", tiles, s.rows, all, part);
      };
      w.block(fmt::format("if (phase == {})", s.phase),
              [&] { w.line(u.whole_call_of(i, share("part"), share("part + 1"))); });
    }
  });
  w.line("");
}

void print_run_part(writer& w, const unit& u) {
  const bool whole = u.has(stage::whole);
  if (whole) print_whole(w, u);
  comment(w, fmt::format("A run of consecutive blocks, in order. Parts depend on n alone, never "
                         "on the number of threads."));
  w.block("void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part)", [&] {
    w.line("const size_t blocks = (j.n + {}) / {};", u.p.block - 1, u.p.block);
    w.line("float* const mine = j.part_memory + part * {};", u.p.floats(region::part));
    if (u.train) {
      w.line("float* const sums = j.part_sums + part * {};", u.p.floats(region::part_sum));
      w.line("if (phase == 0) std::memset(sums, 0, {} * sizeof(float));",
             u.p.floats(region::part_sum));
    } else {
      w.line("float* const sums = nullptr;");
    }
    w.block(
        "for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k)", [&] {
          print_block_call(w, u, "k");
          w.line(u.train ? fmt::format("float* const block = j.block_memory + k * {};",
                                       u.p.floats(region::block))
                         : "float* const block = nullptr;");
          if (u.last_phase() == 0) {
            w.line("block_phase_0(j, mine, sums, block, call);");
            return;
          }
          w.block("switch (phase)", [&] {
            for (int phase = 0; phase <= u.last_phase(); ++phase) {
              if (!has_blocks(u, phase)) continue;
              w.line("case {}: block_phase_{}(j, mine, sums, block, call); break;", phase, phase);
            }
          });
        });
    if (whole) w.line("whole_rows(j, phase, part);");
  });
  w.line("");
}

}  // namespace

void print_block_call(writer& w, const unit& u, const char* block) {
  w.line("const size_t first = {} * {};", block, u.p.block);
  w.line(
      "const tenon::block_call call{{.live = std::min<size_t>(j.n - first, {}), .batch_size = "
      "static_cast<float>(j.n), "
      ".first_sample = {}static_cast<uint32_t>(first){}}};",
      u.p.block, u.train || u.samples ? "j.first + " : "",
      u.train || u.samples ? ", .seed = j.seed, .step = j.step" : "");
}

void print_store(writer& w, const unit& u, int id, const char* to) {
  w.line("tenon::HWY_NAMESPACE::store_samples({}, call.live, {}, {} + first * {}, {});",
         u.interior(id), extents(u, id), to, u.p.of(id).shape.count(), u.p.block);
}

void print_phases(writer& w, const unit& u) {
  for (int phase = 0; phase <= u.last_phase(); ++phase) {
    if (has_blocks(u, phase)) phase_printer(w, u).phase(phase);
  }
  print_run_part(w, u);
}

}  // namespace tenon::codegen
