#include "codegen/print/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "codegen/transform.hpp"

namespace tenon::codegen {
namespace {

bool is_gradient(const std::string& name) { return name.find("_gradient") != std::string::npos; }

std::string bare_name(const program& p, const kernel& k, int id, bool out) {
  const tensor& t = p.of(id);
  if (t.what == role::target) return "target";
  if (t.what == role::sample_weight) return "sample_weight";
  const std::size_t dot = t.name.find('.');
  std::string kind = dot == std::string::npos ? "" : t.name.substr(dot + 1);
  for (const std::string suffix : {"_part", "_sum", "_2", "_3", "_4"}) {
    if (kind.size() > suffix.size() && kind.ends_with(suffix) && is_gradient(kind))
      kind.resize(kind.size() - suffix.size());
  }
  if (kind.ends_with("_gradient")) return "d_" + identifier(kind.substr(0, kind.size() - 9));
  if (!kind.empty()) return identifier(kind);
  if (t.name.ends_with("_transposed")) return "x_transposed";
  if (t.name.ends_with("_first_maximum")) return "first";
  if (is_gradient(t.name)) return out ? "d_x" : "d_y";
  if (out) return "y";
  return is_gradient(p.of(k.out).name) && t.name.starts_with(k.layer) ? "y" : "x";
}

std::string to_text(const affine& a, const std::vector<std::string>& axes) {
  std::string s;
  for (const affine::term& t : a.terms) {
    const std::string& name = axes[static_cast<std::size_t>(t.axis)];
    const int size = std::abs(t.coefficient);
    s += t.coefficient < 0 ? (s.empty() ? "-" : " - ") : (s.empty() ? "" : " + ");
    s += size == 1 ? name : fmt::format("{} {}", size, name);
  }
  if (s.empty()) return fmt::format("{}", a.constant);
  if (a.constant != 0) s += fmt::format(" {} {}", a.constant < 0 ? '-' : '+', std::abs(a.constant));
  return s;
}

constexpr const char* function_name(op k) {
  switch (k) {
    case op::maximum_of:
      return "max";
    case op::minimum_of:
      return "min";
    case op::exp:
      return "exp";
    case op::log:
      return "log";
    case op::tanh:
      return "tanh";
    case op::sigmoid:
      return "sigmoid";
    case op::erf:
      return "erf";
    default:
      return "sqrt";
  }
}

struct formula_printer {
  const program& p;
  std::vector<std::string> axes;
  std::vector<parameter_name> names;

  std::string indexed(int tensor, const std::vector<affine>& index) const {
    std::string s;
    for (const affine& a : index) s += (s.empty() ? "" : ", ") + to_text(a, axes);
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&](const parameter_name& n) { return n.tensor == tensor; });
    return (named == names.end() ? "y" : named->name) + (s.empty() ? "" : "[" + s + "]");
  }

  // Binding strength decides about parentheses: 0 sum, 1 product, 2 call or name.
  std::string print(const expr& e, int strength) const {
    const auto arg = [&](std::size_t i, int s) { return print(e->args[i], s); };
    const auto wrap = [&](int own, const std::string& s) {
      return own < strength ? "(" + s + ")" : s;
    };
    switch (e->kind) {
      case op::constant:
        return fmt::format("{:g}", e->number);
      case op::read:
        return indexed(e->tensor, e->index);
      case op::position:
        return wrap(0, to_text(e->index[0], axes));
      case op::batch_size:
        return "n";
      case op::uniform:
        return "uniform()";
      case op::draw:
        return fmt::format("draw({})", to_text(e->index[0], axes));
      case op::table:
        return fmt::format("table[{}]", to_text(e->index[0], axes));
      case op::live:
        return print(e->args[0], strength);
      case op::add:
        return wrap(0, arg(0, 0) + " + " + arg(1, 0));
      case op::subtract:
        return wrap(0, arg(0, 0) + " - " + arg(1, 1));
      case op::multiply:
        return wrap(1, arg(0, 1) + " * " + arg(1, 1));
      case op::divide:
        return wrap(1, arg(0, 1) + " / " + arg(1, 2));
      case op::negate:
        return wrap(1, "-" + arg(0, 2));
      case op::greater:
        return arg(0, 0) + " > " + arg(1, 0);
      case op::equal:
        return arg(0, 0) + " == " + arg(1, 0);
      case op::select:
        return "(" + arg(0, 0) + " ? " + arg(1, 0) + " : " + arg(2, 0) + ")";
      case op::sum:
        return wrap(0, over(e, "sum") + arg(0, 1));
      case op::maximum:
        return wrap(0, over(e, "maximum") + arg(0, 1));
      case op::first_maximum:
        return wrap(0, over(e, "place of the first maximum") + arg(0, 1));
      default:
        break;
    }
    std::string s = std::string(function_name(e->kind)) + "(";
    for (std::size_t i = 0; i < e->args.size(); ++i) s += (i ? ", " : "") + arg(i, 0);
    return s + ")";
  }

