// The error that banners of Winograd's kernels state, beside the one that is measured.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "codegen/passes.hpp"
#include "codegen/transform.hpp"
#include "tests/emitted/agreement.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/networks.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

const network_entry& entry_named(const std::string& name) {
  for (const network_entry* each : entries())
    if (each->info->name == name) return *each;
  throw std::invalid_argument("no network is called " + name);
}

// The largest of several draws; outputs alone.
double measured(const network_value& net) {
  double worst = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    agreement check(net.declaration(), entry_named(net.name), seed);
    check.draw(4);
    for (const deviation& d : check.check_eval(nullptr)) worst = std::max(worst, d.relative);
  }
  return worst;
}

TEST_CASE("the stated error is that of the largest of many results, within a factor of two") {
  struct shape {
    std::string name;
    int tile, channels;
  };
  for (const auto& [name, tile, channels] :
       {shape{"winograd_4_16", 4, 16}, shape{"winograd_4_64", 4, 64}, shape{"winograd_2_16", 2, 16},
        shape{"winograd_2_64", 2, 64}}) {
    CAPTURE(name);
    const std::vector<network_value> all = networks_of("winograd");
    const auto net = std::find_if(all.begin(), all.end(),
                                  [&](const network_value& each) { return each.name == name; });
    REQUIRE(net != all.end());
    const double stated = codegen::winograd_error(tile, channels), found = measured(*net);
    MESSAGE(name << ": stated " << stated << ", measured " << found);
    CHECK(found < 2 * stated);
    CHECK(found > stated / 2);
    codegen::program p = net->lowered(mode::eval);
    codegen::run_passes(p);
    const std::string words =
        fmt::format("F({0} x {0}, 3 x 3): largest error about {1:.0e}", tile, stated);
    CHECK(std::any_of(p.kernels.begin(), p.kernels.end(), [&](const codegen::kernel& k) {
      return k.note.find(words) != std::string::npos;
    }));
  }
}

}  // namespace
