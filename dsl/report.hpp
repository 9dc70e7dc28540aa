// The one place where a wrong network stops the compiler: a false variable template whose arguments
// are the network and one sentence.
//
// How a computed sentence gets into an error: C++26's static_assert takes it; GCC prints a char
// array in a template argument in full; Clang prints arrays of up to 36 characters, so there it is
// split into rows of that size.
#pragma once
#include <cstddef>
#include <string_view>

#include "dsl/network.hpp"

namespace tenon {

template <class Network>
struct train;
template <class Network>
struct eval;

namespace detail {

// False is the error; its arguments are what GCC and Clang print.
template <class Network, auto Why>
inline constexpr bool builds = verdict_of<Network>.legal;

#ifdef __clang__

template <int Lines, int Width>
struct because {
  char text[Lines][Width + 1] = {};
};

struct lines_of_text {
  static constexpr std::size_t width_limit = 36;
  static constexpr int most = 24;
  char line[most][width_limit] = {};
  int lines = 0;
  std::size_t width = 0;

  constexpr lines_of_text& operator<<(std::string_view s) {  // breaks at spaces
    while (!s.empty() && lines < most) {
      std::size_t n = s.size() <= width_limit ? s.size() : s.rfind(' ', width_limit);
      if (n == s.npos || n == 0) n = width_limit;
      for (std::size_t i = 0; i < width_limit; ++i) line[lines][i] = i < n ? s[i] : ' ';
      ++lines;
      width = n > width ? n : width;
      s.remove_prefix(n < s.size() && s[n] == ' ' ? n + 1 : n);
    }
    return *this;
  }
};

template <class Network>
inline constexpr auto why = [] {
  constexpr lines_of_text from = [] {
    const verdict& v = verdict_of<Network>;
    text asks = v.needs;
    asks << ";";
    return v.legal ? lines_of_text{}
                   : lines_of_text{} << v.where.view() << v.arrived.view() << asks.view()
                                     << v.remedy.view();
  }();
  because<from.lines ? from.lines : 1, static_cast<int>(from.width)> b;
  for (int l = 0; l < from.lines; ++l) {
    for (std::size_t i = 0; i <= from.width; ++i) {
      b.text[l][i] =
          i < from.width ? from.line[l][i] : '\0';  // 0 written out: Clang prints digits else
    }
  }
  return b;
}();

#else

template <int Size>
struct because {
  char text[Size + 1] = {};
};

template <class Network>
inline constexpr auto why = [] {
  constexpr text sentence = verdict_of<Network>.sentence();
  because<sentence.size> b;
  for (int i = 0; i < sentence.size; ++i) b.text[i] = sentence.chars[i];
  return b;
}();

#endif

// The same for compilers whose static_assert takes a computed message (C++26).
template <class Network>
struct message : text {
  constexpr message() {
    *this << "tenon: " << name_of<Network>() << ": " << verdict_of<Network>.sentence();
  }
  constexpr std::size_t size() const { return view().size(); }
  constexpr const char* data() const { return chars; }
};

// Holds the assertion. Defined in <tenon/dsl.hpp>: a file between would be a line in every message.
// Clang prints only arguments that were substituted, and its notes leave out default ones; GCC
// prints those.
#ifdef __clang__
template <class Network, auto Why = why<Network>>
#else
template <class Network>
#endif
struct checked;

// What was declared: of a network itself, of train<net> and of eval<net>. By name, for asking the
// modes would instantiate them, and they would be frames of every message.
template <class Net>
struct declaration {
  using type = Net;
};
template <class Network>
struct declaration<train<Network>> {
  using type = Network;
};
template <class Network>
struct declaration<eval<Network>> {
  using type = Network;
};
template <class Net>
using checked_declaration =
    checked<typename declaration<Net>::type>;  // an alias: no frame of its own in messages

}  // namespace detail
}  // namespace tenon
