// What the number behind a flag has to be, in words: CLI11's own checks spell the largest double
// out, and let nan through.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace tenon::runtime {

// fits(number); wrong: "is not above 0".
template <class Fits>
CLI::Validator number_that(Fits fits, std::string wrong, const std::string& description) {
  return CLI::Validator(
      [fits, wrong](std::string& given) {
        double number = 0;
        if (!CLI::detail::lexical_cast(given, number)) return given + " is no number";
        return fits(number) ? std::string() : given + " " + wrong;
      },
      description);
}

inline CLI::Validator positive() {
  return number_that([](double v) { return v > 0; }, "is not above 0", "POSITIVE");
}
inline CLI::Validator not_negative() {
  return number_that([](double v) { return v >= 0; }, "is not 0 or more", "NONNEGATIVE");
}
inline CLI::Validator between(double least, double most) {
  const std::string range = CLI::detail::to_string(least) + " - " + CLI::detail::to_string(most);
  return number_that([=](double v) { return v >= least && v <= most; }, "is not in " + range,
                     "FLOAT in [" + range + "]");
}

}  // namespace tenon::runtime
