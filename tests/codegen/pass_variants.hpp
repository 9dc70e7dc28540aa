// The ways to run the passes of the table behind `differentiate`: one alone, all, all but one.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "codegen/passes.hpp"
#include "codegen/verify.hpp"

namespace tenon::tests {

struct pass_variant {
  std::string name;
  std::function<void(codegen::program&)> run;
};

inline void run_all_but(codegen::program& p, std::string_view off) {
  for (const codegen::pass& each : codegen::passes()) {
    if (each.name == "differentiate") continue;
    if (each.name != off)
      each.run(p);
    else if (each.plain)
      each.plain(p);
    codegen::verify(p, each.name);
  }
}

inline std::vector<pass_variant> pass_variants() {
  std::vector<pass_variant> all;
  for (const codegen::pass& each : codegen::passes()) {
    if (each.name == "differentiate") continue;
    if (each.required && !each.plain) continue;
    all.push_back({"all but " + std::string(each.name),
                   [name = each.name](codegen::program& p) { run_all_but(p, name); }});
  }
  using simple = void (*)(codegen::program&);
  // Those that need no layout can stand alone.
  for (const auto& [name, run] : {std::pair<const char*, simple>{"drop_moves", codegen::drop_moves},
                                  {"remove_dead", codegen::remove_dead},
                                  {"fuse_maps", codegen::fuse_maps}}) {
    all.push_back({name, [name, run](codegen::program& p) {
                     run(p);
                     codegen::verify(p, name);
                   }});
  }
  all.push_back({"all", [](codegen::program& p) { run_all_but(p, ""); }});
  return all;
}

}  // namespace tenon::tests
