#include "codegen/lower.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "codegen/take_factor.hpp"

namespace tenon::codegen {
namespace {

using detail::fate;
using detail::kind_of_row;
using detail::row;
using forms::value;

class lowering {
 public:
  lowering(const declaration& d, mode m, int batch, detail::settling how)
      : d_(d), b_(p_.tensors, p_.kernels), fates_(d.rows.size()), into_(d.rows.size()) {
    p_.network = d.name;
    p_.in = m;
    p_.batch = batch;
    detail::settle(d.rows.data(), static_cast<int>(d.rows.size()), m, how, fates_.data(),
                   into_.data());
    names_ = layer_names(d.rows);
    int blocks = 0;  // around a row that are frozen
    for (const row& r : d.rows) {
      if (!r.kind.empty()) ++kinds_[r.kind];
      if (r.role == kind_of_row::frozen) blocks += r.round > 0 ? 1 : -1;
      frozen_.push_back(blocks > 0);
    }
  }

  program run() {
    for (std::size_t i = 0; i < d_.rows.size(); ++i) follow(i);
    finish();
    return std::move(p_);
  }

 private:
  struct fork {
    value in;
    std::vector<value> out;
  };

  void follow(std::size_t i) {
    const row& r = d_.rows[i];
    switch (r.role) {
      case kind_of_row::input:
        return begin(r);
      case kind_of_row::begin:
        forks_.push_back({now_, {}});
        return;
      case kind_of_row::next:
        forks_.back().out.push_back(now_), now_ = forks_.back().in;
        return;
      case kind_of_row::end:
        forks_.back().out.push_back(now_);
        return;
      case kind_of_row::residual:
      case kind_of_row::add:
      case kind_of_row::concat: {
        const fork f = forks_.back();
        forks_.pop_back();
        return join(i, f.out);
      }
      case kind_of_row::save:
        saved_[r.name] = now_;
        return;
      case kind_of_row::add_with:
      case kind_of_row::concat_with:
        return join(i, {now_, saved_.at(r.name)});
      case kind_of_row::round:
      case kind_of_row::frozen:
        return;
      case kind_of_row::loss:
        return loss(i);
      case kind_of_row::map:
        return pass(i);
    }
  }

  void begin(const row& r) {
    complaint none;
    now_ = b_.add({.name = "input", .what = role::input, .shape = r.shape({}, none)});
    p_.input = now_.id;
    p_.layers.push_back({.name = "input",
                         .kind = "input",
                         .spelling = spelled(r),
                         .in = now_.shape,
                         .out = now_.shape,
                         .first_kernel = 0,
                         .last_kernel = 0});
  }

  layer_record& open(std::size_t i) {
    const row& r = d_.rows[i];
    layer_record l;
    l.name = names_[i], l.kind = r.kind, l.spelling = spelled(r);
    l.in = now_.shape;
    l.frozen = frozen_[i];
    l.parameters = r.parameters(now_.shape), l.macs = r.macs(now_.shape);
    l.first_kernel = p_.kernels.size();
    p_.layers.push_back(l);
    begin_layer(i);
    return p_.layers.back();
  }
  // Who draws random numbers does in eval_mc what it does in training, all others what they do in
  // evaluation. The same holds in training inside of what is frozen.
  void begin_layer(std::size_t i) {
    b_.begin_layer(names_[i], static_cast<int>(i));
    b_.train = d_.hooks[i].is_noise ? p_.in != mode::eval : p_.in == mode::train && !frozen_[i];
    b_.frozen = frozen_[i];
  }
  void close(value y, const std::vector<value>& inputs) {
    layer_record& l = p_.layers.back();
    l.out = y.shape;
    l.last_kernel = p_.kernels.size();
    l.output = y.id;
    for (value x : inputs) l.inputs.push_back(x.id);
    now_ = y;
  }

  void pass(std::size_t i) {
    const layer_hooks& h = d_.hooks[i];
    layer_record& l = open(i);
    const value x = now_;
    if (fates_[i] != fate::kept) {
      const bool merged = fates_[i] == fate::merged;
      if (!merged) factor_ *= d_.rows[i].factor;
      l.became = merged ? "folded into " + names_[static_cast<std::size_t>(into_[i])]
                        : "an identity in this mode: gone";
      p_.notes.push_back(l.name +
                         (merged ? " folded into " + names_[static_cast<std::size_t>(into_[i])]
                                 : " dropped: an identity in this mode"));
      return close(x, {x});
    }
    if (!h.forward) throw internal_bug(l.name + " has no forward");
    const std::size_t norm = absorbed_by(i);
    value y;
    if (norm != 0) {
      begin_layer(norm);
      complaint none;
      const auto [scale, shift] = d_.hooks[norm].affine(b_, d_.rows[i].shape(x.shape, none)[0]);
      begin_layer(i);
      y = h.forward_scaled(b_, x, scale, shift);
      p_.kernels.back().note = names_[norm] + " folded in";
    } else {
      y = h.forward(b_, x);
    }
    if (factor_ != 1 && d_.rows[i].takes_factor)
      take_factor(p_, b_, p_.layers.back().first_kernel, x.id, std::exchange(factor_, 1.0));
    if (b_.train && d_.rows[i].absorbs_affine && normalised_next(i)) mark_redundant_bias(names_[i]);
    if (h.uses_batch_statistics && b_.train) {
      const int positions = static_cast<int>(x.shape.count() / x.shape[0]);
      p_.norm_positions =
          p_.norm_positions == 0 ? positions : std::min(p_.norm_positions, positions);
    }
    // What is stated belongs to the batch's statistics.
    if (h.backward && (b_.train || !h.uses_batch_statistics))
      p_.layers.back().backward = [f = h.backward, x, y](forms::builder& b, value d_y) {
        return f(b, x, y, d_y);
      };
    close(y, {x});
  }

