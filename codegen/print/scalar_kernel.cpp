#include "codegen/print/scalar_kernel.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "codegen/bounds.hpp"
#include "codegen/print/expression.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

// How strongly an operator binds: what binds less than its place asks for stands in parentheses.
// Operands on the right of
// + and * ask for more than those on the left, because floating point does not associate.
enum strength : int { choice, comparison, sum_of, product_of, sign, primary };

class function_printer {
 public:
  function_printer(const program& p, const kernel& k)
      : p_(p), k_(k), out_(p.of(k.out)), axes_(axis_names(k)), reduction_(find_reduction(k.value)) {
    taken_ = {"n", "s", "seed", "step"};
    taken_.insert(axes_.begin(), axes_.end());
    for (const parameter_name& n : parameter_names(p, k))
      names_[n.tensor] = fresh(n.name), order_.push_back(n.tensor);
    sums_samples_ = out_.where != home::sample && innermost() == home::sample;
  }

  scalar_function print(const std::string& name) {
    const bool samples = out_.where == home::sample || sums_samples_ || has(op::batch_size);
    scalar_function f{banner(), {}, samples, has(op::uniform) || has(op::draw), order_};
    block("void " + name + parameters(f), [&] { body(); });
    f.text = w_.text().substr(5 + name.size());
    return f;
  }

 private:
  template <class F>
  void block(const std::string& head, F inner) {
    w_.line(head + " {");
    w_.indent(1);
    inner();
    w_.indent(-1);
    w_.line("}");
  }

  // ---- facts
  bool has(op kind) const {
    const std::vector<const node*> all = in_order(k_.value);
    return std::any_of(all.begin(), all.end(), [&](const node* n) { return n->kind == kind; });
  }
  home innermost() const {
    home h = has(op::uniform) || has(op::live) ? home::sample : home::parameter;
    for (int id : reads_of(k_)) h = std::max(h, p_.of(id).where);
    return h;
  }
  std::string fresh(const std::string& base) {
    std::string name = base;
    for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
    return name;
  }

  // ---- the head
  std::string banner() const {
    writer w;
    std::string meaning = formula(p_, k_);
    const std::string_view adds = " += sum over samples",
                           gives = " = sum over samples";  // there is one part here
    if (const std::size_t at = meaning.find(adds); at != std::string::npos)
      meaning.replace(at, adds.size(), gives);
    comment(w, meaning);
    std::string shapes;
    for (int id : order_) {
      const tensor& t = p_.of(id);
      std::string extents = t.where == home::sample ? "[n]" : "";
      for (int d = 0; d < t.shape.rank; ++d) extents += fmt::format("[{}]", t.shape[d]);
      shapes += fmt::format("{}{} {}", shapes.empty() ? "" : ", ", names_.at(id),
                            extents.empty() ? "one number" : extents);
    }
    comment(w, shapes + ".");
    return w.text();
  }
  std::string parameters(const scalar_function& f) const {
    std::string s = f.samples ? "std::size_t n, " : "";
    if (f.random) s += "std::uint64_t seed, std::uint64_t step, ";
    for (int id : order_) {
      const tensor& t = p_.of(id);
      const bool out = id == k_.out;
      const std::string row = row_extents(t), type = out ? "double" : "const double";
      if (is_number(t))
        s += (out ? "double& " : "double ") + names_.at(id);
      else
        s += row.empty() ? fmt::format("{}* {}", type, names_.at(id))
                         : fmt::format("{} (*{}){}", type, names_.at(id), row);
      s += out ? ")" : ", ";
    }
    return "(" + s;
  }

  // ---- loops
  template <class F>
  void loops(int first, int last, F inner) {
    if (first == last) return inner();
    const std::size_t at = static_cast<std::size_t>(first);
    if (k_.extents[at] == 1) return loops(first + 1, last, inner);
    block(fmt::format("for (int {0} = 0; {0} < {1}; ++{0})", axes_[at], k_.extents[at]),
          [&] { loops(first + 1, last, inner); });
  }
  template <class F>
  void over_samples(F inner) {
    block("for (std::size_t s = 0; s < n; ++s)", inner);
  }
  bool loops_nowhere() const {
    return std::all_of(k_.extents.begin() + k_.outer, k_.extents.end(),
                       [](int extent) { return extent == 1; });
  }

