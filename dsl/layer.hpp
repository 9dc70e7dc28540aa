// What every layer has: the base class with all defaults, and the row in which the checks see it.
#pragma once
#include <concepts>
#include <string_view>
#include <type_traits>

#include "dsl/forms/fwd.hpp"
#include "dsl/mode.hpp"
#include "dsl/shape.hpp"
#include "dsl/text.hpp"

// A layer's file ends with the networks on which the generic tests try it: TENON_SAMPLES(relu,
// input<7> | relu, …). Whoever runs such tests defines the macro before including the layers; for
// everybody else it is empty and costs nothing.
#ifndef TENON_SAMPLES
#  define TENON_SAMPLES(layer, ...)
#endif

namespace tenon {

// With which a rule refuses: `return no("needs a flat input", "put flatten before it");`. The first
// complaint counts.
class complaint {
 public:
  constexpr dims operator()(const detail::text& needs, const detail::text& remedy) {
    if (!made_) needs_ = needs, remedy_ = remedy, made_ = true;
    return {};
  }
  constexpr bool made() const { return made_; }
  constexpr const detail::text& needs() const { return needs_; }
  constexpr const detail::text& remedy() const { return remedy_; }

 private:
  detail::text needs_, remedy_;
  bool made_ = false;
};

namespace detail {

// What a row of the flat list is: a layer proper (map), an end of the network, or a mark that
// directs the flow of values.
enum class kind_of_row : unsigned char {
  map,
  input,
  loss,
  begin,     // the first branch begins; its input is remembered
  next,      // the next branch begins, with the same input
  end,       // the last branch has ended
  residual,  // joins the branches by addition; without a shortcut the second branch is empty
  add,       // joins the branches by addition
  concat,    // joins the branches along channels
  save,
  add_with,
  concat_with,
  frozen,  // a frozen block begins (round 1) or ends (round 0)
  round,   // a round of a repeat begins (round >= 1), or the repeat ends (round 0)
};

// Marks are no layers to their reader: they are not counted in positions.
constexpr bool is_mark(kind_of_row r) {
  using enum kind_of_row;
  return r == begin || r == next || r == end || r == residual || r == round || r == frozen;
}

}  // namespace detail

// Base of all layers, of those in user code too. A layer derives from it, is empty, and says what
// differs from these defaults:
//   kind            its name in parameters and emitted code: lower case, digits and underscores
//   shape           output shape per sample, or a complaint
//   parameters      number of trained values, of macs the multiply-adds of its contracts per sample
//   factor          a number that evaluation multiplies by where the layer has vanished: the layers
//                   behind it have to pass it on (passes_factor: f(c x) = c f(x)) to one that is
//                   linear in its input and takes it into its weights (takes_factor)
//   is_noise        draws random numbers in training; then it does in mode eval_mc what it does in
//                   training, and every other layer does there what it does in evaluation
//   identity_in     the layer does nothing in this mode and vanishes
//   affine_in       y = scale[channel] * x + shift[channel] in this mode; gives both by
//                   `affine(builder, channels)`
//   absorbs_affine  can take such a scale and shift into its own parameters, by `forward_scaled`
//   uses_batch_statistics  in training each channel is normalised over the batch, so a shift before
//                   it changes nothing
//   initial_gain    of an activation: what gain<…> takes for it, where initial weights are drawn
//   spell           how the declaration writes it (default: its kind)
//   forward         what it computes, in forms; `backward` where that is better than the derived
//                   gradient
struct layer {
  using text = detail::text;
  using kind_of_row = detail::kind_of_row;

  static constexpr kind_of_row role = kind_of_row::map;
  static constexpr std::string_view kind{};
  static constexpr bool absorbs_affine = false;
  static constexpr bool uses_batch_statistics = false;
  static constexpr bool is_noise = false;
  static constexpr double factor = 1;
  static constexpr bool takes_factor = false, passes_factor = false;
  static constexpr dims shape(dims in, complaint&) { return in; }
  static constexpr long parameters(dims) { return 0; }
  static constexpr long macs(dims) { return 0; }
  static constexpr bool identity_in(mode) { return false; }
  static constexpr bool affine_in(mode) { return false; }

  static constexpr std::string_view name{};    // of save and its readers
  static constexpr int round = 0, rounds = 0;  // of repeat
};

namespace detail {

template <class L>
concept layer_type = std::derived_from<L, layer>;

// A layer as a value. The checks are one loop over an array of these, so errors have nothing to
// list.
struct row {
  kind_of_row role;
  bool absorbs_affine, is_noise, takes_factor, passes_factor;
  double factor;
  bool identity[modes], affine[modes];  // by mode
  std::string_view kind, name;
  int round, rounds;
  void (*spell)(text&);
  dims (*shape)(dims, complaint&);
  long (*parameters)(dims);
  long (*macs)(dims);
};

template <class L>
constexpr void spell(text& t) {
  if constexpr (requires { L::spell(t); }) {
    L::spell(t);
  } else if constexpr (L::kind.empty()) {
    t << name_of<L>();
  } else {
    t << L::kind;
  }
}

// The mode that a layer is told: it knows training and evaluation.
template <class L>
constexpr mode told(mode m) {
  return m != mode::eval_mc ? m : L::is_noise ? mode::train : mode::eval;
}

template <class L>
inline constexpr row row_of{
    .role = L::role,
    .absorbs_affine = L::absorbs_affine,
    .is_noise = L::is_noise,
    .takes_factor = L::takes_factor,
    .passes_factor = L::passes_factor,
    .factor = L::factor,
    .identity = {L::identity_in(mode::train), L::identity_in(mode::eval),
                 L::identity_in(told<L>(mode::eval_mc))},
    .affine = {L::affine_in(mode::train), L::affine_in(mode::eval),
               L::affine_in(told<L>(mode::eval_mc))},
    .kind = L::kind,
    .name = L::name,
    .round = L::round,
    .rounds = L::rounds,
    .spell = &spell<L>,
    .shape = &L::shape,
    .parameters = &L::parameters,
    .macs = &L::macs,
};

// Products of sizes stop here instead of overflowing; inference refuses such layers long before.
constexpr long saturated(auto... factors) {
  constexpr long limit = 1L << 62;
  long product = 1;
  const auto times = [&](long f) { product = f > 0 && product > limit / f ? limit : product * f; };
  (times(factors), ...);
  return product;
}

}  // namespace detail
}  // namespace tenon
