// The part of <name>_eval.cc for single samples: kernels whose lanes are outputs, and the order in
// which one sample goes through them.
#include <algorithm>

#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

bool has_halo(const layout& l) {
  const auto any = [](const std::vector<int>& halo) {
    return std::any_of(halo.begin(), halo.end(), [](int v) { return v > 0; });
  };
  return any(l.before) || any(l.after);
}

class single_printer {
 public:
  single_printer(writer& w, const unit& u) : w_(w), u_(u) {}

  void print() {
    comment(w_, "One sample through the whole network, for batches of few: lanes are outputs.");
    w_.line("namespace single {");
    w_.line("");
    for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
      const schedule& s = u_.p.schedules[i];
      if (s.when == stage::block && s.shared_with < 0) print_kernel(w_, u_.p, i);
    }
    run_single();
    run_single_kernel();
    w_.line("}  // namespace single");
    w_.line("using single::run_single;");
    w_.line("using single::run_single_kernel;");
    w_.line("");
  }

 private:
  void run_single() {
    w_.block("void run_single(const job& j)", [&] {
      w_.line("[[maybe_unused]] float* const mine = j.part_memory;");
      load();
      const std::vector<bool> needed = output_needs();
      std::vector<bool> begun(u_.p.tensors.size());
      bool stored = false;
      for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
        if (u_.p.schedules[i].when != stage::block) continue;
        if (!needed[i] && !stored) {
          w_.block("if (!j.probabilities)", [&] {
            store(u_.p.output);
            w_.line("return;");
          });
          stored = true;
        }
        const std::size_t out = static_cast<std::size_t>(u_.p.kernels[i].out);
        if (!begun[out]) clear_halo(u_.p.kernels[i].out);
        begun[out] = true;
        w_.line(u_.call_of(i));
      }
      store(stored ? u_.p.probabilities : u_.p.output);
    });
    w_.line("");
  }

  void run_single_kernel() {
    comment(w_, "One kernel alone, for benchmarks: in the order of the tables in " + u_.e.name() +
                    "_info.cc.");
    w_.block("void run_single_kernel(const job& j, size_t index)", [&] {
      w_.line("[[maybe_unused]] float* const mine = j.part_memory;");
      w_.block("switch (index)", [&] {
        int index = 0;
        for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
          if (u_.p.schedules[i].when == stage::block)
            w_.line("case {}: {} break;", index++, u_.call_of(i));
        }
        w_.line("default: break;");
      });
    });
    w_.line("");
  }

  // Kernels that the output depends on; those that only probabilities need come last.
  std::vector<bool> output_needs() const {
    std::vector<bool> tensors(u_.p.tensors.size()), kernels(u_.p.kernels.size());
    tensors[static_cast<std::size_t>(u_.p.output)] = true;
    if (u_.p.probabilities == u_.p.output) return std::vector<bool>(kernels.size(), true);
    for (std::size_t k = kernels.size(); k-- > 0;) {
      kernels[k] = tensors[static_cast<std::size_t>(u_.p.kernels[k].out)];
      for (int id : kernels[k] ? reads_of(u_.p.kernels[k]) : std::vector<int>{})
        tensors[static_cast<std::size_t>(id)] = true;
    }
    return kernels;
  }

  void load() {
    const int id = u_.p.input;
    if (u_.p.storages[static_cast<std::size_t>(id)].where == region::none) return;
    clear_halo(id);
    w_.line("tenon::load_one(j.x, {}, {});", placed(id), u_.interior(id));
  }
  void store(int id) { w_.line("tenon::store_one({}, {}, j.y);", u_.interior(id), placed(id)); }
  std::string placed(int id) const {
    const dims& s = u_.p.of(id).shape;
    const layout& l = u_.p.layouts[static_cast<std::size_t>(id)];
    switch (s.rank) {
      case 3:
        return fmt::format("{{{}, {}, {}, {}, {}, {}}}", s[0], s[1], s[2], l.stride[0], l.stride[1],
                           l.stride[2]);
      case 2:
        return fmt::format("{{{}, 1, {}, {}, 0, {}}}", s[0], s[1], l.stride[0], l.stride[1]);
      default:
        return fmt::format("{{1, 1, {}, 0, 0, 1}}", s.count());
    }
  }

  // With channels innermost the border is that of one plane of pixels; otherwise each row of lanes
  // has a border of its own.
  void clear_halo(int id) {
    const dims& s = u_.p.of(id).shape;
    const layout& l = u_.p.layouts[static_cast<std::size_t>(id)];
    if (!has_halo(l) || u_.p.of(id).where != home::sample) return;
    const bool deep = s.rank < 2 || s.rank > 3 || l.before[0] > 0 || l.after[0] > 0;
    if (l.halo_value != 0 || deep) {
      w_.line("std::fill_n({}, {}, {});", u_.pointer(id), l.floats, float_literal(l.halo_value));
      return;
    }
    const std::size_t x = static_cast<std::size_t>(s.rank) - 1;
    const bool flat = s.rank == 2, channels = l.lanes == 0;
    const long column = channels ? l.stride[x] : 1;
    const long row = flat ? (channels ? 0 : l.stride[0]) : l.stride[1];
    const long padding = channels ? 0 : row - l.before[x] - s[s.rank - 1] - l.after[x];
    w_.line("tenon::HWY_NAMESPACE::clear_halo({}, {}, {}, {}, {}, {}, {}, {}, {});", u_.pointer(id),
            channels ? 1 : s[0], flat ? 1 : s[1], s[s.rank - 1], flat ? 0 : l.before[1],
            flat ? 0 : l.after[1], l.before[x], l.after[x] + padding, column);
  }

  writer& w_;
  const unit& u_;
};

}  // namespace

void print_single(writer& w, const unit& u) { single_printer(w, u).print(); }

}  // namespace tenon::codegen
