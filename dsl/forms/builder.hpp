// The pen with which a layer writes down what it computes:
//
//   const axis o = k.over(out), i = k.over(in);
//   value w = k.parameter("weight", {out, in}, he(in, out)), b = k.parameter("bias", {out}, ...);
//   return k.define({o}, b(o) + sum({i}, w(o, i) * x(i)));
//
// Shapes are per sample; where a kernel belongs (sample, batch, parameter) follows from what it reads.
#pragma once
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/forms/graph.hpp"

namespace tenon::forms {

// A handle on a tensor. Calling it reads an element: x(c, 2 * y + k - 1); outside the tensor a read gives 0.
struct value {
  int id = -1;
  dims shape;

  explicit operator bool() const { return id >= 0; }
  expr at(std::vector<affine> index, double outside = 0) const {
    return expr(node{.kind = op::read, .number = outside, .tensor = id, .index = std::move(index)});
  }
  expr at(const std::vector<axis>& index) const { return at(std::vector<affine>(index.begin(), index.end())); }
  template <class... Index>
  expr operator()(const Index&... index) const { return at(std::vector<affine>{affine(index)...}); }
};

class builder {
 public:
  bool train = true;    // training mode: noise is on, batch statistics are used
  int ordinal = 1, ordinals = 1;  // of the layers of its kind in the network, this is the ordinal-th; how many there are
  bool frozen = false;  // parameters are kept as they are: buffers

  builder(std::vector<tensor>& tensors, std::vector<kernel>& kernels) : tensors_(tensors), kernels_(kernels) {}

  // ---- axes: loop variables with a literal extent
  axis over(int extent) {
    extents_.push_back(extent);
    return {static_cast<int>(extents_.size()) - 1, extent};
  }
  std::vector<axis> over(const dims& shape) {  // one per dimension
    std::vector<axis> axes;
    for (int i = 0; i < shape.rank; ++i) axes.push_back(over(shape[i]));
    return axes;
  }

  // Where element [axes] lies in the row-major order of a tensor with these extents.
  static affine row_major(const std::vector<axis>& axes) {
    affine at;
    for (const axis& a : axes) at = a.extent * at + a;
    return at;
  }

  // Plain indices, to be changed or added to: the headers of layers don't know <vector>.
  static std::vector<affine> indices(const std::vector<axis>& axes) { return {axes.begin(), axes.end()}; }

  // ---- how parameters begin
  // U(-1/sqrt(fan_in), 1/sqrt(fan_in)), as PyTorch's linear and convolution layers do for weights and biases.
  static initialiser fan_in_uniform(long in, long out) {
    return {.how = initialiser::kind::fan_in_uniform, .fan_in = in, .fan_out = out};
  }
  static initialiser filled(double value) { return {.value = value}; }
  static initialiser normal(double deviation) { return {.how = initialiser::kind::normal, .value = deviation}; }
  static initialiser uniform_within(double bound) { return {.how = initialiser::kind::uniform, .value = bound}; }
  static initialiser orthogonal(double gain) { return {.how = initialiser::kind::orthogonal, .value = gain}; }
  // One number per row: the Euclidean length of that row of the parameter declared right before.
  static initialiser row_norms() { return {.how = initialiser::kind::row_norms}; }

  // ---- the layer's own tensors; `kind` is "weight", "bias", "running_mean", … and makes the name "<layer>.<kind>"
  value parameter(std::string_view kind, dims shape, initialiser how, bool decays) {
    return add({.name = qualified(kind), .where = home::parameter, .what = frozen ? role::buffer : role::parameter,
                .shape = shape, .initial = how, .decays = decays && !frozen});
  }
  // first_weight: what a batch weighs in a buffer that was set to 0 before it; 0: no average over batches.
  value buffer(std::string_view kind, dims shape, double initial, double first_weight = 0) {
    return add({.name = qualified(kind), .where = home::parameter, .what = role::buffer, .shape = shape,
                .initial = {.value = initial}, .decays = false, .first_weight = first_weight});
  }

