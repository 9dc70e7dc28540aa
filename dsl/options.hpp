// Options: what stands in the parentheses of a layer, named and free in order, and how they reach
// the layer's type.
#pragma once
#include <concepts>
#include <type_traits>

#include "dsl/text.hpp"

namespace tenon::detail {

// One or two numbers: of one length, or of height and width.
struct extent {
  int size[2] = {1, 1};
  constexpr extent() = default;
  constexpr extent(int h, int w) : size{h, w} {}
  constexpr int operator[](int i) const { return size[i]; }
  friend constexpr bool operator==(const extent&, const extent&) = default;
  friend constexpr text& operator<<(text& t, const extent& e) {
    t << e[0];
    return e[0] == e[1] ? t : t << ", " << e[1];
  }
};

enum class option : unsigned char {
  none,
  stride,
  padding,
  same,
  floor_,
  dilation,
  groups,
  depthwise,
  no_bias,
  init,
  weight_norm,
  weight_standardization,
  epsilon,
  momentum,
  cumulative,
  no_affine,
  label_smoothing,
  output_padding,
  vanilla,
  drop_connect,
  weight_noise,
  per_batch,
  per_sample,
  linear_decay,
  soft_targets,
  weighted,
  kernel,
  stranger,  // anything else in the parentheses
};
constexpr const char* name(option o) {
  constexpr const char* names[] = {"none",         "stride",          "padding",
                                   "same",         "floor_",          "dilation",
                                   "groups",       "depthwise",       "no_bias",
                                   "init",         "weight_norm",     "weight_standardization",
                                   "epsilon",      "momentum",        "cumulative",
                                   "no_affine",    "label_smoothing", "output_padding",
                                   "vanilla",      "drop_connect",    "weight_noise",
                                   "per_batch",    "per_sample",      "linear_decay",
                                   "soft_targets", "weighted",        "kernel",
                                   "stranger"};
  return names[static_cast<int>(o)];
}

template <int H, int W>
struct kernel_option {
  static constexpr option id = option::kernel;
};
template <int H, int W>
struct stride_option {
  static constexpr option id = option::stride;
};
template <int H, int W>
struct padding_option {
  static constexpr option id = option::padding;
};
template <int H, int W>
struct dilation_option {
  static constexpr option id = option::dilation;
};
template <int G>
struct groups_option {
  static constexpr option id = option::groups;
};
template <int H, int W>
struct output_padding_option {
  static constexpr option id = option::output_padding;
};
struct vanilla_option {
  static constexpr option id = option::vanilla;
};
struct per_batch_option {
  static constexpr option id = option::per_batch;
};
struct per_sample_option {
  static constexpr option id = option::per_sample;
};
struct linear_decay_option {
  static constexpr option id = option::linear_decay;
};
struct same_option {
  static constexpr option id = option::same;
};
struct floor_option {
  static constexpr option id = option::floor_;
};
struct depthwise_option {
  static constexpr option id = option::depthwise;
};
template <double E>
struct epsilon_option {
  static constexpr option id = option::epsilon;
};
template <double M>
struct momentum_option {
  static constexpr option id = option::momentum;
};
struct cumulative_option {
  static constexpr option id = option::cumulative;
};
struct no_affine_option {
  static constexpr option id = option::no_affine;
};
template <double E>
struct label_smoothing_option {
  static constexpr option id = option::label_smoothing;
};

struct soft_targets_option {
  static constexpr option id = option::soft_targets;
};
struct weighted_option {
  static constexpr option id = option::weighted;
};

// What every layer's settings have: the mistakes made while setting them. A layer's settings derive
// from it, and give one `set` per option that the layer knows; what only this catch-all takes is
// foreign.
struct settings_base {
  option foreign = option::none;
  option doubled = option::none;
  unsigned slots = 0;  // taken so far; options that exclude each other share a slot