  void body() {
    const std::string assign = k_.accumulate ? " += " : " = ";
    const auto element = [&] { return this->element(k_.out, k_.at); };
    const auto write = [&] { w_.line(element() + assign + value(k_.value) + ";"); };
    if (out_.where == home::sample)
      return over_samples([&] { loops(0, k_.outer, [&] { reduce(), write(); }); });
    if (!sums_samples_) return loops(0, k_.outer, [&] { reduce(), write(); });
    const std::string total = fresh("total");
    loops(0, k_.outer, [&] {
      w_.line("double {} = 0;", total);
      over_samples([&] { reduce(), w_.line(total + " += " + value(k_.value) + ";"); });
      w_.line(element() + assign + total + ";");
    });
  }

  // The kernel's reduction, as a variable.
  void reduce() {
    if (reduction_ == nullptr) return;
    const bool sum = reduction_->kind == op::sum, place = reduction_->kind == op::first_maximum;
    const expr& term = reduction_->args[0];
    if (loops_nowhere()) {  // over a single element
      reduced_ = place ? "0.0" : fresh(sum ? "sum" : "largest");
      if (place)
        w_.line(fmt::format("static_cast<void>({});  // alone, so the first", value(term)));
      else
        w_.line(fmt::format("const double {} = {};", reduced_, value(term)));
      return;
    }
    const std::string kept = fresh(sum ? "sum" : "largest"), best = place ? fresh("first") : "";
    w_.line("double {} = {};", kept, sum ? "0" : "-std::numeric_limits<double>::infinity()");
    if (place) w_.line("double {} = 0;", best);
    loops(k_.outer, static_cast<int>(k_.extents.size()), [&] {
      if (sum) return w_.line(kept + " += " + value(term) + ";");
      std::string now = value(term);
      if (now.find_first_of(" [(") != std::string::npos) {
        const std::string name = fresh("now");
        w_.line(fmt::format("const double {} = {};", name, now));
        now = name;
      }
      const std::string also =
          place ? fmt::format(", {} = {}", best, index(row_major_place())) : "";
      w_.line(fmt::format("if ({0} > {1}) {1} = {0}{2};", now, kept, also));
    });
    reduced_ = place ? best : kept;
  }
  affine row_major_place() const {
    affine a;
    for (std::size_t i = static_cast<std::size_t>(k_.outer); i < k_.extents.size(); ++i)
      a = k_.extents[i] * a + affine(axis{static_cast<int>(i), 0});
    return a;
  }

  // ---- elements
  std::string index(affine a) const {  // an axis of extent 1 stays at 0
    for (std::size_t i = 0; i < k_.extents.size(); ++i) {
      if (k_.extents[i] == 1) a.add(static_cast<int>(i), -a.coefficient(static_cast<int>(i)));
    }
    return index_text(a, axes_);
  }
  std::string element(int id, const std::vector<affine>& at) const {
    std::string s = names_.at(id) + (p_.of(id).where == home::sample ? "[s]" : "");
    for (const affine& a : at) s += "[" + index(a) + "]";
    return s;
  }
  // Where a read may lie outside its tensor: the condition under which it does not.
  std::string guard(const node& read) const {
    std::string s;
    for (std::size_t d = 0; d < read.index.size(); ++d) {
      const int extent = p_.of(read.tensor).shape[static_cast<int>(d)];
      const range r = range_of(read.index[d], k_.extents);
      if (r.low < 0 || r.high >= extent)
        s += fmt::format("{}inside({}, {})", s.empty() ? "" : " && ", index(read.index[d]), extent);
    }
    return s;
  }

  // ---- expressions: the text of e; what is used twice, and guarded reads, become constants before
  // it
  std::string value(const expr& e) {
    uses_.clear(), named_.clear();
    count(e);
    return print(e, choice);
  }
  void count(const expr& e) {
    if (e->kind == op::live) return count(e->args[0]);
    if (uses_[e.get()]++ > 0 || is_reduction(e->kind)) return;
    for (const expr& a : e->args) count(a);
  }

  std::string print(const expr& e, int place) {
    if (e->kind == op::live) return print(e->args[0], place);  // all of the n samples are
    if (const auto known = named_.find(e.get()); known != named_.end()) return known->second;
    const bool checked = e->kind == op::read && !guard(*e).empty();
    const bool repeated = uses_[e.get()] > 1 && !e->args.empty() && !is_reduction(e->kind);
    auto [text, own] = shape(e);
    const bool random = e->kind == op::uniform || e->kind == op::draw;
    if (!checked && !repeated && !random) return own < place ? "(" + text + ")" : text;
    const std::string name =
        fresh(checked  ? names_.at(e->tensor) + (e->number == 0 ? "_or_zero" : "_or_outside")
              : random ? "random"
                       : "t");
    w_.line(fmt::format("const double {} = {};", name, text));
    return named_[e.get()] = name;
  }

