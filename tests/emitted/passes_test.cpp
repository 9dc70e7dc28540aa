// Networks emitted without one pass: those that only move things give the bits of all passes.
#include <doctest/doctest.h>

#include <string>

#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;

const network_entry* entry_named(const std::string& name) {
  for (const network_entry* each : entries())
    if (each->info->name == name) return each;
  return nullptr;
}

TEST_CASE("a pass that only moves or removes things does not change a bit") {
  int compared = 0;
  for (const network_entry* entry : entries()) {
    const std::string name(entry->info->name);
    if (name.find("_without_") != std::string::npos) continue;
    const subject s(*entry);
    for (const char* pass : {"drop_moves", "remove_dead", "strips", "share_kernels", "plan_memory"}) {
      CAPTURE(name);
      CAPTURE(pass);
      const network_entry* const without = entry_named(name + "_without_" + pass);
      REQUIRE(without != nullptr);
      const subject other(*without);
      CHECK(same_bits(s.evaluated(*s.make_evaluator(nullptr), 0, 37),
                      other.evaluated(*other.make_evaluator(nullptr), 0, 37)));
      CHECK(same_bits(s.derived(*s.make_trainer(nullptr), 37),
                      other.derived(*other.make_trainer(nullptr), 37)));
      CHECK(same_bits(s.trained(*s.make_trainer(nullptr), 64),
                      other.trained(*other.make_trainer(nullptr), 64)));
      ++compared;
    }
  }
  CHECK(compared > 0);
}

}  // namespace
