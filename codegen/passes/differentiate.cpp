// Reverse mode over kernel forms, layer by layer from the loss. A layer's stated backward is used
// where there is one; otherwise each of its kernels is derived: the epilogue by the table of
// derivatives, a sum by turning its reads round, a maximum by the position of its first maximum.
// Contributions to one tensor are added in order.
#include <fmt/format.h>

#include <algorithm>

#include "codegen/passes.hpp"
#include "codegen/passes/invert.hpp"

namespace tenon::codegen {
namespace {

bool contains(const expr& e, const node* n) {
  const std::vector<const node*> all = in_order(e);
  return std::find(all.begin(), all.end(), n) != all.end();
}

// Kernels whose value is not linear in their reduction (log of a sum) are cut in two, so that the
// sum itself has a name.
void split_nonlinear_epilogues(program& p) {
  std::vector<kernel> out;
  std::vector<std::size_t> moved_to;
  for (kernel& k : p.kernels) {
    moved_to.push_back(out.size());
    const node* r = find_reduction(k.value);
    bool nonlinear = false;
    if (r && k.value.get() != r) {
      const auto all = [](const node& n) { return n.kind == op::read || is_reduction(n.kind); };
      for (const derivative& d : derivatives(k.value, expr(1), all))
        nonlinear = nonlinear || contains(d.second, r);
    }
    if (!nonlinear) {
      out.push_back(std::move(k));
      continue;
    }
    tensor t = p.of(k.out);
    t.name += "_sum";
    t.what = role::intermediate;
    p.tensors.push_back(t);
    kernel inner = k;
    inner.out = static_cast<int>(p.tensors.size()) - 1;
    inner.name += "_sum";
    expr value = k.value;
    k.value = rewrite(k.value, [&](node n) {
      if (!is_reduction(n.kind)) return expr(std::move(n));
      inner.value = expr(std::move(n));
      return expr(node{.kind = op::read, .tensor = inner.out, .index = k.at});
    });
    k.extents.resize(static_cast<std::size_t>(k.outer));
    out.push_back(std::move(inner));
    out.push_back(std::move(k));
  }
  moved_to.push_back(out.size());
  for (layer_record& l : p.layers)
    l.first_kernel = moved_to[l.first_kernel], l.last_kernel = moved_to[l.last_kernel];
  p.kernels = std::move(out);
}

class derivation {
 public:
  derivation(program& p, bool with_input)
      : p_(p),
        b_(p.tensors, p.kernels),
        needs_(p.tensors.size()),
        terms_(p.tensors.size()),
        total_(p.tensors.size(), -1) {
    b_.train = p.in == mode::train;
    for (std::size_t i = 0; i < p.tensors.size(); ++i)
      needs_[i] = (p.tensors[i].what == role::parameter && !p.tensors[i].redundant) ||
                  (with_input && static_cast<int>(i) == p.input);
    for (const kernel& k : p.kernels) {
      for (int id : reads_of(k)) {
        if (needs(id) && p.of(k.out).what != role::buffer)
          needs_[static_cast<std::size_t>(k.out)] = true;
      }
    }
    wants_ = [this](int id) { return needs(id); };
    b_.needs_gradient_if(&wants_);
  }

  void run() {
    for (std::size_t i = p_.layers.size(); i-- > 0;) {
      const layer_record& l = p_.layers[i];
      b_.begin_backward(l.name);
      const std::size_t before = p_.kernels.size();
      if (l.backward)
        state(l);
      else
        for (std::size_t k = l.last_kernel; k-- > l.first_kernel;) derive(kernel(p_.kernels[k]));
      for (std::size_t k = before; k < p_.kernels.size(); ++k) {
        if (p_.kernels[k].layer.empty()) p_.kernels[k].layer = l.name;
      }
    }
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      const tensor& t = p_.tensors[i];
      if (t.what != role::parameter && static_cast<int>(i) != p_.input) continue;
      if (const int d = total(static_cast<int>(i)); d >= 0)
        p_.of(d).what = role::gradient, p_.of(d).of = static_cast<int>(i);
    }
  }