  constexpr void take(option slot, option o) {
    const unsigned bit = 1U << static_cast<unsigned>(slot);
    if ((slots & bit) != 0) doubled = o;
    slots |= bit;
  }
  template <class O>
  constexpr void set(const O*) {
    if constexpr (requires { O::id; })
      foreign = O::id;
    else
      foreign = option::stranger;
  }
};

// The settings after these options; the order leaves no trace in the result, so it leaves none in
// the layer's type.
template <auto Settings, class... Options>
consteval auto with_options() {
  auto s = Settings;
  (s.set(static_cast<const Options*>(nullptr)),
   ...);  // pointers: a stranger may have no default constructor
  s.slots = 0;
  return s;
}

// The rule that all layers with options share; `known` lists theirs.
constexpr bool options_fit(const settings_base& s, const char* known, auto& no) {
  if (s.foreign == option::none && s.doubled == option::none) return true;
  if (s.foreign == option::stranger)
    return no("has something in its parentheses that is no option", text("it knows ") << known),
           false;
  if (s.foreign != option::none)
    return no(text("does not know the option ") << name(s.foreign), text("it knows ") << known),
           false;
  if (s.doubled == option::padding || s.doubled == option::same)
    return no("has two options for padding", "keep one of same and padding<P>"), false;
  if (s.doubled == option::groups || s.doubled == option::depthwise)
    return no("has two options for groups", "keep one of groups<G> and depthwise"), false;
  if (s.doubled == option::momentum || s.doubled == option::cumulative)
    return no("has two options for its running averages", "keep one of momentum<M> and cumulative"),
           false;
  if (s.doubled == option::weight_norm || s.doubled == option::weight_standardization)
    return no("rescales its weights twice", "keep one of weight_norm and weight_standardization"),
           false;
  if (s.doubled == option::per_batch || s.doubled == option::per_sample)
    return no("has two options for who is dropped together",
              "keep one of per_sample and per_batch"),
           false;
  if (s.doubled != option::none)
    return no(text("has the option ") << name(s.doubled) << " twice", "keep one of them"), false;
  return true;
}

// Writes "(a, b)" piece by piece, and nothing for no option.
class option_list {
 public:
  constexpr explicit option_list(text& t) : t_(t) {}
  constexpr text& next() { return t_ << (count_++ ? ", " : "("); }
  constexpr void close() {
    if (count_ > 0) t_ << ")";
  }

 private:
  text& t_;
  int count_ = 0;
};

}  // namespace tenon::detail

namespace tenon {

template <int H, int W = H>
inline constexpr detail::kernel_option<H, W>
    kernel{};  // in angle brackets: conv2d<16, kernel<3, 1>>
template <int H, int W = H>
inline constexpr detail::stride_option<H, W> stride{};
template <int H, int W = H>
inline constexpr detail::padding_option<H, W> padding{};
template <int H, int W = H>
inline constexpr detail::output_padding_option<H, W> output_padding{};
template <int H, int W = H>
inline constexpr detail::dilation_option<H, W> dilation{};
template <int G>
inline constexpr detail::groups_option<G> groups{};
inline constexpr detail::same_option same{};     // output as large as the input (before the stride)
inline constexpr detail::floor_option floor_{};  // windows that do not fit at the end are dropped
inline constexpr detail::depthwise_option depthwise{};        // one group per input channel
inline constexpr detail::vanilla_option vanilla{};            // dropout that rescales in evaluation
inline constexpr detail::per_sample_option per_sample{};      // a decision for each sample
inline constexpr detail::per_batch_option per_batch{};        // one for all samples of a step
inline constexpr detail::linear_decay_option linear_decay{};  // less in the first layers
template <double E>
inline constexpr detail::epsilon_option<E> epsilon{};
template <double M>
inline constexpr detail::momentum_option<M> momentum{};   // weight of the new value
inline constexpr detail::cumulative_option cumulative{};  // the mean of all batches so far
inline constexpr detail::no_affine_option no_affine{};    // no weight and bias behind the norm
template <double E>
inline constexpr detail::label_smoothing_option<E> label_smoothing{};
inline constexpr detail::soft_targets_option soft_targets{};
inline constexpr detail::weighted_option weighted{};  // a loss takes a weight per sample

}  // namespace tenon
