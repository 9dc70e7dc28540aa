// Every network that was linked, on every target of this CPU that was compiled, against run_scalar
// in double.
#include "tests/emitted/agreement.hpp"

#include <doctest/doctest.h>
#include <hwy/highway.h>

#include <array>
#include <map>
#include <string>

#include "runtime/core/dispatch.hpp"
#include "tests/core/targets.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/networks.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

// A sum of K products errs by about sqrt(K) half-units of 2^-24 of its terms: the longest sums here
// (weight gradients over 64 samples) have some thousands, 70 x 6e-8 = 4e-6, and the layers around
// them as much again. Gradients that a norm behind them cancels (a bias before a norm) err ten
// times as much of what is left. Measured: 8e-6 on the samples, 3e-6 on the layers.
constexpr double tolerance = 7e-5;
// Nobody chose the random ones: norms over three samples of nearly one value enlarge the errors of
// what is before them. Measured: 1.2e-4 on the worst (a batch norm right behind a group norm of
// what a single input makes); all others stay below the bound above.
constexpr double random_tolerance = 2e-4;

std::vector<std::int64_t> targets() {
  if constexpr (single_target<HWY_TARGETS>) return {HWY_TARGETS};
  return ::tests::usable_targets(HWY_TARGETS);
}

// run_scalar interprets: some hundred nanoseconds for every multiplication.
constexpr long longest = 3'000'000;

class all_networks {
 public:
  all_networks() {
    for (const char* list : {TENON_LISTS})
      for (network_value& net : networks_of(list)) values_.emplace(net.name, std::move(net));
  }
  const network_value& of(const network_entry& e) const {
    return values_.at(std::string(e.info->name));
  }

 private:
  std::map<std::string, network_value> values_;
};

void hold(const std::vector<deviation>& all, deviation& worst, const std::string& where) {
  for (const deviation& d : all) {
    CAPTURE(d.what);
    CHECK(d.relative < (where.starts_with("random_") ? random_tolerance : tolerance));
    if (!(d.relative <= worst.relative)) worst = {where + ", " + d.what, d.relative};
  }
}

TEST_CASE("emitted code agrees with the program it was printed from") {
  const all_networks networks;
  pool two(2);
  std::map<std::string, deviation> worst;  // per target
  REQUIRE(entries().size() > 0);
  for (const network_entry* entry : entries()) {
    const network_value& net = networks.of(*entry);
    agreement check(net.declaration(), *entry, 7);
    for (const std::size_t n : {std::size_t{1}, std::size_t{3}, std::size_t{16}, std::size_t{17},
                                std::size_t{capacity}}) {
      if (n > 3 && static_cast<long>(n) * entry->info->flops_train > 2 * longest) continue;
      check.draw(n);
      for (const std::int64_t target : targets()) {
        const ::tests::only_target only(target);
        for (pool* threads : {static_cast<pool*>(nullptr), &two}) {
          const std::string where = net.name + ", n = " + std::to_string(n);
          INFO(where << " on " << std::string(hwy::TargetName(target)) << ": " << net.spelled());
          deviation& w = worst[hwy::TargetName(target)];
          hold(check.check_eval(threads), w, where);
          hold(check.check_sampling(threads), w, where);
          if (check.can_train()) hold(check.check_train(threads), w, where);
        }
      }
    }
  }
  for (const auto& [target, w] : worst)
    MESSAGE(entries().size() << " networks on " << target << ": at most " << w.relative << " ("
                             << w.what << ")");
}

}  // namespace
