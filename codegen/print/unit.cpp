// <name>_eval.cc and <name>_train.cc: kernels, the order in which a block of samples goes through
// them, and the classes of the emitted header. Looks like Highway's own skeleton: everything per
// target first, what exists once at the end.
#include <algorithm>

#include "codegen/addressed.hpp"
#include "codegen/print/files.hpp"
#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

class unit {
 public:
  unit(const edition& e, const program& p)
      : e_(e),
        p_(p),
        train_(p.in == mode::train),
        word_(train_ ? "train" : "eval"),
        plan_(plan_of(p)),
        forward_(forward_kernels()) {}

  std::string print() {
    w_.line("// " + heading(e_, word_));
    w_.line("//");
    layer_table(w_, p_);
    story();
    skeleton_begin();
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      const bool elsewhere = is_plain_collect(p_, i) || is_transpose(i) ||
                             (!train_ && p_.schedules[i].when == stage::prepare);
      if (p_.schedules[i].shared_with < 0 && !elsewhere) print_kernel(w_, p_, i);
    }
    for (int phase = 0; phase <= last_phase(); ++phase) print_phase(phase);
    run_part();
    if (train_) step_kernels();
    run_kernel();
    skeleton_end();
    once();
    return w_.text();
  }

 private:
  // ---- facts
  int last_phase() const {
    int last = 0;
    for (const schedule& s : p_.schedules)
      last = std::max(last, s.when == stage::block ? s.phase : 0);
    return last;
  }
  int last_forward_phase() const {
    int last = 0;
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      if (forward_[i] && p_.schedules[i].when != stage::renew)
        last = std::max(last, p_.schedules[i].phase);
    }
    return last;
  }
  bool has(stage s) const {
    return std::any_of(p_.schedules.begin(), p_.schedules.end(),
                       [&](const schedule& x) { return x.when == s; });
  }
  bool is_transpose(std::size_t i) const {
    return p_.layouts[static_cast<std::size_t>(p_.kernels[i].out)].samples_outermost;
  }

  // Kernels that outputs and running statistics depend on: all that forward() and statistics() run.
  std::vector<bool> forward_kernels() const {
    std::vector<bool> needed(p_.tensors.size()), kernels(p_.kernels.size());
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      const role r = p_.tensors[t].what;
      needed[t] = r == role::output || r == role::buffer || r == role::probabilities;
    }
    for (std::size_t i = p_.kernels.size(); i-- > 0;) {
      kernels[i] = needed[static_cast<std::size_t>(p_.kernels[i].out)];
      for (int id : kernels[i] ? reads_of(p_.kernels[i]) : std::vector<int>{})
        needed[static_cast<std::size_t>(id)] = true;
    }
    return kernels;
  }

  void story() {
    w_.line("//");
    std::string text = fmt::format(
        "Samples lie innermost, {0} to a block: [channels][height][width][{0}]. Batches hold up to "
        "{1} samples, {2} "
        "blocks in {3} parts. ",
        p_.block, p_.batch, p_.blocks(), p_.parts());
    if (train_) {
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
    paragraph(w_, text +
                      " Weights keep the order of their shapes; rows are padded to 16 floats and "
                      "never a multiple of 4 KB apart.");
    w_.line("//");
    paragraph(w_, fmt::format("Arena: {} bytes, of which {} per part{}.",
                              plan_.total * sizeof(float), p_.floats(region::part) * sizeof(float),
                              train_ ? fmt::format(" and {} per block",
                                                   p_.floats(region::block) * sizeof(float))
                                     : ""));
    for (const std::string& note : p_.notes) paragraph(w_, note + ".");
  }

  // ---- the skeleton
  void skeleton_begin() {
    const std::string file = fmt::format("{}_{}.cc", e_.name(), word_);
    w_.line("#undef HWY_TARGET_INCLUDE");
    w_.line("#define HWY_TARGET_INCLUDE \"" + file + "\"");
    w_.line(
        "#include <hwy/foreach_target.h>  // compiles this file once per target; must come before "
        "highway.h");
    w_.line("#include <hwy/highway.h>");
    w_.line("");
    w_.line("#include <algorithm>");
    w_.line("#include <cmath>");
    w_.line("#include <cstddef>");
    w_.line("#include <cstdint>");
    w_.line("#include <cstring>");
    w_.line("#include <limits>");
    w_.line("");
    w_.line("#include <tenon/core.hpp>");
    w_.line("");
    w_.line("#include \"emitted/{}.hpp\"", e_.name());
    w_.line("");
    job();
    w_.line("HWY_BEFORE_NAMESPACE();");
    w_.line("namespace emitted::{}::{}_kernels::HWY_NAMESPACE {{", e_.name(), word_);
    w_.line("namespace hn = hwy::HWY_NAMESPACE;");
    w_.line(
        "namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no "
        "libm");
    w_.line("using D = hn::CappedTag<float, 16>;");
    w_.line("using V = hn::Vec<D>;");
    w_.line("[[maybe_unused]] constexpr D d;");
    w_.line("[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;");
    w_.line("[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;");
    w_.line("");
  }
  void skeleton_end() {
    w_.line("}}  // namespace emitted::{}::{}_kernels::HWY_NAMESPACE", e_.name(), word_);
    w_.line("HWY_AFTER_NAMESPACE();");
    w_.line("");
  }

  // One call's memory and arguments. Outside the loop over targets, hence the guard.
  void job() {
    std::string guard = fmt::format("EMITTED_{}_{}_JOB", e_.name(), word_);
    std::transform(guard.begin(), guard.end(), guard.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    w_.line("#ifndef " + guard);
    w_.line("#define " + guard);
    w_.line("namespace emitted::{}::{}_kernels {{", e_.name(), word_);
    w_.line("");
    w_.line("// One call: its arguments, and where its memory lies.");
    w_.block(
        "struct job",
        [&] {
          w_.line("const float* x = nullptr;");
          if (train_) w_.line("const train::target_type* target = nullptr;");
          w_.line("float* y = nullptr;");
          w_.line("std::size_t n = 0, parts = 0;");
          w_.line("{}float* image = nullptr;  // parameters{}", train_ ? "" : "const ",
                  train_ ? " and buffers" : ", folded");
          if (train_) {
            w_.line("float* gradients = nullptr;    // laid out as the image");
            w_.line("float* batch = nullptr;        // once per step");
            w_.line("float* part_sums = nullptr;    // {} floats per part: sums over its samples",
                    p_.floats(region::part_sum));
          }
          w_.line(
              "float* part_memory = nullptr;  // {} floats per part: what a block needs within a "
              "phase",
              p_.floats(region::part));
          if (train_) {
            w_.line("float* block_memory = nullptr; // {} floats per block: what outlives a phase",
                    p_.floats(region::block));
            w_.line("std::uint64_t seed = 0, step = 0;");
            w_.line("bool forward_only = false;");
          } else {
            w_.line("bool probabilities = false;");
          }
        },
        ";");
    w_.line("");
    w_.line("}}  // namespace emitted::{}::{}_kernels", e_.name(), word_);
    w_.line("#endif");
    w_.line("");
  }

  // ---- pointers and calls
  std::string pointer(int id) const {
    const storage& s = p_.storages[static_cast<std::size_t>(id)];
    const auto at = [&](const char* base) {
      return s.offset == 0 ? std::string(base) : fmt::format("{} + {}", base, s.offset);
    };
    switch (s.where) {
      case region::parameter:
        return at("j.image");
      case region::gradient:
        return at("j.gradients");
      case region::batch:
        return at("j.batch");
      case region::part:
        return at("mine");
      case region::part_sum:
        return at("sums");
      case region::block:
        return at("block");
      case region::none:
        break;
    }
    throw internal_bug("tensor " + p_.of(id).name + " is used and has no place");
  }
  std::string interior(int id) const {
    const layout& l = p_.layouts[static_cast<std::size_t>(id)];
    return l.origin == 0 ? pointer(id) : fmt::format("{} + {}", pointer(id), l.origin);
  }

  std::string call_of(std::size_t i) const {
    const kernel& k = p_.kernels[i];
    if (is_transpose(i)) {
      const layout& out = p_.layouts[static_cast<std::size_t>(k.out)];
      return fmt::format("tenon::HWY_NAMESPACE::transpose_to_rows({}, {}, {}, {}, {});",
                         pointer(k.value->tensor), p_.of(k.out).shape.count(), p_.block,
                         out.floats / static_cast<std::size_t>(p_.block), pointer(k.out));
    }
    if (is_plain_collect(p_, i))
      return fmt::format("tenon::HWY_NAMESPACE::add_parts({}, j.parts, {}, {}, {});",
                         pointer(k.value->tensor), p_.floats(region::part_sum),
                         (p_.layouts[static_cast<std::size_t>(k.out)].floats + 15) / 16 * 16,
                         pointer(k.out));
    const int shared = p_.schedules[i].shared_with;
    std::string s =
        identifier(p_.kernels[shared < 0 ? i : static_cast<std::size_t>(shared)].name) + "(";
    bool first = true;
    for (const parameter_name& n : parameter_names(p_, k)) {
      s += (first ? "" : ", ") + pointer(n.tensor);
      first = false;
    }
    const extras x = extras_of(p_, k);
    if (x.parts) s += fmt::format(", j.parts, {}", p_.floats(region::part_sum));
    if (x.call) s += ", call";
    return s + ");";
  }

  void clear_halo(int id) {
    const tensor& t = p_.of(id);
    const layout& l = p_.layouts[static_cast<std::size_t>(id)];
    const bool halo = std::any_of(l.before.begin(), l.before.end(), [](int v) { return v > 0; }) ||
                      std::any_of(l.after.begin(), l.after.end(), [](int v) { return v > 0; });
    if (!halo || t.where != home::sample) return;
    if (l.halo_value != 0) {
      w_.line("std::fill_n({}, {}, {});", pointer(id), l.floats, float_literal(l.halo_value));
      return;
    }
    const bool flat = t.shape.rank == 2;
    const std::size_t h = 1, x = flat ? 1 : 2;
    w_.line("tenon::HWY_NAMESPACE::clear_halo({}, {}, {}, {}, {}, {}, {}, {}, {});", pointer(id),
            t.shape[0], flat ? 1 : t.shape[1], t.shape[flat ? 1 : 2], flat ? 0 : l.before[h],
            flat ? 0 : l.after[h], l.before[x], l.after[x], p_.block);
  }

  // "channels, height, width, channel stride, row stride" of a tensor's interior.
  std::string extents(int id) const {
    const dims& s = p_.of(id).shape;
    const layout& l = p_.layouts[static_cast<std::size_t>(id)];
    const long flat = s.count() * p_.block;
    switch (s.rank) {
      case 3:
        return fmt::format("{}, {}, {}, {}, {}", s[0], s[1], s[2], l.stride[0], l.stride[1]);
      case 2:
        return fmt::format("{}, 1, {}, {}, {}", s[0], s[1], l.stride[0], l.stride[0]);
      default:
        return fmt::format("1, 1, {}, {}, {}", s.count(), flat, flat);
    }
  }

  // ---- one block through one phase
  void load(int id, const char* from) {
    if (id < 0 || p_.storages[static_cast<std::size_t>(id)].where == region::none) return;
    clear_halo(id);
    const bool classes = id == p_.target && p_.target_is_class;
    const long count = p_.of(id).shape.count();
    if (classes)
      w_.line("tenon::HWY_NAMESPACE::load_classes({} + first, call.live, {}, {});", from,
              pointer(id), p_.block);
    else
      w_.line("tenon::HWY_NAMESPACE::load_samples({} + first * {}, call.live, {}, {}, {});", from,
              count, extents(id), interior(id), p_.block);
  }
  void store(int id, const char* to) {
    w_.line("tenon::HWY_NAMESPACE::store_samples({}, call.live, {}, {} + first * {}, {});",
            interior(id), extents(id), to, p_.of(id).shape.count(), p_.block);
  }

  void print_phase(int phase) {
    if (last_phase() == 0)
      comment(w_, fmt::format("One block of {} samples through the whole {}.", p_.block,
                              train_ ? "step" : "network"));
    else
      comment(w_, fmt::format("Phase {} for one block of {} samples.", phase, p_.block));
    w_.block(fmt::format(
                 "void block_phase_{}([[maybe_unused]] const job& j, [[maybe_unused]] float* mine, "
                 "[[maybe_unused]] float* sums, "
                 "[[maybe_unused]] float* block, [[maybe_unused]] const tenon::block_call& call)",
                 phase),
             [&] {
               const bool loads = phase == 0 || !train_;
               if (loads) {
                 w_.line("const size_t first = call.first_sample;");
                 load(p_.input, "j.x");
                 if (train_) {
                   // forward() has no targets.
                   w_.block("if (!j.forward_only)", [&] { load(p_.target, "j.target"); });
                 }
               }
               phase_body(phase);
             });
    w_.line("");
  }

  void phase_body(int phase) {
    std::vector<bool> begun(p_.tensors.size());  // written before: the halo is clear
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      if (p_.schedules[i].when == stage::block && p_.schedules[i].phase < phase)
        begun[static_cast<std::size_t>(p_.kernels[i].out)] = true;
    }
    const auto run = [&](bool forward) {
      for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
        const schedule& s = p_.schedules[i];
        if (s.when != stage::block || s.phase != phase || forward_[i] != forward) continue;
        const int out = p_.kernels[i].out;
        if (!begun[static_cast<std::size_t>(out)] && p_.of(out).where == home::sample)
          clear_halo(out);
        begun[static_cast<std::size_t>(out)] = true;
        if (!train_ && is_probability_kernel(i) && !stored_) store_output();
        w_.line(call_of(i));
      }
    };
    stored_ = false;
    run(true);
    if (!train_) return finish_eval();
    const bool backward =
        std::any_of(p_.schedules.begin(), p_.schedules.end(), [&](const schedule& s) {
          return s.when == stage::block && s.phase == phase &&
                 !forward_[static_cast<std::size_t>(&s - p_.schedules.data())];
        });
    if (!backward) return;
    w_.line("if (j.forward_only) return;");
    run(false);
  }

  // Kernels that only probabilities need come last.
  bool is_probability_kernel(std::size_t i) const {
    if (p_.probabilities == p_.output) return false;
    std::vector<bool> needed(p_.tensors.size());
    needed[static_cast<std::size_t>(p_.output)] = true;
    for (std::size_t k = p_.kernels.size(); k-- > 0;) {
      const bool here = needed[static_cast<std::size_t>(p_.kernels[k].out)];
      if (k == i) return !here;
      for (int id : here ? reads_of(p_.kernels[k]) : std::vector<int>{})
        needed[static_cast<std::size_t>(id)] = true;
    }
    return true;
  }
  void store_output() {
    w_.block("if (!j.probabilities)", [&] {
      store(p_.output, "j.y");
      w_.line("return;");
    });
    stored_ = true;
  }
  void finish_eval() { store(stored_ ? p_.probabilities : p_.output, "j.y"); }

  void run_part() {
    comment(w_, fmt::format("A run of consecutive blocks, in order. Parts depend on n alone, never "
                            "on the number of threads."));
    w_.block("void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part)", [&] {
      w_.line("const size_t blocks = (j.n + {}) / {};", p_.block - 1, p_.block);
      w_.line("float* const mine = j.part_memory + part * {};", p_.floats(region::part));
      if (train_) {
        w_.line("float* const sums = j.part_sums + part * {};", p_.floats(region::part_sum));
        w_.line("if (phase == 0) std::memset(sums, 0, {} * sizeof(float));",
                p_.floats(region::part_sum));
      } else {
        w_.line("float* const sums = nullptr;");
      }
      w_.block("for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k)",
               [&] {
                 make_call("k");
                 w_.line(train_ ? fmt::format("float* const block = j.block_memory + k * {};",
                                              p_.floats(region::block))
                                : "float* const block = nullptr;");
                 if (last_phase() == 0) {
                   w_.line("block_phase_0(j, mine, sums, block, call);");
                   return;
                 }
                 w_.block("switch (phase)", [&] {
                   for (int phase = 0; phase <= last_phase(); ++phase)
                     w_.line("case {}: block_phase_{}(j, mine, sums, block, call); break;", phase,
                             phase);
                 });
               });
    });
    w_.line("");
  }
  void make_call(const char* block) {
    w_.line("const size_t first = {} * {};", block, p_.block);
    w_.line(
        "const tenon::block_call call{{.live = std::min<size_t>(j.n - first, {}), .batch_size = "
        "static_cast<float>(j.n), "
        ".first_sample = static_cast<uint32_t>(first){}}};",
        p_.block, train_ ? ", .seed = j.seed, .step = j.step" : "");
  }

  // ---- what happens once per step
  void step_kernels() {
    comment(w_,
            "Where blocks have met: sums of the parts, and what follows from them, at the end of a "
            "phase.");
    w_.block("void collect(const job& j, size_t phase)", [&] {
      w_.line(
          "[[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n), "
          ".seed = j.seed, .step = j.step};");
      w_.line("[[maybe_unused]] float* const sums = j.part_sums;");
      w_.block("switch (phase)", [&] {
        for (int phase = 0; phase <= last_phase(); ++phase) {
          w_.line("case {}:", phase);
          w_.indent(1);
          for (bool forward : {true, false}) {
            bool any = false;
            for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
              const schedule& s = p_.schedules[i];
              if (s.when != stage::collect || s.phase != phase || forward_[i] != forward) continue;
              if (!forward && !any) w_.line("if (j.forward_only) break;");
              any = true;
              w_.line(call_of(i));
            }
          }
          w_.line("break;");
          w_.indent(-1);
        }
      });
    });
    w_.line("");
    comment(w_, "Running statistics, from the batch's.");
    once_per_step("renew", stage::renew);
    comment(w_, "What is computed from parameters alone, before the samples.");
    once_per_step("prepare", stage::prepare);
    update();
    comment(w_, "The outputs of the last call, back to the caller's order.");
    w_.block("void store_outputs(const job& j)", [&] {
      w_.block(fmt::format("for (size_t first = 0; first < j.n; first += {})", p_.block), [&] {
        w_.line("const tenon::block_call call{{.live = std::min<size_t>(j.n - first, {})}};",
                p_.block);
        w_.line("const float* const block = j.block_memory + first / {} * {};", p_.block,
                p_.floats(region::block));
        store(p_.output, "j.y");
      });
    });
    w_.line("");
  }
  void once_per_step(const char* name, stage when) {
    w_.block(fmt::format("void {}([[maybe_unused]] const job& j)", name), [&] {
      if (!has(when)) return;
      w_.line(
          "[[maybe_unused]] const tenon::block_call call{.batch_size = static_cast<float>(j.n), "
          ".seed = j.seed, .step = j.step};");
      w_.line("[[maybe_unused]] float* const sums = j.part_sums;");
      for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
        if (p_.schedules[i].when == when) w_.line(call_of(i));
      }
    });
    w_.line("");
  }
  void update() {
    std::size_t decayed = 0, trained = 0;
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      if (p_.tensors[t].what != role::parameter) continue;
      const std::size_t end = p_.storages[t].offset + (p_.layouts[t].floats + 15) / 16 * 16;
      if (p_.tensors[t].decays) decayed = std::max(decayed, end);
      trained = std::max(trained, end);
    }
    comment(w_, "All parameters in two runs: weights, which decay, then biases and norms.");
    w_.block(
        "void update([[maybe_unused]] const job& j, [[maybe_unused]] float* state, "
        "[[maybe_unused]] const tenon::settings& s)",
        [&] {
          const auto run = [&](bool decays, std::size_t from, std::size_t to) {
            if (to <= from) return;
            w_.line(
                "tenon::HWY_NAMESPACE::update_parameters(s, {0}, {1}, j.gradients + {2}, state + "
                "{2}, state + {3}, j.image + {2});",
                decays, to - from, from, plan_.gradient + from);
          };
          run(true, 0, decayed);
          run(false, decayed, trained);
        });
    w_.line("");
  }

  void run_kernel() {
    comment(w_, "One kernel on one block, for benchmarks: in the order of the tables in " +
                    e_.name() + "_info.cc.");
    w_.block("void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k)", [&] {
      w_.line("[[maybe_unused]] float* const mine = j.part_memory;");
      w_.line("[[maybe_unused]] float* const sums = {};", train_ ? "j.part_sums" : "nullptr");
      w_.line(
          "[[maybe_unused]] float* const block = {};",
          train_ ? fmt::format("j.block_memory + k * {}", p_.floats(region::block)) : "nullptr");
      make_call("k");
      w_.block("switch (index)", [&] {
        int index = 0;
        for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
          const stage s = p_.schedules[i].when;
          if (s == stage::block || (train_ && s == stage::collect))
            w_.line("case {}: {} break;", index++, call_of(i));
        }
        w_.line("default: break;");
      });
      w_.line("static_cast<void>(call);");
    });
    w_.line("");
  }

  // ---- what exists once
  void once() {
    w_.line("#if HWY_ONCE");
    w_.line("namespace emitted::{} {{", e_.name());
    w_.line("namespace {}_kernels {{", word_);
    for (const char* f : {"run_part", "run_kernel"}) w_.line("HWY_EXPORT({});", f);
    if (train_) {
      for (const char* f : {"collect", "renew", "prepare", "update", "store_outputs"})
        w_.line("HWY_EXPORT({});", f);
    }
    w_.line("");
    run_parts();
    w_.line("}}  // namespace {}_kernels", word_);
    w_.line("");
    if (train_)
      train_class();
    else
      eval_class();
    w_.line("}}  // namespace emitted::{}", e_.name());
    w_.line("#endif  // HWY_ONCE");
  }

  void run_parts() {
    comment(w_, "All parts of a phase, on the pool's threads where there is enough to do.");
    w_.line("using part_function = void (*)(const job&, std::size_t, std::size_t);");
    w_.block(
        "static void run_parts(const job& j, std::size_t phase, part_function f, [[maybe_unused]] "
        "tenon::pool* threads) noexcept",
        [&] {
          if (worth_threads()) {
            w_.block(
                "struct context",
                [&] {
                  w_.line("const job& j;");
                  w_.line("std::size_t phase;");
                  w_.line("part_function f;");
                },
                " all{j, phase, f};");
            w_.block("if (threads != nullptr && j.parts > 1)", [&] {
              w_.line(
                  "threads->run(j.parts, [](void* c, std::size_t part) { const auto& a = "
                  "*static_cast<context*>(c); a.f(a.j, a.phase, part); }, &all);");
              w_.line("return;");
            });
          } else {
            comment(w_, "A whole batch takes less time than waking a thread would.");
          }
          w_.line("for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);");
        });
    w_.line("");
  }
  // About 10 microseconds of arithmetic, against about 5 for a fork and join.
  bool worth_threads() const {
    double flops = 0;
    for (const schedule& s : p_.schedules) flops += s.flops;
    return flops * p_.batch > 1e6;
  }

  void pointers(const std::vector<std::string>& names) {
    for (const std::string& n : names) w_.line("{0}_ = &HWY_DYNAMIC_DISPATCH({0});", n);
  }

  void eval_class() {
    w_.block(
        "error eval::open(std::span<std::byte> arena, std::span<const float> image, tenon::pool* "
        "threads) noexcept",
        [&] {
          w_.line(
              "if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) "
              "return e;");
          w_.line("if (image.size() != image_floats) return error::weights_wrong_size;");
          w_.line("if (!tenon::is_aligned(image.data())) return error::weights_misaligned;");
          w_.line("using namespace eval_kernels;");
          w_.line("if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;");
          pointers({"run_part", "run_kernel"});
          w_.line("image_ = image.data();");
          w_.line("memory_ = reinterpret_cast<float*>(arena.data());");
          w_.line("threads_ = threads;");
          w_.line("std::memset(memory_, 0, arena_bytes);");
          w_.line("return error::none;");
        });
    w_.line("");
    w_.block(
        "error eval::open(std::span<std::byte> arena, std::span<const std::byte> blob, "
        "tenon::pool* threads) noexcept",
        [&] {
          w_.line(
              "if (const error e = tenon::check(blob, signature, image_floats); e != error::none) "
              "return e;");
          w_.line("return open(arena, tenon::image_of(blob, image_floats), threads);");
        });
    w_.line("");
    w_.block(
        "void eval::call(const float* x, std::size_t n, float* y, bool probabilities) noexcept",
        [&] {
          w_.block("for (std::size_t first = 0; first < n; first += batch)", [&] {
            w_.line("const std::size_t now = std::min<std::size_t>(n - first, batch);");
            w_.line(
                "const eval_kernels::job j{{.x = x + first * {}, .y = y + first * {}, .n = now, "
                ".parts = std::min<std::size_t>((now + {}) / {}, {}), "
                ".image = image_, .part_memory = memory_, .probabilities = probabilities}};",
                p_.of(p_.input).shape.count(), p_.of(p_.output).shape.count(), p_.block - 1,
                p_.block, p_.parts());
            w_.line("eval_kernels::run_parts(j, 0, run_part_, threads_);");
          });
        });
    w_.line("");
    w_.line(
        "void eval::run(const float* x, std::size_t n, float* y) noexcept { call(x, n, y, false); "
        "}");
    w_.line(
        "void eval::probabilities(const float* x, std::size_t n, float* p) noexcept { call(x, n, "
        "p, true); }");
    w_.line("void eval::run_kernel(std::size_t index, std::size_t) noexcept {");
    w_.line(
        "  run_kernel_({{.n = batch, .parts = {}, .image = image_, .part_memory = memory_}}, "
        "index, 0);",
        p_.parts());
    w_.line("}");
    w_.line(
        "const char* eval::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }");
    w_.line("");
  }

  void train_class() {
    std::size_t at = 0;
    const auto place = [&](std::size_t floats) {
      return fmt::format("m + {}", std::exchange(at, at + floats));
    };
    const std::string image = place(plan_.image), gradients = place(plan_.gradient);
    at += plan_.state;
    const std::string batch = place(plan_.batch), sums = place(plan_.part_sums),
                      parts = place(plan_.parts), blocks = place(plan_.blocks);
    w_.block("error train::open(std::span<std::byte> arena, tenon::pool* threads) noexcept", [&] {
      w_.line(
          "if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return "
          "e;");
      w_.line("using namespace train_kernels;");
      w_.line("if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;");
      pointers(
          {"run_part", "run_kernel", "collect", "renew", "prepare", "update", "store_outputs"});
      w_.line("memory_ = reinterpret_cast<float*>(arena.data());");
      w_.line("threads_ = threads;");
      w_.line("last_n_ = batch;");
      w_.line("std::memset(memory_, 0, arena_bytes);");
      w_.line("return error::none;");
    });
    w_.line("");
    comment(w_, "Where everything lies in the arena.");
    w_.block("static train_kernels::job make_job(float* m, std::size_t n)", [&] {
      w_.line("train_kernels::job j;");
      w_.line("j.n = n, j.parts = std::min<std::size_t>((n + {}) / {}, {});", p_.block - 1,
              p_.block, p_.parts());
      w_.line("j.image = {}, j.gradients = {}, j.batch = {};", image, gradients, batch);
      w_.line("j.part_sums = {}, j.part_memory = {}, j.block_memory = {};", sums, parts, blocks);
      w_.line("return j;");
    });
    w_.line("");
    w_.block("void train::run(train_kernels::job& j, const settings& s) noexcept", [&] {
      w_.line("j.seed = s.seed, j.step = s.step;");
      w_.line("last_n_ = j.n;");
      w_.line("prepare_(j);");
      w_.line("const std::size_t phases = j.forward_only ? {} : {};", last_forward_phase() + 1,
              last_phase() + 1);
      w_.block("for (std::size_t phase = 0; phase < phases; ++phase)", [&] {
        w_.line("train_kernels::run_parts(j, phase, run_part_, threads_);");
        w_.line("collect_(j, phase);");
      });
    });
    w_.line("");
    w_.block(
        "float train::gradients(const float* x, const target_type* target, std::size_t n, const "
        "settings& s) noexcept",
        [&] {
          w_.line("train_kernels::job j = make_job(memory_, n);");
          w_.line("j.x = x, j.target = target;");
          w_.line("run(j, s);");
          w_.line("renew_(j);");
          w_.line("return *({});", pointer(p_.loss));
        });
    w_.line("");
    w_.block(
        "float train::step(const float* x, const target_type* target, std::size_t n, const "
        "settings& s) noexcept",
        [&] {
          w_.line("const float loss = gradients(x, target, n, s);");
          w_.line("update(s);");
          w_.line("return loss;");
        });
    w_.line("");
    w_.line(
        "void train::update(const settings& s) noexcept {{ update_(make_job(memory_, last_n_), "
        "memory_ + {}, s); }}",
        plan_.image + plan_.gradient);
    w_.line("");
    w_.block(
        "void train::forward(const float* x, std::size_t n, float* y, const settings& s) noexcept",
        [&] {
          w_.line("train_kernels::job j = make_job(memory_, n);");
          w_.line("j.x = x, j.forward_only = true;");
          w_.line("run(j, s);");
          w_.line("outputs(n, y);");
        });
    w_.line("");
    w_.block("void train::statistics(const float* x, std::size_t n, const settings& s) noexcept",
             [&] {
               w_.line("train_kernels::job j = make_job(memory_, n);");
               w_.line("j.x = x, j.forward_only = true;");
               w_.line("run(j, s);");
               w_.line("renew_(j);");
             });
    w_.line("");
    w_.block("void train::outputs(std::size_t n, float* y) noexcept", [&] {
      w_.line("train_kernels::job j = make_job(memory_, n);");
      w_.line("j.y = y;");
      w_.line("store_outputs_(j);");
    });
    w_.line("");
    w_.line("std::span<float> train::image() noexcept { return {memory_, image_floats}; }");
    w_.line("std::span<float> train::optimizer_state() noexcept {{ return {{memory_ + {}, {}}}; }}",
            plan_.image + plan_.gradient, plan_.state);
    w_.block("void train::gradient(std::span<float> image) noexcept", [&] {
      w_.line("const float* const g = memory_ + {};", plan_.image);
      w_.line("std::fill(image.begin(), image.end(), 0.0f);");
      w_.line("std::copy_n(g, std::min<std::size_t>(image.size(), {}), image.begin());",
              plan_.gradient);
    });
    w_.block("void train::run_kernel(std::size_t index, std::size_t block) noexcept", [&] {
      w_.line("run_kernel_(make_job(memory_, batch), index, block % {});", p_.blocks());
    });
    w_.line(
        "const char* train::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }");
    w_.line("");
  }

  const edition& e_;
  const program& p_;
  bool train_;
  std::string word_;
  arena_plan plan_;
  std::vector<bool> forward_;
  bool stored_ = false;
  writer w_;
};

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
  if (p.in == mode::eval) {
    a.total = a.parts;
    return a;
  }
  a.gradient = p.floats(region::gradient);
  a.state = 2 * a.gradient;
  a.total = a.image + a.gradient + a.state + a.batch + a.part_sums + a.parts + a.blocks;
  return a;
}

std::string print_eval(const edition& e) { return unit(e, e.eval).print(); }
std::string print_train(const edition& e) {
  if (e.trains) return unit(e, e.train).print();
  return "// " + heading(e, "train") +
         "\n// The network has no loss, so there is nothing to train.\n";
}

}  // namespace tenon::codegen