  // The row that was merged into row i, or 0.
  std::size_t absorbed_by(std::size_t i) const {
    for (std::size_t j = i + 1; j < d_.rows.size(); ++j) {
      if (fates_[j] == fate::merged && into_[j] == static_cast<int>(i)) return j;
    }
    return 0;
  }
  // Whether what follows directly takes out any shift of a channel.
  bool normalised_next(std::size_t i) const {
    for (std::size_t j = i + 1; j < d_.rows.size(); ++j) {
      if (d_.rows[j].role == kind_of_row::frozen && d_.rows[j].round > 0) return false;
      if (d_.rows[j].role == kind_of_row::frozen || d_.rows[j].role == kind_of_row::round) continue;
      return d_.hooks[j].uses_batch_statistics;
    }
    return false;
  }
  void mark_redundant_bias(const std::string& layer) {
    for (tensor& t : p_.tensors) {
      if (t.name == layer + ".bias") t.redundant = true;
    }
  }

  void join(std::size_t i, const std::vector<value>& inputs) {
    now_ = inputs.front();
    open(i);
    b_.ordinal = ++joined_[d_.rows[i].kind], b_.ordinals = kinds_.at(d_.rows[i].kind);
    close(d_.hooks[i].join(b_, inputs), inputs);
  }

  // The network's output is what enters the loss.
  void mark_output() {
    if (p_.output >= 0) return;
    if (p_.of(now_.id).what == role::input) {
      // A layer of its own, or the copy would have no derivative.
      const value x = now_;
      p_.layers.push_back({.name = "output",
                           .kind = "output",
                           .spelling = "output",
                           .in = x.shape,
                           .out = x.shape,
                           .first_kernel = p_.kernels.size()});
      b_.begin_layer("output", 0);
      close(b_.map(x, [](const expr& v) { return v; }), {x});
    }
    p_.output = now_.id;
    p_.of(now_.id).what = role::output;
  }

  void loss(std::size_t i) {
    const layer_hooks& h = d_.hooks[i];
    mark_output();
    const value z = now_;
    p_.target_is_class = h.target_is_class;
    p_.target_is_distribution = h.target_is_distribution;
    p_.classes = h.target_is_class || h.target_is_distribution ? z.shape[0] : 0;
    open(i);
    if (fates_[i] != fate::kept) {
      p_.layers.back().became = "a loss: gone, its probabilities remain";
      const value probabilities = h.probabilities ? h.probabilities(b_, z) : z;
      p_.probabilities = probabilities.id;
      if (probabilities.id != z.id) p_.of(probabilities.id).what = role::probabilities;
      return close(z, {z});
    }
    const value target =
        b_.add({.name = "target", .what = role::target, .shape = h.target_shape(z.shape)});
    p_.target = target.id;
    const value whole = h.loss(b_, z, target);
    p_.of(whole.id).what = role::loss;
    p_.loss = whole.id;
    for (std::size_t t = 0; t < p_.tensors.size(); ++t) {
      if (p_.tensors[t].what == role::sample_weight) p_.sample_weight = static_cast<int>(t);
    }
    if (h.loss_backward)
      p_.layers.back().backward = [f = h.loss_backward, z, target](forms::builder& b, value) {
        return f(b, z, target);
      };
    close(whole, {z});
    now_ = z;
  }

  void finish() {
    mark_output();
    if (p_.probabilities < 0) p_.probabilities = p_.output;
  }

  const declaration& d_;
  program p_;
  forms::builder b_;
  std::vector<fate> fates_;
  std::vector<int> into_;
  std::vector<std::string> names_;
  std::vector<fork> forks_;
  std::map<std::string_view, value> saved_;
  std::map<std::string_view, int> kinds_, joined_;  // how many there are, and how many so far
  std::vector<bool> frozen_;                        // by row
  double factor_ = 1;  // of evaluation, on its way to the weights that take it
  value now_;
};

}  // namespace

std::string spelled(const row& r) {
  detail::text t;
  r.spell(t);
  return std::string(t.view());
}

std::vector<std::string> layer_names(std::span<const row> rows) {
  std::vector<std::string> names;
  std::map<std::string_view, int> count;
  for (const row& r : rows) {
    const bool named = !r.kind.empty() && !detail::is_mark(r.role) && r.role != kind_of_row::input;
    const bool joins = r.role == kind_of_row::residual;
    names.push_back(named || joins ? fmt::format("{}_{}", r.kind, ++count[r.kind])
                                   : std::string(r.kind));
  }
  return names;
}

program lower(const declaration& d, mode m, int batch, detail::settling how) {
  return lowering(d, m, batch, how).run();
}

program lower_single(const declaration& d, detail::settling how) {
  program p = lower(d, mode::eval, 1, how);
  p.single = true;
  return p;
}

}  // namespace tenon::codegen
