// Random networks: all passes against none, and the gradient along a random direction.
//   TENON_RANDOM_NETWORKS=2000 codegen_random      more of them
#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "tests/codegen/gradient_check.hpp"
#include "tests/codegen/pass_variants.hpp"
#include "tests/codegen/random_networks.hpp"

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

TEST_CASE("random networks use the whole vocabulary") {
  std::set<std::string> kinds;
  for (std::uint64_t seed = first_seed; seed < first_seed + networks(); ++seed) {
    for (const detail::row& r : random_network(seed, limits).make().rows)
      kinds.insert(std::string(r.kind));
  }
  for (const layer_value& l : random_network::pool()) {
    CAPTURE(l.row.kind);
    CHECK(kinds.contains(std::string(l.row.kind)));
  }
  for (const char* kind : {"residual", "add", "concat", "add_with", "concat_with",
                           "softmax_cross_entropy", "mean_squared_error"}) {
    CAPTURE(kind);
    CHECK(kinds.contains(kind));
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