 private:
  bool needs(int id) const {
    return static_cast<std::size_t>(id) < needs_.size() && needs_[static_cast<std::size_t>(id)];
  }

  void state(const layer_record& l) {
    const int d_y = l.output == p_.loss ? -1 : total(l.output);
    if (d_y < 0 && l.output != p_.loss) return;
    const forms::value d_x = l.backward(b_, d_y < 0 ? forms::value{} : b_.handle(d_y));
    if (d_x && needs(l.inputs.front())) {
      p_.of(d_x.id).name = p_.of(l.inputs.front()).name + "_gradient";
      terms_[static_cast<std::size_t>(l.inputs.front())].push_back(d_x.id);
    }
    for (const auto& [parameter, d] : b_.take_gradients())
      terms_[static_cast<std::size_t>(parameter)].push_back(d);
  }

  // The gradient of a tensor, once all who read it have been derived; -1: none.
  int total(int id) {
    std::vector<int>& terms = terms_[static_cast<std::size_t>(id)];
    int& whole = total_[static_cast<std::size_t>(id)];
    if (whole >= 0 || terms.empty()) return whole;
    if (terms.size() == 1) return whole = terms.front();
    const std::vector<axis> axes = b_.over(p_.of(id).shape);
    expr sum = b_.handle(terms.front()).at(axes);
    for (std::size_t i = 1; i < terms.size(); ++i) sum = sum + b_.handle(terms[i]).at(axes);
    const forms::value v = b_.declare(p_.of(id).shape, p_.of(terms.front()).where);
    p_.of(v.id).name = p_.of(id).name + "_gradient_sum";
    b_.write(v, {axes.begin(), axes.end()}, sum);
    p_.kernels.back().name = plain(p_.of(id).name) + "_gradient_sum";
    return whole = v.id;
  }

  expr gradient_at(int id, const std::vector<affine>& index) {
    if (id == p_.loss) return expr(1);
    const int d = total(id);
    return d < 0 ? expr() : b_.handle(d).at(index);
  }

  void derive(const kernel& k) {
    if (!needs(k.out)) return;
    const expr d = gradient_at(k.out, k.at);
    if (!d) return;
    const auto wanted = [&](const node& n) {
      return (n.kind == op::read && needs(n.tensor)) || is_reduction(n.kind);
    };
    std::vector<derivative> outer = derivatives(k.value, d, wanted);
    for (const auto& [what, term] : merged(outer)) {
      if (what->kind == op::read)
        spread(k, static_cast<std::size_t>(k.outer), *what, term, 1);
      else
        derive_reduction(k, *what, term);
    }
  }

  void derive_reduction(const kernel& k, const node& r, expr g) {
    double factor = 1;  // literal factors stay outside the new sum
    while (g->kind == op::multiply && (is_constant(g->args[0]) || is_constant(g->args[1]))) {
      const bool left = is_constant(g->args[0]);
      factor *= g->args[left ? 0 : 1]->number;
      g = g->args[left ? 1 : 0];
    }
    if (g->kind != op::read && !is_constant(g) && form_of(k) == form::contract) g = named(k, g);
    if (r.kind == op::maximum) g = select(equal(position(place(r)), first_of(k, r)), g, expr(0));
    const auto wanted = [&](const node& n) { return n.kind == op::read && needs(n.tensor); };
    for (const auto& [what, term] : merged(derivatives(r.args[0], g, wanted)))
      spread(k, k.extents.size(), *what, term, factor);
  }

  // Row-major position among the reduced axes.
  static affine place(const node& r) {
    affine a;
    for (const axis& x : r.axes) a = x.extent * a + affine(x);
    return a;
  }

  expr outer_read(const kernel& k, int id) { return b_.handle(id).at(std::vector<affine>(k.at)); }

