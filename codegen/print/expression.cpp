#include "codegen/print/expression.hpp"

namespace tenon::codegen {
namespace {

class printer {
 public:
  printer(writer& w, const dialect& in, const std::string& prefix, int& counter)
      : w_(w), in_(in), prefix_(prefix), counter_(counter) {}

  void count(const expr& e) {
    if (uses_[e.get()]++ > 0) return;
    if (is_reduction(e->kind)) return;
    for (const expr& a : e->args) count(a);
  }

  std::string print(const expr& e) {
    if (auto known = named_.find(e.get()); known != named_.end()) return known->second;
    std::string text = in_.vectors ? vector(e) : scalar(e);
    const bool atom =
        e->kind == op::read || e->kind == op::constant || is_reduction(e->kind) || e->args.empty();
    const bool mask = e->kind == op::greater || e->kind == op::equal;
    if (atom || uses_[e.get()] < 2) return text;
    const std::string name = fmt::format("{}{}", prefix_, counter_++);
    w_.line("const {} {} = {};", mask || !in_.vectors ? "auto" : in_.type, name, text);
    return named_[e.get()] = name;
  }

 private:
  std::string arg(const expr& e, std::size_t i) { return print(e->args[i]); }
  static bool product(const expr& e) { return e->kind == op::multiply; }
  bool lone_product(const expr& e) { return product(e) && uses_[e.get()] < 2; }

  std::string call(const char* f, const expr& e) {
    std::string s = std::string(f) + "(";
    for (std::size_t i = 0; i < e->args.size(); ++i) s += (i ? ", " : "") + arg(e, i);
    return s + ")";
  }

  // a * b + c in one rounding where the targets have FMA.
  std::string fused(const char* f, const expr& p, const expr& other) {
    const std::string a = arg(p, 0), b = arg(p, 1);
    return fmt::format("hn::{}({}, {}, {})", f, a, b, print(other));
  }

  std::string device_fused(const expr& p, const char* sign, const std::string& other) {
    const std::string a = arg(p, 0);
    return fmt::format("fmaf({}{}, {}, {})", sign, a, arg(p, 1), other);
  }

  // Where a GPU has another word for it than C++; empty: it has not.
  std::string on_device(const expr& e) {
    switch (e->kind) {
      case op::uniform:
        return in_.uniform;
      case op::draw:
        return fmt::format("tenon::cuda::uniform(call.seed, {}, call.step, tenon::of_the_step, {})",
                           e->stream, in_.index(e->index[0]));
      case op::batch_size:
        return "call.batch_size";
      case op::live:
        return fmt::format("(alive ? {} : 0.0f)", arg(e, 0));
      case op::add:
        if (lone_product(e->args[0])) return device_fused(e->args[0], "", arg(e, 1));
        if (lone_product(e->args[1])) return device_fused(e->args[1], "", arg(e, 0));
        return {};
      case op::subtract:
        if (lone_product(e->args[0])) return device_fused(e->args[0], "", "-(" + arg(e, 1) + ")");
        if (lone_product(e->args[1])) return device_fused(e->args[1], "-", arg(e, 0));
        return {};
      case op::maximum_of:
        return call("tenon::cuda::larger", e);
      case op::minimum_of:
        return call("tenon::cuda::smaller", e);
      case op::sqrt:
        return call("sqrtf", e);
      case op::exp:
        return call("expf", e);
      case op::log:
        return call("logf", e);
      case op::tanh:
        return call("tanhf", e);
      case op::sigmoid:
        return call("tenon::cuda::sigmoid", e);
      case op::erf:
        return call("erff", e);
      default:
        return {};
    }
  }

