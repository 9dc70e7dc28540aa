// The program after each pass: a line per kernel, and under it, once they are known, when it runs,
// how, and where its result lies.
#include "codegen/passes.hpp"

#include <fmt/format.h>

#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"

namespace tenon::codegen {
namespace {

std::string when_text(const schedule& s) {
  constexpr const char* stages[] = {"prepare", "block", "collect", "renew", "whole batch"};
  constexpr const char* vectors[] = {"samples", "samples, summed",   "a row",
                                     "outputs", "nothing: one lane", "nothing: scalar"};
  std::string t = stages[static_cast<int>(s.when)];
  if (s.when == stage::block || s.when == stage::whole) t += fmt::format(", phase {}", s.phase);
  t += fmt::format("; vectors over {}", vectors[static_cast<int>(s.vectors)]);
  if (s.rows * s.columns * s.planes > 1) {
    t += fmt::format("; tile {} x {}", s.rows, s.columns);
    if (s.planes > 1) t += fmt::format(" x {}", s.planes);
  }
  return t;
}

std::string layout_text(const program& p, int id) {
  const layout& l = p.layouts[static_cast<std::size_t>(id)];
  const tensor& t = p.of(id);
  std::string s;
  for (int d = 0; d < t.shape.rank; ++d) {
    const auto at = static_cast<std::size_t>(d);
    const int halo = l.before.empty() ? 0 : l.before[at] + l.after[at];
    s += fmt::format("[{}]", t.shape[d] + halo);
  }
  if (l.lanes >= 0) {
    s += fmt::format(", {} innermost{}", l.lanes, l.panels ? " in panels of 16" : "");
  } else if (t.where == home::sample) {
    const std::string block = fmt::format("[{}]", p.block);
    s = l.samples_outermost ? block + s : s + block;
  }
  return fmt::format("{} {} floats", s, l.floats);
}

std::string place_text(const storage& s) {
  constexpr const char* regions[] = {"nowhere", "the image", "gradients", "the batch",
                                     "a part",  "part sums", "a block"};
  return fmt::format("in {} at {}", regions[static_cast<int>(s.where)], s.offset);
}

std::string kernels_text(const program& p, const std::string& layer) {
  std::string s;
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& k = p.kernels[i];
    if (!layer.empty() && !belongs_to(k, layer)) continue;
    s += fmt::format("  {}\n", to_text(p, k));
    std::string plan;
    if (!p.schedules.empty()) plan = when_text(p.schedules[i]);
    if (!p.layouts.empty())
      plan += fmt::format("{}layout {}", plan.empty() ? "" : "; ", layout_text(p, k.out));
    if (!p.storages.empty()) plan += " " + place_text(p.storages[static_cast<std::size_t>(k.out)]);
    if (!plan.empty()) s += "      " + plan + "\n";
    if (!p.schedules.empty() && p.schedules[i].shared_with >= 0)
      s += fmt::format("      printed as {}, which is equal\n", function_of(p, i));
  }
  if (s.empty() && !layer.empty()) s = fmt::format("  no kernel computes {} here\n", layer);
  return s;
}

class history {
 public:
  explicit history(const view_options& o) : o_(o) {}

  void add(std::string_view name, std::string_view sentence, const program& p) {
    std::string now = kernels_text(p, o_.layer);
    const bool wanted = o_.pass.empty() || o_.pass == name;
    if (wanted) {
      const bool unchanged = now == before_ && o_.pass.empty();
      text_ += fmt::format("== {}: {}{}\n", name, sentence, unchanged ? " (unchanged)" : "");
      if (!unchanged) text_ += now;
    }
    before_ = std::move(now);
  }
  const std::string& text() const { return text_; }

 private:
  const view_options& o_;
  std::string text_, before_;
};

}  // namespace

std::string passes_view(const declaration& d, const view_options& o) {
  if (!o.pass.empty()) static_cast<void>(program_after(d, o, o.pass));  // or unknown_name
  program p = program_after(d, o, "lower");
  if (!o.layer.empty()) require_layer(p, o.layer);
  history h(o);
  h.add("lower", "what the layers compute, in order", p);
  run_passes(p, o.emit.off,
             [&](const pass& each, const program& now) { h.add(each.name, each.sentence, now); });
  const std::string head =
      o.single ? fmt::format("{}, {}, one sample at a time\n", p.network, name_of(o))
               : fmt::format("{}, {}, batch {}, blocks of {} samples\n", p.network, name_of(o),
                             p.batch, p.block);
  return head + h.text();
}

}  // namespace tenon::codegen