  struct piece {
    std::string text;
    int own;
  };
  piece shape(const expr& e) {
    const auto arg = [&](std::size_t i, int place) { return print(e->args[i], place); };
    const auto infix = [&](const char* mark, int own) {
      std::string left = arg(0, own);
      return piece{std::move(left) + mark + arg(1, own + 1), own};
    };
    const auto call = [&](const char* f) {
      std::string s = arg(0, choice);
      if (e->args.size() > 1) s += ", " + arg(1, choice);
      return piece{fmt::format("{}({})", f, s), primary};
    };
    switch (e->kind) {
      case op::constant:
        return {double_literal(e->number), e->number < 0 ? sign : primary};
      case op::read:
        return read(*e);
      case op::position:
        return position(e->index[0]);
      case op::batch_size:
        return {"static_cast<double>(n)", primary};
      case op::uniform:
      case op::draw:
        return uniform(*e);
      case op::table:
        return table(*e);
      case op::add:
        return infix(" + ", sum_of);
      case op::subtract:
        return infix(" - ", sum_of);
      case op::multiply:
        return infix(" * ", product_of);
      case op::divide:
        return infix(" / ", product_of);
      case op::negate:
        return {"-" + arg(0, primary), sign};
      case op::maximum_of:
        return call("larger");
      case op::minimum_of:
        return call("smaller");
      case op::exp:
        return call("std::exp");
      case op::log:
        return call("std::log");
      case op::tanh:
        return call("std::tanh");
      case op::sigmoid:
        return call("sigmoid");
      case op::erf:
        return call("std::erf");
      case op::sqrt:
        return call("std::sqrt");
      case op::greater:
      case op::equal:
        return {condition(e) + " ? 1.0 : 0.0", choice};
      case op::select: {
        const std::string which = condition(e->args[0]), yes = arg(1, sum_of);
        return {which + " ? " + yes + " : " + arg(2, sum_of), choice};
      }
      case op::sum:
      case op::maximum:
      case op::first_maximum:
        return {reduced_, primary};
      case op::live:
        break;
    }
    throw internal_bug("print_scalar: an operation without a text");
  }
  std::string condition(const expr& e) {
    if (e->kind != op::greater && e->kind != op::equal) return print(e, sum_of) + " != 0";
    const std::string left = print(e->args[0], sum_of);
    return left + (e->kind == op::greater ? " > " : " == ") + print(e->args[1], sum_of);
  }
  piece read(const node& n) const {
    const std::string inside = guard(n), plain = element(n.tensor, n.index);
    if (inside.empty()) return {plain, primary};
    return {inside + " ? " + plain + " : " + double_literal(n.number), choice};
  }
  piece table(const node& n) {
    std::string numbers;
    for (double number : n.numbers)
      numbers += (numbers.empty() ? "" : ", ") + double_literal(number);
    const std::string name = fresh("table");
    w_.line(fmt::format("static constexpr double {}[] = {{{}}};", name, numbers));
    return {fmt::format("{}[{}]", name, index(n.index[0])), primary};
  }
  piece position(const affine& a) const {
    const range r = range_of(a, k_.extents);
    if (r.low == r.high) return {double_literal(r.low), r.low < 0 ? sign : primary};
    return {fmt::format("static_cast<double>({})", index(a)), primary};
  }
  piece uniform(const node& n) const {
    const char* sample =
        n.kind == op::draw ? "tenon::of_the_step" : "static_cast<std::uint32_t>(s)";
    return {fmt::format("tenon::uniform(seed, {}, step, {}, static_cast<std::uint32_t>({}))",
                        n.stream, sample, index(n.index[0])),
            primary};
  }

  const program& p_;
  const kernel& k_;
  const tensor& out_;
  std::vector<std::string> axes_;
  const node* reduction_;
  bool sums_samples_ = false;  // into a tensor that exists once
  std::map<int, std::string> names_;
  std::vector<int> order_;
  std::set<std::string> taken_;
  std::string reduced_;
  std::map<const node*, int> uses_;
  std::map<const node*, std::string> named_;
  writer w_;
};

}  // namespace

bool is_number(const tensor& t) { return t.where != home::sample && t.shape.rank == 0; }

std::string row_extents(const tensor& t) {
  std::string s;
  for (int d = t.where == home::sample ? 0 : 1; d < t.shape.rank; ++d)
    s += fmt::format("[{}]", t.shape[d]);
  return s;
}

scalar_function print_scalar_kernel(const program& p, const kernel& k, const std::string& name) {
  return function_printer(p, k).print(name);
}

}  // namespace tenon::codegen
