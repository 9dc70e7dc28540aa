#include "codegen/print/scalar.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "codegen/print/names.hpp"
#include "codegen/print/scalar_kernel.hpp"
#include "codegen/print/scalar_program.hpp"
#include "codegen/print/writer.hpp"

namespace tenon::codegen {
namespace {

// What the functions call, printed where it is called.
struct helper {
  const char* token;
  const char* text;
};
constexpr helper helpers[] = {
    {"inside(",
     "// Whether an index lies in its tensor; what a read outside gives stands beside it.\n"
     "bool inside(int index, int extent) { return 0 <= index && index < extent; }\n"},
    {"larger(", "double larger(double a, double b) { return a > b ? a : b; }\n"},
    {"smaller(", "double smaller(double a, double b) { return a < b ? a : b; }\n"},
    {"sigmoid(", "double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }\n"},
    {"view<",
     "// A flat array as rows: view<double[6][5][5]>(p) is [...][6][5][5].\n"
     "template <class Row>\n"
     "const Row* view(const double* p) {\n"
     "  return reinterpret_cast<const Row*>(p);\n"
     "}\n"},
    {"array<",
     "// Rows on the heap, zero at first: array<double[6][28][28]> a(n) is [n][6][28][28].\n"
     "template <class Row>\n"
     "class array {\n"
     " public:\n"
     "  explicit array(std::size_t count)\n"
     "      : rows_(std::make_unique<Row[]>(count)), size_(count * (sizeof(Row) / sizeof(double))) "
     "{}\n"
     "  operator Row*() const { return rows_.get(); }\n"
     "  void copy_to(double* to) const {\n"
     "    std::copy_n(reinterpret_cast<const double*>(rows_.get()), size_, to);\n"
     "  }\n"
     "  double deviation() const {\n"
     "    const double* const values = reinterpret_cast<const double*>(rows_.get());\n"
     "    double mean = 0, square = 0;\n"
     "    for (std::size_t i = 0; i < size_; ++i) mean += values[i] / static_cast<double>(size_);\n"
     "    for (std::size_t i = 0; i < size_; ++i) square += (values[i] - mean) * (values[i] - "
     "mean);\n"
     "    return std::sqrt(square / static_cast<double>(size_));\n"
     "  }\n"
     "\n"
     " private:\n"
     "  std::unique_ptr<Row[]> rows_;\n"
     "  std::size_t size_;\n"
     "};\n"},
};

class twin {
 public:
  twin(const program& p, const std::string& heading) : p_(p), heading_(heading) {
    if (p_.in != mode::train || p_.loss < 0)
      throw internal_bug("print_scalar: the program of " + p.network + " has no loss");
    if (gradient_of(p_.input) < 0)
      throw internal_bug("print_scalar: the program of " + p.network +
                         " has no gradient of its input; it needs differentiate_with_input");
    simplify_for_twin(p_);
    name_tensors();
    name_functions();
  }

  std::string print() {
    writer functions, whole;
    print_functions(functions);
    print_loss(whole);
    const std::string code = functions.text() + whole.text();
    writer w;
    head(w, code);
    std::string text = w.text();
    for (const helper& h : helpers) {
      if (code.find(h.token) != std::string::npos) text += h.text + std::string("\n");
    }
    return text + code;
  }

 private:
  int gradient_of(int id) const {
    for (std::size_t i = 0; i < p_.tensors.size(); ++i) {
      if (p_.tensors[i].what == role::gradient && p_.tensors[i].of == id)
        return static_cast<int>(i);
    }
    return -1;
  }
  static bool stored(const tensor& t) {
    return t.what == role::parameter || t.what == role::buffer;
  }

  // ---- names
  void name_tensors() {
    std::set<std::string> taken = {"parameters",   "x",   "target", "n",    "seed",   "step", "y",
                                   "d_parameters", "d_x", "kernel", "loss", "spreads"};
    for (const tensor& t : p_.tensors) {
      const std::string base =
          t.what == role::target && !row_extents(t).empty() ? "targets" : identifier(t.name);
      std::string name = base;
      const bool argument =
          t.what == role::target && base == "target";  // class numbers need no view
      for (int i = 2; !argument && !taken.insert(name).second; ++i)
        name = fmt::format("{}_{}", base, i);
      names_.push_back(name);
    }
  }
  // Kernels whose functions have the same text share the first one.
  void name_functions() {
    std::map<std::string, std::size_t> known;
    std::set<std::string> taken;
    for (std::size_t i = 0; i < p_.kernels.size(); ++i) {
      const std::string base = identifier(p_.kernels[i].name);
      scalar_function f = print_scalar_kernel(p_, p_.kernels[i], base);
      const auto [at, fresh] = known.emplace(f.banner + f.text, i);
      functions_.push_back(std::move(f));
      owners_.push_back(at->second);
      function_names_.push_back(base);
      if (fresh) {
        for (int n = 2; !taken.insert(function_names_[i]).second; ++n)
          function_names_[i] = fmt::format("{}_{}", base, n);
      }
    }
  }
  const std::string& name_of(int id) const { return names_[static_cast<std::size_t>(id)]; }

