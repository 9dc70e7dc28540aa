// The layer table. It is made from the rows and the checks alone, so that a network which does not
// compile has one.
#include <fmt/format.h>

#include "codegen/print/files.hpp"  // plan_of
#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"
#include "dsl/infer.hpp"

namespace tenon::codegen {
namespace {

using detail::kind_of_row;

std::string grouped(long v) {
  std::string s = std::to_string(v);
  for (int i = static_cast<int>(s.size()) - 3; i > 0; i -= 3)
    s.insert(static_cast<std::size_t>(i), ",");
  return s;
}

struct line {
  std::string name, declared, output, parameters, macs, bytes, remark;
};

class table {
 public:
  explicit table(const declaration& d, const program* eval)
      : d_(d), eval_(eval), names_(layer_names(d.rows)), joints_(d.rows.size()) {
    detail::inference(d.rows.data(), static_cast<int>(d.rows.size())).run(joints_.data());
  }

  std::string text() {
    lines_.push_back({"layer", "declared as", "output", "parameters", "MACs", "bytes",
                      eval_ != nullptr ? "in eval" : ""});
    for (std::size_t i = 0; i < d_.rows.size() && !broken_; ++i) add(i);
    if (!d_.result.legal && !broken_) lines_.push_back({"(the end)", {}, "?", {}, {}, {}, here});
    return aligned();
  }

 private:
  void add(std::size_t i) {
    const detail::row& r = d_.rows[i];
    const detail::joint& at = joints_[i];
    broken_ = at.out.rank == 0;
    if (r.role == kind_of_row::end) --depth_;
    if (r.role == kind_of_row::begin) ++depth_;
    if (detail::is_mark(r.role) && r.role != kind_of_row::residual && !broken_) return add_mark(i);
    line l{indent(depth_) + (names_[i].empty() ? spelled(r) : names_[i]),
           spelled(r),
           {},
           {},
           {},
           {},
           {}};
    if (broken_) {
      l.output = "?";
      l.remark = here;
    } else {
      l.output = shape_text(at.out), l.bytes = grouped(4 * at.out.count());
      const long parameters = r.parameters(at.in), macs = r.macs(at.in);
      l.parameters = parameters == 0 ? "" : grouped(parameters);
      l.macs = macs == 0 ? "" : grouped(macs);
      if (eval_ != nullptr && !names_[i].empty()) l.remark = fate_of(*eval_, names_[i]);
    }
    lines_.push_back(std::move(l));
  }

  // A branch behind another, and a round of a repeat, begin with a line of their own; an empty
  // branch (the shortcut of a residual) and other marks have none.
  void add_mark(std::size_t i) {
    const detail::row& r = d_.rows[i];
    const bool branch = r.role == kind_of_row::next && d_.rows[i + 1].role != kind_of_row::end;
    const bool round = r.role == kind_of_row::round && r.round > 0;
    if (!branch && !round) return;
    const std::string title =
        branch ? "- the other branch" : fmt::format("- round {} of {}", r.round, r.rounds);
    lines_.push_back({indent(branch ? depth_ - 1 : depth_) + title, {}, {}, {}, {}, {}, {}});
  }

  static std::string indent(int depth) {
    return std::string(2 * static_cast<std::size_t>(depth), ' ');
  }

  std::string aligned() const {
    std::size_t name = 0, declared = 0, output = 0;
    for (const line& l : lines_) {
      name = std::max(name, l.name.size()), declared = std::max(declared, l.declared.size());
      output = std::max(output, l.output.size());
    }
    std::string all;
    for (const line& l : lines_) {
      std::string row =
          fmt::format("{:<{}}  {:<{}}  {:<{}} {:>12} {:>15} {:>12}  {}", l.name, name, l.declared,
                      declared, l.output, output, l.parameters, l.macs, l.bytes, l.remark);
      row.erase(row.find_last_not_of(' ') + 1);
      all += row + "\n";
    }
    return all;
  }

  static constexpr const char* here = "<== here";

  const declaration& d_;
  const program* eval_;
  std::vector<std::string> names_;
  std::vector<detail::joint> joints_;
  std::vector<line> lines_;
  int depth_ = 0;
  bool broken_ = false;
};

std::string totals(const declaration& d, const program& eval, const emit_options& o) {
  const verdict& v = d.result;
  const program train =
      program_after(d, {.emit = o, .in = mode::train, .pass = {}, .layer = {}}, {});
  const program single = program_after(d, {.emit = o, .single = true, .pass = {}, .layer = {}}, {});
  const serving_plan serving = plan_of_serving(eval, single);
  const auto bytes = [](std::size_t floats) { return grouped(static_cast<long>(4 * floats)); };
  std::string s =
      fmt::format("parameters  {} ({} bytes)\n", grouped(v.parameters), grouped(4 * v.parameters));
  s += fmt::format("per sample  forward {} MACs = {} FLOP", grouped(v.macs), grouped(2 * v.macs));
  if (train.loss >= 0)
    s += fmt::format("; a training step {} MACs = {} FLOP", grouped(v.macs_training),
                     grouped(2 * v.macs_training));
  s += fmt::format("\narena       eval {} bytes", bytes(serving.arena));
  if (train.loss >= 0) s += fmt::format(", train {} bytes", bytes(plan_of(train).total));
  return s + fmt::format(" (batch {})\n", o.batch);
}

}  // namespace

std::string layers_view(const declaration& d, const emit_options& o) {
  if (!d.result.legal) return table(d, nullptr).text();
  const program eval = program_after(d, {.emit = o, .in = mode::eval, .pass = {}, .layer = {}}, {});
  return fmt::format("{}: {} -> {}; bytes are those of one sample's output, in float32\n\n{}\n{}",
                     d.name, shape_text(d.result.input), shape_text(d.result.output),
                     table(d, &eval).text(), totals(d, eval, o));
}

}  // namespace tenon::codegen
