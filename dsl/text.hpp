// Sentences put together while compiling, and how names, numbers and shapes are spelled in them.
#pragma once
#include <concepts>
#include <string_view>

#include "dsl/shape.hpp"

namespace tenon::detail {

// A bounded string that constant expressions can build; what does not fit is cut off.
struct text {
  static constexpr int capacity = 480;
  char chars[capacity] = {};
  int size = 0;

  constexpr text() = default;
  constexpr explicit(false) text(const char* s) { *this << s; }

  constexpr std::string_view view() const { return {chars, static_cast<std::size_t>(size)}; }
  constexpr bool empty() const { return size == 0; }
  friend constexpr bool operator==(const text& a, std::string_view b) { return a.view() == b; }

  constexpr text& operator<<(char c) {
    if (size < capacity - 1) chars[size++] = c;
    return *this;
  }
  constexpr text& operator<<(std::string_view s) {
    for (char c : s) *this << c;
    return *this;
  }
  constexpr text& operator<<(const char* s) { return *this << std::string_view(s); }
  constexpr text& operator<<(const text& t) { return *this << t.view(); }
  constexpr text& operator<<(std::integral auto n) {
    if (n < 0) *this << '-';
    if (n > 9 || n < -9) *this << (n < 0 ? -(n / 10) : n / 10);
    return *this << static_cast<char>('0' + (n < 0 ? -(n % 10) : n % 10));
  }
  // Six significant digits at most, no trailing zeros: 0.5, 1e-05.
  constexpr text& operator<<(double x) {
    if (x != x) return *this << "NaN";
    if (x < 0) return *this << '-' << -x;
    if (x > 1e15) return *this << "more than 1e15";
    int exponent = 0;
    for (; x != 0 && x < 1e-3 && exponent > -400; --exponent) x *= 10;
    if (exponent != 0) {
      while (x < 1) x *= 10, --exponent;
    }
    const long millionths = static_cast<long>(x * 1e6 + 0.5);
    *this << millionths / 1'000'000;
    if (millionths % 1'000'000 != 0) *this << '.';
    for (long rest = millionths % 1'000'000, unit = 100'000; rest > 0; rest %= unit, unit /= 10)
      *this << rest / unit;
    return exponent == 0 ? *this : *this << 'e' << exponent;
  }
  constexpr text& operator<<(const dims& d) {
    *this << '[';
    for (int i = 0; i < d.rank; ++i) *this << (i ? ", " : "") << d[i];
    return *this << ']';
  }
};

// The name of a type as its author wrote it.
template <class T>
consteval std::string_view name_of() {
  // Ends in "T = lenet]" (Clang) or "T = lenet; std::string_view = …]" (GCC).
  std::string_view s = __PRETTY_FUNCTION__;
  s.remove_prefix(s.find("T = ") + 4);
  return s.substr(0, s.find_first_of(";]"));
}

}  // namespace tenon::detail