  // ---- the parts of the file
  void head(writer& w, const std::string& code) const {
    comment(w, fmt::format("{}, the scalar twin. {}", p_.network, heading_));
    w.line("//");
    w.line(
        "// A training step in double: plain loops over logical, contiguous, sample-major arrays. "
        "Slow and");
    w.line("// obvious; it says what the fast code means, and gradient checks compare the two.");
    w.line("");
    std::vector<std::string> includes = {"cmath", "cstddef", "cstdint", "limits", "memory"};
    if (code.find("array<") != std::string::npos || code.find("std::fill") != std::string::npos)
      includes.insert(includes.begin(), "algorithm");
    for (const std::string& i : includes) w.line("#include <{}>", i);
    w.line("");
    if (code.find("tenon::uniform") != std::string::npos) {
      w.line("#include <tenon/random.hpp>  // uniform: Philox4x32-10");
      w.line("");
    }
    w.line("namespace emitted::{}::scalar {{", p_.network);
    w.line("namespace {");
    w.line("");
  }

  void print_functions(writer& w) const {
    w.line("namespace kernel {");
    w.line("");
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      if (owners_[i] != i) continue;
      std::string users = function_names_[i];
      for (std::size_t j = i + 1; j < functions_.size(); ++j) {
        if (owners_[j] == i) users += ", " + identifier(p_.kernels[j].name);
      }
      comment(w, users + ":");
      w.finished(functions_[i].banner + "void " + function_names_[i] + functions_[i].text);
      w.line("");
    }
    w.line("}  // namespace kernel");
    w.line("}  // namespace");
    w.line("");
  }

  void print_loss(writer& w) const {
    const std::vector<bool> forward = forward_kernels();
    w.line(
        "// Mean loss of n samples. parameters: all parameters and buffers in order of "
        "declaration; likewise");
    w.line(
        "// d_parameters, with 0 for what is not trained. spreads: the deviation of each layer's "
        "outputs,");
    w.line("// and of the gradient there. y, d_parameters, d_x and spreads may be null.");
    w.line(
        fmt::format("double loss({}const double* parameters, const double* x, const double* "
                    "target, std::size_t n, {}std::uint64_t seed, "
                    "{}std::uint64_t step, double* y, double* d_parameters, double* d_x, "
                    "{}double* spreads) {{",
                    reads_parameters() ? "" : "[[maybe_unused]] ",
                    random() ? "" : "[[maybe_unused]] ", random() ? "" : "[[maybe_unused]] ",
                    spreads_of(p_).empty() ? "[[maybe_unused]] " : ""));
    w.indent(1);
    views(w);
    std::set<int> declared;
    const auto run = [&](bool now) {
      for (std::size_t i = 0; i < functions_.size(); ++i) {
        if (forward[i] == now) call(w, i, declared);
      }
    };
    run(true);
    give(w, p_.output, "y");
    w.line("if (d_parameters == nullptr && d_x == nullptr) return {};", name_of(p_.loss));
    w.line("");
    run(false);
    spreads(w);
    gradients(w);
    w.line("return {};", name_of(p_.loss));
    w.indent(-1);
    w.line("}");
    w.line("");
    w.line("}}  // namespace emitted::{}::scalar", p_.network);
  }

  // What the loss and the outputs depend on; all the rest is for gradients.
  std::vector<bool> forward_kernels() const {
    std::vector<bool> needed(p_.tensors.size()), forward(p_.kernels.size());
    needed[static_cast<std::size_t>(p_.loss)] = needed[static_cast<std::size_t>(p_.output)] = true;
    for (std::size_t i = p_.kernels.size(); i-- > 0;) {
      forward[i] = needed[static_cast<std::size_t>(p_.kernels[i].out)];
      if (!forward[i]) continue;
      for (int id : reads_of(p_.kernels[i])) needed[static_cast<std::size_t>(id)] = true;
    }
    return forward;
  }
  bool random() const {
    return std::any_of(functions_.begin(), functions_.end(),
                       [](const scalar_function& f) { return f.random; });
  }
  bool is_read(int id) const {
    return std::any_of(functions_.begin(), functions_.end(), [&](const scalar_function& f) {
      return std::find(f.tensors.begin(), f.tensors.end(), id) != f.tensors.end();
    });
  }
  bool reads_parameters() const {
    for (std::size_t i = 0; i < p_.tensors.size(); ++i) {
      if (stored(p_.tensors[i]) && is_read(static_cast<int>(i))) return true;
    }
    return false;
  }

  // ---- the caller's arrays, by name and shape
  static std::string at(const char* base, long offset) {
    return offset == 0 ? std::string(base) : fmt::format("{} + {}", base, offset);
  }

