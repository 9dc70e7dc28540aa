// The options of layers with weights: no_bias, init<...>, weight_norm, weight_standardization,
// drop_connect<drop(p)>, weight_noise<s>. weights.hpp says what they do.
#pragma once
#include "dsl/initialization.hpp"
#include "dsl/layer.hpp"
#include "dsl/options.hpp"
#include "dsl/probability.hpp"

namespace tenon::detail {

enum class rescaling : unsigned char { none, norm, standard };

struct no_bias_option {
  static constexpr option id = option::no_bias;
};
struct weight_norm_option {
  static constexpr option id = option::weight_norm;
};
struct weight_standardization_option {
  static constexpr option id = option::weight_standardization;
};
template <auto P>
struct drop_connect_option {
  static constexpr option id = option::drop_connect;
};
template <double S>
struct weight_noise_option {
  static constexpr option id = option::weight_noise;
};
template <auto... Parts>
struct init_option {
  static constexpr option id = option::init;
};

// no_bias and init<...>.
template <class Settings>
struct with_initial : Settings {
  bool bias = true;
  initialization initial;

  using Settings::set;
  constexpr void set(const no_bias_option*) {
    this->take(option::no_bias, option::no_bias), bias = false;
  }
  template <auto... Parts>
  constexpr void set(const init_option<Parts...>*) {
    this->take(option::init, option::init), initial = make_initialization<Parts...>();
  }
  constexpr void spell_initial(option_list& list) const {
    if (!bias) list.next() << "no_bias";
    if (initial.how != scheme::usual || !initial.understood) initial.spell(list.next());
  }
};

// All of them.
template <class Settings>
struct with_weights : with_initial<Settings> {
  rescaling rescaled = rescaling::none;
  probability connections{0, false};  // that are dropped
  bool is_named = true;               // the probability is drop(p) or keep(q)
  double noise = 0;                   // standard deviation

  using with_initial<Settings>::set;
  constexpr void set(const weight_norm_option*) {
    this->take(option::weight_norm, option::weight_norm), rescaled = rescaling::norm;
  }
  constexpr void set(const weight_standardization_option*) {
    this->take(option::weight_norm, option::weight_standardization);
    rescaled = rescaling::standard;
  }

  template <auto P>
  constexpr void set(const drop_connect_option<P>*) {
    this->take(option::drop_connect, option::drop_connect);
    is_named = is_probability<P>;
    if constexpr (is_probability<P>) connections = P;
  }
  template <double S>
  constexpr void set(const weight_noise_option<S>*) {
    this->take(option::weight_noise, option::weight_noise), noise = S;
  }
  constexpr bool is_random() const { return drops_connections() || noise != 0; }
  constexpr bool drops_connections() const { return connections.keep() != 1; }

  // of_one: the weights that make one output.
  constexpr bool weights_fit(long of_one, auto& no) const {
    if (!this->initial.fits(no)) return false;
    if (rescaled == rescaling::standard && of_one < 2)
      return no("standardises a single weight per output, which leaves nothing",
                "use weight_norm, or no option"),
             false;
    if (!(noise >= 0 && noise <= 1e30))
      return no("has weight noise of a standard deviation that is negative or not finite",
                "write a number from 0 upwards, such as weight_noise<0.01>"),
             false;
    if (!is_named)
      return no("drops connections with a bare number",
                "say which: drop_connect<drop(0.5)> or drop_connect<keep(0.5)>"),
             false;
    if (!(connections.keep() > 0 && connections.keep() <= 1))
      return no("drops connections with a probability outside [0, 1)",
                "write a number from 0 to below 1, such as drop_connect<drop(0.5)>"),
             false;
    return true;
  }
  constexpr long count_weights(int outputs, long of_one) const {
    return saturated(outputs, of_one) + (this->bias ? outputs : 0) +
           (rescaled == rescaling::norm ? outputs : 0);
  }
  constexpr void spell_weights(option_list& list) const {
    this->spell_initial(list);
    if (rescaled == rescaling::norm) list.next() << "weight_norm";
    if (rescaled == rescaling::standard) list.next() << "weight_standardization";
    if (drops_connections())
      list.next() << "drop_connect<" << (connections.of_keeping ? "keep(" : "drop(")
                  << connections.value << ")>";
    if (noise != 0) list.next() << "weight_noise<" << noise << ">";
  }
};

}  // namespace tenon::detail

namespace tenon {

inline constexpr detail::no_bias_option no_bias{};
inline constexpr detail::weight_norm_option weight_norm{};
inline constexpr detail::weight_standardization_option weight_standardization{};
template <auto P>
inline constexpr detail::drop_connect_option<P> drop_connect{};
template <double S>
inline constexpr detail::weight_noise_option<S> weight_noise{};
template <auto... Parts>
inline constexpr detail::init_option<Parts...> init{};

}  // namespace tenon