  // How much each sample counts in a loss: the caller's number, 1 without one.
  value sample_weight() {
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i].what == role::sample_weight) return handle(static_cast<int>(i));
    }
    return add({.name = "sample_weight", .what = role::sample_weight});
  }

  // ---- kernels
  // out[axes] = e; its shape is the extents of the axes. `kind` names it "<layer>.<kind>" (none: "<layer>").
  value define(const std::vector<axis>& axes, const expr& e, std::string_view kind = {}) {
    dims shape;
    for (const axis& a : axes) shape.size[shape.rank++] = a.extent;
    value out = declare(shape, home_of(e), kind);
    write(out, std::vector<affine>(axes.begin(), axes.end()), e, kind);
    return out;
  }
  // A tensor written in pieces (concat, strided gradients): declare, then write each piece.
  value declare(dims shape, home where, std::string_view kind = {}) {
    return add({.name = qualified(kind), .where = where, .shape = shape});
  }
  void write(value out, std::vector<affine> at, const expr& e, std::string_view kind = {});
  // out[axes] = sum over all live samples of e: partial sums per part, then collected in order. Gives a batch tensor.
  value sum_over_batch(const std::vector<axis>& axes, const expr& e, std::string_view kind);
  // The gradient of a parameter, out[at] = sum over all samples of e. No mask: e has a gradient of samples as a factor,
  // which is zero in lanes beyond the batch, so that a product keeps the schedule of a contraction.
  value gradient_over_batch(dims shape, const std::vector<affine>& at, const expr& e, std::string_view kind);
  // Renews a buffer at the end of a training step, in place: e may read the buffer's old value.
  void assign(value buffer, const std::vector<axis>& axes, const expr& e) {
    const std::string& name = tensors_[static_cast<std::size_t>(buffer.id)].name;
    write(buffer, std::vector<affine>(axes.begin(), axes.end()), e, name.substr(name.find('.') + 1) + "_update");
  }
  // Copies x into a part of `out` that begins at `offset` in the first dimension.
  void place(value out, int offset, value x, std::string_view kind = {}) {
    const std::vector<axis> axes = over(x.shape);
    std::vector<affine> at(axes.begin(), axes.end());
    at.front() = offset + at.front();
    write(out, std::move(at), x.at(axes), kind);
  }
  // The number of live samples in this call.
  static expr batch_size() { return forms::batch_size(); }
  // f applied to each element.
  template <class F>
  value map(value x, F f, std::string_view kind = {}) {
    const std::vector<axis> axes = over(x.shape);
    return define(axes, f(x.at(axes)), kind);
  }
  // A random number in [0, 1) per element and sample: equal for the same seed, step, layer, sample and element.
  expr uniform(const affine& element) {
    return expr(node{.kind = op::uniform, .stream = stream_, .index = {element}});
  }

  // The same without the sample: one number per element and step. A kernel of draws and parameters runs before the samples.
  expr draw(const affine& element) {
    return expr(node{.kind = op::draw, .stream = stream_, .index = {element}});
  }

  // ---- for `backward`
  value recall(std::string_view kind) const;                // what forward named: "weight", "mean"
  bool needs_gradient(value v) const { return needs_ == nullptr || (*needs_)(v.id); }
  void gradient(value parameter, value d) { gradients_.emplace_back(parameter.id, d.id); }

  // ---- for lowering and passes
  void begin_layer(std::string name, int stream) { layer_ = std::move(name), stream_ = stream, suffix_.clear(); }
  void begin_backward(std::string name) { layer_ = std::move(name), suffix_ = "_gradient"; }
  void needs_gradient_if(const std::function<bool(int)>* needs) { needs_ = needs; }
  std::vector<std::pair<int, int>> take_gradients() { return std::exchange(gradients_, {}); }
  value handle(int id) const { return {id, tensors_[static_cast<std::size_t>(id)].shape}; }
  value add(tensor t) {
    tensors_.push_back(std::move(t));
    return handle(static_cast<int>(tensors_.size()) - 1);
  }
  home home_of(const expr& e) const;
  home home_of(value v) const { return tensors_[static_cast<std::size_t>(v.id)].where; }
  const std::vector<tensor>& tensors() const { return tensors_; }
  const std::string& layer() const { return layer_; }

 private:
  std::string qualified(std::string_view kind) const {
    return kind.empty() ? layer_ + suffix_ : layer_ + "." + std::string(kind);
  }
  static bool holds_reduction(const expr& e) {
    if (e->kind == op::sum || e->kind == op::maximum || e->kind == op::first_maximum) return true;
    return std::any_of(e->args.begin(), e->args.end(), holds_reduction);
  }
  expr renumber(const expr& e, kernel& k, std::vector<std::pair<int, int>>& ids) const;
  affine renumber(const affine& a, kernel& k, std::vector<std::pair<int, int>>& ids) const;

  std::vector<tensor>& tensors_;
  std::vector<kernel>& kernels_;
  std::vector<int> extents_;  // by axis id, over the builder's life
  std::string layer_, suffix_;
  int stream_ = 0;
  const std::function<bool(int)>* needs_ = nullptr;
  std::vector<std::pair<int, int>> gradients_;  // (parameter, its gradient)
};