  void views(writer& w) const {
    view(w, p_.input, "x", 0);
    if (name_of(p_.target) != "target") view(w, p_.target, "target", 0);
    if (p_.sample_weight >= 0)  // behind the targets
      w.line("const double* const {} = target + {}n;", name_of(p_.sample_weight),
             p_.of(p_.target).shape.count() == 1
                 ? std::string()
                 : fmt::format("{} * ", p_.of(p_.target).shape.count()));
    for_each_stored([&](int id, long offset) { view(w, id, "parameters", offset); });
    w.line("");
  }
  void view(writer& w, int id, const char* base, long offset) const {
    if (!is_read(id)) return;
    const tensor& t = p_.of(id);
    const std::string row = row_extents(t);
    if (is_number(t))
      w.line("const double {} = {}[{}];", name_of(id), base, offset);
    else if (row.empty())
      w.line("const double* const {} = {};", name_of(id), at(base, offset));
    else
      w.line("const auto {} = view<double{}>({});", name_of(id), row, at(base, offset));
  }
  template <class F>
  long for_each_stored(F f) const {
    long offset = 0;
    for (std::size_t i = 0; i < p_.tensors.size(); ++i) {
      if (!stored(p_.tensors[i])) continue;
      f(static_cast<int>(i), offset);
      offset += p_.tensors[i].shape.count();
    }
    return offset;
  }

  void call(writer& w, std::size_t i, std::set<int>& declared) const {
    const scalar_function& f = functions_[i];
    const int out = p_.kernels[i].out;
    const tensor& t = p_.of(out);
    if (declared.insert(out).second) {
      if (is_number(t))
        w.line("double {} = 0;", name_of(out));
      else
        w.line("const array<double{}> {}({});", row_extents(t), name_of(out),
               t.where == home::sample ? "n" : std::to_string(t.shape[0]));
    }
    std::string text = fmt::format("kernel::{}({}{}", function_names_[owners_[i]],
                                   f.samples ? "n, " : "", f.random ? "seed, step, " : "");
    for (std::size_t a = 0; a < f.tensors.size(); ++a)
      text += (a ? ", " : "") + name_of(f.tensors[a]);
    w.line(text + ");");
  }

  void spreads(writer& w) const {
    const std::vector<layer_spread> all = spreads_of(p_);
    if (all.empty()) return;
    w.block("if (spreads != nullptr)", [&] {
      for (std::size_t i = 0; i < all.size(); ++i) {
        w.line("spreads[{}] = {}.deviation();", 2 * i, name_of(all[i].output));
        if (all[i].gradient >= 0)
          w.line("spreads[{}] = {}.deviation();", 2 * i + 1, name_of(all[i].gradient));
        else
          w.line("spreads[{}] = std::numeric_limits<double>::quiet_NaN();", 2 * i + 1);
      }
    });
  }

  void give(writer& w, int id, const char* to) const {
    w.line("if ({0} != nullptr) {1}.copy_to({0});", to, name_of(id));
  }
  void gradients(writer& w) const {
    give(w, gradient_of(p_.input), "d_x");
    const long count = for_each_stored([](int, long) {});
    if (count == 0) return;
    w.line("if (d_parameters == nullptr) return {};", name_of(p_.loss));
    w.line("std::fill_n(d_parameters, {}, 0.0);", count);
    for_each_stored([&](int id, long offset) {
      const int d = gradient_of(id);
      if (d < 0) return;
      if (is_number(p_.of(d)))
        w.line("d_parameters[{}] = {};", offset, name_of(d));
      else
        w.line("{}.copy_to({});", name_of(d), at("d_parameters", offset));
    });
  }

  program p_;
  std::string heading_;
  std::vector<std::string> names_;          // by tensor
  std::vector<scalar_function> functions_;  // by kernel
  std::vector<std::size_t> owners_;         // by kernel: whose function it calls
  std::vector<std::string> function_names_;
};

}  // namespace

std::vector<layer_spread> spreads_of(const program& p) {
  std::map<std::string, int> written;
  for (const kernel& k : p.kernels) written[p.of(k.out).name] = k.out;
  const auto find = [&](const std::string& name) {
    const auto found = written.find(name);
    return found == written.end() ? -1 : found->second;
  };
  std::vector<layer_spread> all;
  for (const layer_record& l : p.layers) {
    const bool own = l.output >= 0 && l.output != p.loss && p.of(l.output).where == home::sample &&
                     find(p.of(l.output).name) == l.output &&
                     std::find(l.inputs.begin(), l.inputs.end(), l.output) == l.inputs.end();
    if (!own) continue;
    const std::string& name = p.of(l.output).name;
    const int whole = find(name + "_gradient_sum");
    all.push_back({l.name, l.output, whole >= 0 ? whole : find(name + "_gradient")});
  }
  return all;
}

std::string print_scalar(const program& p, const std::string& heading) {
  return twin(p, heading).print();
}

}  // namespace tenon::codegen
