// Random networks: all passes against none, and the gradient along a random direction.
//   TENON_RANDOM_NETWORKS=2000 codegen_random      more of them
#include <doctest/doctest.h>

#include <cstdlib>
#include <regex>
#include <set>
#include <string>

#include "tests/codegen/gradient_check.hpp"
#include "tests/codegen/pass_variants.hpp"
#include "tests/codegen/random_networks.hpp"
#include "tests/codegen/samples.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

constexpr std::uint64_t first_seed = 1000;

// 200, or as many as the environment's TENON_RANDOM_NETWORKS says.
std::uint64_t networks() {
  const char* asked = std::getenv("TENON_RANDOM_NETWORKS");
  return asked == nullptr ? 200 : std::stoull(asked);
}

// 30,000 multiply-adds: a plain double interpreter runs 200 of these in seconds.
constexpr network_limits limits{.layers = 12, .elements = 65'536, .macs = 30'000};
constexpr std::size_t n = 4;

TEST_CASE("random networks are the same for the same seed and different for others") {
  std::set<std::string> seen;
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed) {
    const network_value net = random_network(seed, limits).make();
    CAPTURE(seed);
    CAPTURE(net.spelled());
    CHECK(net.check().legal);
    CHECK(net.spelled() == random_network(seed, limits).make().spelled());
    seen.insert(net.spelled());
  }
  CHECK(seen.size() > networks() * 9 / 10);
}

// The words of a spelling: kinds of layers, and options.
std::set<std::string> words_of(const std::string& spelling) {
  static const std::regex word("[a-z_][a-z_0-9]*");
  return {std::sregex_token_iterator(spelling.begin(), spelling.end(), word),
          std::sregex_token_iterator()};
}

TEST_CASE("random networks use the whole vocabulary") {
  std::set<std::string> used;
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed)
    used.merge(words_of(random_network(seed, limits).make().spelled()));
  // Numbers are drawn over initial ones, and repeats are written out before anything sees them.
  const std::set<std::string> left_out{"fan_out", "glorot_normal", "orthogonal", "repeat"};
  for (const network_value& sample : samples()) {  // of every layer, with its options
    CAPTURE(sample.spelled());
    for (const std::string& word : words_of(sample.spelled())) {
      if (left_out.contains(word)) continue;
      CAPTURE(word);
      CHECK(used.contains(word));
    }
  }
}

TEST_CASE("passes leave the results of random networks alone") {
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed) {
    const network_value net = random_network(seed, limits).make();
    CAPTURE(seed);
    CAPTURE(net.spelled());
    for (mode m : {mode::train, mode::eval}) {
      CAPTURE(m == mode::train);
      codegen::program p = net.lowered(m);
      codegen::differentiate_with_input(p);
      const results before = results_of(p, run_on_random_values(p, n, seed));
      run_all_but(p, "");
      CHECK(difference(before, results_of(p, run_on_random_values(p, n, seed)), 1e-12) == "");
    }
  }
}

TEST_CASE("gradients of random networks agree with differences along a random direction") {
  long checked = 0, skipped = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed) {
    const network_value net = random_network(seed, limits).make();
    CAPTURE(seed);
    CAPTURE(net.spelled());
    const gradient_check result = check_direction(net.lowered(mode::train), n, seed, 1e-6);
    CHECK(result.failure == "");
    checked += result.checked, skipped += result.skipped;
  }
  CHECK(skipped <= (checked + skipped) / 20);
}

TEST_CASE("evaluation of random networks does not depend on folding") {
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed) {
    const network_value net = random_network(seed, limits).make();
    CAPTURE(seed);
    CAPTURE(net.spelled());
    const codegen::program folded = net.lowered(mode::eval);
    const codegen::program plain =
        net.lowered(mode::eval, {.drop_identities = false, .merge_affine = false});
    // 12 layers of at most 300 terms each, in a sum that may cancel: 12 * 4 sqrt(300) eps < 2e-13.
    CHECK(difference(results_of(plain, run_on_random_values(plain, n, seed)),
                     results_of(folded, run_on_random_values(folded, n, seed)), 2e-13) == "");
  }
}

}  // namespace