  // A tensor shaped like k's output that holds `value` (in k's axes).
  int materialise(const kernel& k, const expr& value, const std::string& suffix) {
    const forms::value v = b_.declare(p_.of(k.out).shape, p_.of(k.out).where);
    p_.of(v.id).name = p_.of(k.out).name + suffix;
    kernel copy = k;
    copy.out = v.id;
    copy.name = k.name + suffix;
    copy.value = value;
    copy.note.clear();
    if (!find_reduction(value)) copy.extents.resize(static_cast<std::size_t>(k.outer));
    p_.kernels.push_back(std::move(copy));
    return v.id;
  }
  expr named(const kernel& k, const expr& g) {
    return outer_read(k, materialise(k, g, "_gradient_at_sum"));
  }
  expr first_of(const kernel& k, const node& r) {
    return outer_read(k, materialise(k, first_maximum(r.axes, r.args[0]), "_first_maximum"));
  }

  // Terms for the same element of the same tensor become one.
  static std::vector<derivative> merged(const std::vector<derivative>& all) {
    std::vector<derivative> out;
    for (const derivative& d : all) {
      auto twin = std::find_if(out.begin(), out.end(),
                               [&](const derivative& o) { return same(o.first, d.first); });
      if (twin == out.end())
        out.push_back(d);
      else
        twin->second = twin->second + d.second;
    }
    return out;
  }

  // gradient of read.tensor [read.index] += factor * term, over the first `used` axes of k.
  void spread(const kernel& k, std::size_t used, const node& read, const expr& term,
              double factor) {
    const tensor source = p_.of(read.tensor);
    const inversion inverse = invert(b_, k, used, read.index, source.shape);
    const bool of_samples = source.where == home::sample;
    const bool sums_samples = !of_samples && b_.home_of(term) == home::sample;
    std::vector<int>& terms = terms_[static_cast<std::size_t>(read.tensor)];
    std::string name =
        source.name + "_gradient" + (terms.empty() ? "" : fmt::format("_{}", terms.size() + 1));
    const home where = of_samples ? home::sample : sums_samples ? home::part : home::batch;
    const forms::value out = b_.declare(source.shape, where);
    p_.of(out.id).name = sums_samples ? name + "_part" : name;
    const std::string kernel_name = plain(k.name) + "_" + short_name(source, k.layer) + "_gradient";
    if (!inverse.complete) zero(out, kernel_name);
    for (std::size_t i = 0; i < inverse.pieces.size(); ++i) {
      const piece& q = inverse.pieces[i];
      expr e = q.no_terms ? expr(0) : substitute(term, q.axes);
      if (!q.no_terms && !q.reduced.empty()) e = sum(q.reduced, e);
      if (!q.no_terms && factor != 1) e = e * expr(factor);
      b_.write(out, q.at, e);
      p_.kernels.back().name =
          inverse.pieces.size() > 1 ? fmt::format("{}_phase_{}", kernel_name, i) : kernel_name;
    }
    terms.push_back(sums_samples ? collect(out, name) : out.id);
  }

  void zero(forms::value out, const std::string& kernel_name) {
    const std::vector<axis> axes = b_.over(out.shape);
    b_.write(out, {axes.begin(), axes.end()}, expr(0));
    p_.kernels.back().name = kernel_name + "_zero";
  }

  int collect(forms::value part, const std::string& name) {
    const std::vector<axis> axes = b_.over(part.shape);
    const forms::value whole = b_.declare(part.shape, home::batch);
    p_.of(whole.id).name = name;
    b_.write(whole, {axes.begin(), axes.end()}, part.at(axes));
    p_.kernels.back().name = plain(name) + "_collect";
    return whole.id;
  }

  static std::string plain(std::string name) {
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
  }
  static std::string short_name(const tensor& t, const std::string& layer) {
    if (t.name.starts_with(layer + ".")) return plain(t.name.substr(layer.size() + 1));
    return "input";
  }

  program& p_;
  forms::builder b_;
  std::vector<bool> needs_;
  std::vector<std::vector<int>> terms_;  // contributions to the gradient of each forward tensor
  std::vector<int> total_;
  std::function<bool(int)> wants_;
};

void differentiate(program& p, bool with_input) {
  if (p.in != mode::train || p.loss < 0) return;
  split_nonlinear_epilogues(p);
  derivation(p, with_input).run();
}

}  // namespace

void differentiate(program& p) { differentiate(p, false); }
void differentiate_with_input(program& p) { differentiate(p, true); }

}  // namespace tenon::codegen