  std::string vector(const expr& e) {
    switch (e->kind) {
      case op::constant:
        return e->number == 0 ? fmt::format("hn::Zero({})", in_.tag)
                              : set(float_literal(e->number));
      case op::read:
        return in_.read(*e);
      case op::position:
        return set(fmt::format("static_cast<float>({})", in_.index(e->index[0])));
      case op::batch_size:
        return set("call.batch_size");
      case op::uniform:
        return in_.uniform;
      case op::draw:
        return set(draw(*e));
      case op::table:
        return set(table(*e));
      case op::live:
        return fmt::format("hn::IfThenElseZero(alive, {})", arg(e, 0));
      case op::add:
        if (lone_product(e->args[0])) return fused("MulAdd", e->args[0], e->args[1]);
        if (lone_product(e->args[1])) return fused("MulAdd", e->args[1], e->args[0]);
        return call("hn::Add", e);
      case op::subtract:
        if (lone_product(e->args[0])) return fused("MulSub", e->args[0], e->args[1]);
        if (lone_product(e->args[1])) return fused("NegMulAdd", e->args[1], e->args[0]);
        return call("hn::Sub", e);
      case op::multiply:
        return call("hn::Mul", e);
      case op::divide:
        return call("hn::Div", e);
      case op::negate:
        return call("hn::Neg", e);
      case op::maximum_of:
        return call("hn::Max", e);
      case op::minimum_of:
        return call("hn::Min", e);
      case op::sqrt:
        return call("hn::Sqrt", e);
      case op::exp:
        return function("exp", e);
      case op::log:
        return function("log", e);
      case op::tanh:
        return function("tanh", e);
      case op::sigmoid:
        return function("sigmoid", e);
      case op::erf:
        return function("erf", e);
      case op::greater:
        return call("hn::Gt", e);
      case op::equal:
        return call("hn::Eq", e);
      case op::select:
        if (is_constant(e->args[2], 0))
          return fmt::format("hn::IfThenElseZero({}, {})", arg(e, 0), arg(e, 1));
        if (is_constant(e->args[1], 0))
          return fmt::format("hn::IfThenZeroElse({}, {})", arg(e, 0), arg(e, 2));
        return call("hn::IfThenElse", e);
      default:
        return in_.reduction(*e);
    }
  }
  std::string function(const char* f, const expr& e) {
    return fmt::format("math::{}({}, {})", f, in_.tag, arg(e, 0));
  }
  std::string set(const std::string& number) const {
    return fmt::format("hn::Set({}, {})", in_.tag, number);
  }

  std::string scalar(const expr& e) {
    if (in_.device) {
      if (std::string text = on_device(e); !text.empty()) return text;
    }
    const auto infix = [&](const char* sign) {
      return "(" + arg(e, 0) + " " + sign + " " + arg(e, 1) + ")";
    };
    switch (e->kind) {
      case op::constant:
        return float_literal(e->number);
      case op::read:
        return in_.read(*e);
      case op::position:
        return fmt::format("static_cast<float>({})", in_.index(e->index[0]));
      case op::batch_size:
        return "call.batch_size";
      case op::draw:
        return draw(*e);
      case op::table:
        return table(*e);
      case op::add:
        return infix("+");
      case op::subtract:
        return infix("-");
      case op::multiply:
        return infix("*");
      case op::divide:
        return infix("/");
      case op::negate:
        return "-" + arg(e, 0);
      case op::maximum_of:
        return call("std::max", e);
      case op::minimum_of:
        return call("std::min", e);
      case op::sqrt:
        return call("std::sqrt", e);
      case op::exp:
        return lane("exp", e);
      case op::log:
        return lane("log", e);
      case op::tanh:
        return lane("tanh", e);
      case op::sigmoid:
        return lane("sigmoid", e);
      case op::erf:
        return lane("erf", e);
      case op::greater:
        return infix(">");
      case op::equal:
        return infix("==");
      case op::select:
        return "(" + arg(e, 0) + " ? " + arg(e, 1) + " : " + arg(e, 2) + ")";
      default:
        return in_.reduction(*e);
    }
  }
  std::string draw(const node& n) const {
    return fmt::format(
        "tenon::uniform(call.seed, {}u, call.step, tenon::of_the_step, static_cast<uint32_t>({}))",
        n.stream, in_.index(n.index[0]));
  }
  std::string table(const node& n) {
    std::string numbers;
    for (double number : n.numbers)
      numbers += (numbers.empty() ? "" : ", ") + float_literal(number);
    const std::string name = fmt::format("table{}", counter_++);
    w_.line("static constexpr float {}[] = {{{}}};", name, numbers);
    return fmt::format("{}[{}]", name, in_.index(n.index[0]));
  }
  // The vector function on one lane: the same bits as everywhere, and no libm.
  std::string lane(const char* f, const expr& e) {
    return fmt::format("hn::GetLane(math::{}(one, hn::Set(one, {})))", f, arg(e, 0));
  }

  writer& w_;
  const dialect& in_;
  const std::string& prefix_;
  int& counter_;
  std::map<const node*, int> uses_;
  std::map<const node*, std::string> named_;
};

}  // namespace

std::string index_text(const affine& a, const std::vector<std::string>& axes) {
  std::string s, minus;
  for (const affine::term& t : a.terms) {
    const std::string& name = axes[static_cast<std::size_t>(t.axis)];
    const int size = std::abs(t.coefficient);
    const std::string term = size == 1 ? name : fmt::format("{} * {}", name, size);
    if (t.coefficient > 0)
      s += (s.empty() ? "" : " + ") + term;
    else
      minus += " - " + term;
  }
  if (a.constant > 0) s += (s.empty() ? "" : " + ") + fmt::format("{}", a.constant);
  if (a.constant < 0) minus += fmt::format(" - {}", -a.constant);
  if (s.empty()) s = "0";
  return s + minus;
}

std::string print_expression(writer& w, const expr& e, const dialect& in, const std::string& prefix,
                             int& counter) {
  printer p(w, in, prefix, counter);
  p.count(e);
  return p.print(e);
}

}  // namespace tenon::codegen