inline home builder::home_of(const expr& e) const {
  home h = home::parameter;
  if (e->kind == op::read) h = tensors_[static_cast<std::size_t>(e->tensor)].where;
  if (e->kind == op::uniform || e->kind == op::live) h = home::sample;
  if (e->kind == op::batch_size) h = home::batch;
  for (const expr& a : e->args) h = std::max(h, home_of(a));
  return h;
}

inline affine builder::renumber(const affine& a, kernel& k, std::vector<std::pair<int, int>>& ids) const {
  affine out(a.constant);
  for (const affine::term& t : a.terms) {
    auto known = std::find_if(ids.begin(), ids.end(), [&](const auto& p) { return p.first == t.axis; });
    if (known == ids.end()) {
      ids.emplace_back(t.axis, static_cast<int>(k.extents.size()));
      k.extents.push_back(extents_[static_cast<std::size_t>(t.axis)]);
      known = ids.end() - 1;
    }
    out.add(known->second, t.coefficient);
  }
  return out;
}

inline expr builder::renumber(const expr& e, kernel& k, std::vector<std::pair<int, int>>& ids) const {
  node n = *e;
  for (axis& a : n.axes) a.id = renumber(affine(a), k, ids).terms.front().axis;
  for (affine& a : n.index) a = renumber(a, k, ids);
  for (expr& a : n.args) a = renumber(a, k, ids);
  return expr(std::move(n));
}

inline void builder::write(value out, std::vector<affine> at, const expr& e, std::string_view kind) {
  kernel k;
  k.layer = layer_;
  k.name = layer_ + suffix_;
  if (!kind.empty()) k.name.append("_").append(kind);  // "_" + std::string(…) makes GCC 12 warn (PR 105651)
  k.out = out.id;
  std::vector<std::pair<int, int>> ids;
  for (const affine& a : at) k.at.push_back(renumber(a, k, ids));
  k.outer = static_cast<int>(k.extents.size());
  k.value = renumber(e, k, ids);
  kernels_.push_back(std::move(k));
}

inline value builder::sum_over_batch(const std::vector<axis>& axes, const expr& e, std::string_view kind) {
  const std::string name(kind);
  // A reduction inside a larger expression is finished for each sample before samples are added up.
  if (e->kind != op::sum && holds_reduction(e)) return sum_over_batch(axes, define(axes, e, name + "_of_sample").at(axes), kind);
  dims shape;
  for (const axis& a : axes) shape.size[shape.rank++] = a.extent;
  const std::vector<affine> at(axes.begin(), axes.end());
  // The mask goes inside the reduction, so that dead lanes add nothing whatever they hold.
  const expr masked = e->kind == op::sum ? sum(e->axes, live(e->args[0])) : live(e);
  const value partial = declare(shape, home::part, name + "_part");
  write(partial, at, masked, name + "_part");
  const value whole = declare(shape, home::batch, name);
  write(whole, at, partial.at(at), name);
  return whole;
}

inline value builder::gradient_over_batch(dims shape, const std::vector<affine>& at, const expr& e,
                                          std::string_view kind) {
  const std::string name(kind);
  const value partial = declare(shape, home::part, name + "_part");
  write(partial, at, e, name + "_part");
  const value whole = declare(shape, home::batch, name);
  const std::vector<axis> axes = over(shape);
  write(whole, {axes.begin(), axes.end()}, partial.at(axes), name);
  return whole;
}

inline value builder::recall(std::string_view kind) const {
  const std::string name = kind.empty() ? layer_ : layer_ + "." + std::string(kind);
  for (std::size_t i = tensors_.size(); i-- > 0;) {
    if (tensors_[i].name == name) return handle(static_cast<int>(i));
  }
  throw std::logic_error("builder::recall: layer " + layer_ + " has no tensor named " + name);
}

}  // namespace tenon::forms