  std::string over(const expr& e, const char* what) const {
    std::string s = fmt::format("{} over ", what);
    for (std::size_t i = 0; i < e->axes.size(); ++i)
      s += (i ? ", " : "") + axes[static_cast<std::size_t>(e->axes[i].id)];
    return s + " of ";
  }
};

}  // namespace

std::string identifier(std::string name) {
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

std::vector<parameter_name> parameter_names(const program& p, const kernel& k) {
  std::vector<parameter_name> names;
  const auto add = [&](int id, bool out) {
    const std::string bare = bare_name(p, k, id, out);
    std::string name = bare;
    for (int i = 2; std::any_of(names.begin(), names.end(),
                                [&](const parameter_name& n) { return n.name == name; });
         ++i)
      name = fmt::format("{}_{}", bare, i);
    names.push_back({id, name});
  };
  const std::vector<int> reads = reads_of(k);
  for (int id : reads) {
    if (id != k.out) add(id, false);
  }
  add(k.out, true);
  return names;
}

std::vector<std::string> axis_names(const kernel& k) {
  static const std::vector<std::vector<std::string>> outer = {
      {}, {"i"}, {"c", "i"}, {"c", "i", "j"}, {"g", "c", "i", "j"}};
  static const std::vector<std::vector<std::string>> inner = {
      {}, {"k"}, {"k", "u"}, {"k", "u", "v"}};
  std::vector<std::string> names;
  const std::size_t o = static_cast<std::size_t>(k.outer), r = k.extents.size() - o;
  if (k.strip >= 0 && o == 4) names = {"i", "p", "c", "j"};  // steps, positions, channels
  if (o == 5 && transform_of(k)) names = {"i", "c", "j", "p", "q"};
  for (std::size_t i = names.size(); i < o; ++i)
    names.push_back(o < outer.size() ? outer[o][i] : fmt::format("i{}", i));
  for (std::size_t i = 0; i < r; ++i)
    names.push_back(r < inner.size() ? inner[r][i] : fmt::format("k{}", i));
  return names;
}

std::string formula(const program& p, const kernel& k) {
  const formula_printer f{p, axis_names(k), parameter_names(p, k)};
  const std::vector<int> reads = reads_of(k);
  const bool samples = std::any_of(reads.begin(), reads.end(),
                                   [&](int id) { return p.of(id).where == home::sample; });
  const home to = p.of(k.out).where;
  return f.indexed(k.out, k.at) +
         (to == home::part               ? " += sum over samples of "
          : to == home::batch && samples ? " = sum over all samples of "
                                         : " = ") +
         f.print(k.value, 0);
}

std::string upper(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

std::string grouped(long v) {
  std::string s = std::to_string(v);
  for (std::size_t i = s.size(); i > 3; i -= 3) s.insert(i - 3, ",");
  return s;
}

std::string shape_text(const dims& d) {
  if (d.rank == 0) return "one number";
  std::string s;
  for (int i = 0; i < d.rank; ++i) s += fmt::format("{}{}", i ? ", " : "", d[i]);
  return "[" + s + "]";
}

}  // namespace tenon::codegen
