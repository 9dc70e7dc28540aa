#include "runtime/data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

void require_fraction(double fraction, const char* flag) {
  if (fraction >= 0 && fraction < 1) return;
  throw user_error(fmt::format("{} {}: a fraction lies in [0, 1)", flag, fraction));
}

// Moves a random `fraction` of `from` to the result; both stay in ascending order.
std::vector<std::uint32_t> take(std::vector<std::uint32_t>& from, double fraction,
                                random_stream stream) {
  const auto n = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(from.size())));
  const auto order = permutation(static_cast<std::uint32_t>(from.size()), stream);
  std::vector<bool> chosen(from.size());
  for (std::size_t i = 0; i < n; ++i) chosen[order[i]] = true;
  std::vector<std::uint32_t> taken, left;
  for (std::size_t i = 0; i < from.size(); ++i) (chosen[i] ? taken : left).push_back(from[i]);
  from = std::move(left);
  return taken;
}

std::vector<std::uint32_t> all(const dataset& data) {
  std::vector<std::uint32_t> indices(data.samples());
  std::iota(indices.begin(), indices.end(), 0U);
  return indices;
}

}  // namespace

split make_split(const source_data& source, const split_options& options) {
  require_fraction(options.validation_fraction, "--val-fraction");
  require_fraction(options.test_fraction, "--test-fraction");
  split parts;
  parts.train = all(source.train);
  if (source.test) {
    parts.test = all(*source.test);
  } else if (source.splits) {
    parts.test =
        take(parts.train, options.test_fraction, random_stream(options.seed, purpose::test_part));
  }
  parts.validation = take(parts.train, options.validation_fraction,
                          random_stream(options.seed, purpose::validation_part));
  if (parts.train.empty()) {
    throw user_error(fmt::format(
        "{}: {} samples, and none left for training; lower --val-fraction or --test-fraction",
        source.name, source.train.samples()));
  }
  return parts;
}

std::vector<std::uint32_t> bootstrap(const std::vector<std::uint32_t>& part, std::uint64_t seed) {
  random_stream random(seed, purpose::bootstrap);
  std::vector<std::uint32_t> drawn;
  for (std::size_t i = 0; i < part.size(); ++i)
    drawn.push_back(part[random.below(static_cast<std::uint32_t>(part.size()))]);
  std::ranges::sort(drawn);
  return drawn;
}

const dataset& test_set(const source_data& source) {
  return source.test ? *source.test : source.train;
}

}  // namespace tenon::runtime
