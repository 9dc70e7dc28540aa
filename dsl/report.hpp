// The one place where a wrong network stops the compiler: a false variable template whose arguments are the network and one sentence.
//
// How a computed sentence gets into an error: C++26's static_assert takes it; GCC prints a char array in a template argument in
// full; Clang prints arrays of up to 36 characters, so there it is split into rows of that size.
#pragma once
#include <cstddef>
#include <string_view>

#include "dsl/network.hpp"

namespace tenon::detail {

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L

template <class Network>
struct checked {
  static constexpr verdict result = verdict_of<Network>;
  struct message : text {
    constexpr message() { *this << "tenon: " << name_of<Network>() << ": " << result.sentence(); }
    constexpr std::size_t size() const { return view().size(); }
    constexpr const char* data() const { return chars; }
  };
  static_assert(result.legal, message{});
};

#else

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
    return lines_of_text{} << v.where.view() << v.arrived.view() << (v.legal ? std::string_view{} : asks.view()) << v.remedy.view();
  }();
  because<from.lines ? from.lines : 1, static_cast<int>(from.width)> b;
  for (int l = 0; l < from.lines; ++l) {
    for (std::size_t i = 0; i <= from.width; ++i) b.text[l][i] = i < from.width ? from.line[l][i] : '\0';  // 0 written out: Clang prints digits else
  }
  return b;
}();

template <class Network, auto Why = why<Network>>  // a default argument: Clang's notes say checked<lenet>
struct checked {

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

template <class Network>
struct checked {
  static constexpr auto Why = why<Network>;  // a member: GCC prints default arguments

#endif

  static constexpr verdict result = verdict_of<Network>;
  static_assert(builds<Network, Why>, "tenon: this network is wrong; the quoted text says where, why, and what to do");
};

#endif

// What was declared: of a network itself, of train<net> and of eval<net>.
template <class Net>
struct declaration {
  using type = Net;
};
template <class Net>
  requires requires { typename Net::declared; }
struct declaration<Net> {
  using type = typename Net::declared;
};
template <class Net>
using checked_declaration = checked<typename declaration<Net>::type>;  // an alias: no frame of its own in messages

}  // namespace tenon::detail
