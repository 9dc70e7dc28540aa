#include "codegen/tool/isa.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "codegen/tool/failure.hpp"

namespace tenon::tool {
namespace {

struct target {
  std::string_view name, macro;
};

// As in <hwy/detect_targets.h> of Highway 1.0.3.
constexpr std::array targets{
    target{"ssse3", "HWY_SSSE3"},     target{"sse4", "HWY_SSE4"},
    target{"avx2", "HWY_AVX2"},       target{"avx3", "HWY_AVX3"},
    target{"avx3_dl", "HWY_AVX3_DL"}, target{"neon", "HWY_NEON"},
    target{"sve", "HWY_SVE"},         target{"sve2", "HWY_SVE2"},
    target{"sve_256", "HWY_SVE_256"}, target{"sve2_128", "HWY_SVE2_128"},
    target{"rvv", "HWY_RVV"},         target{"ppc8", "HWY_PPC8"},
    target{"emu128", "HWY_EMU128"},
};

std::string_view macro_of(std::string_view name) {
  const auto found = std::ranges::find(targets, name, &target::name);
  if (found != targets.end()) return found->macro;
  std::vector<std::string_view> known;
  for (const target& each : targets) known.push_back(each.name);
  throw failure(
      fmt::format("--isa: there is no target '{}'; use native, dynamic, baseline, or a list of: {}",
                  name, fmt::join(known, ", ")));
}

}  // namespace

std::vector<std::string> isa_options(std::string_view isa) {
  // Plain -march=native fails with Highway 1.0.3 on CPUs newer than it, which the one static target
  // does not.
  if (isa == "native") return {"-march=native", "-DHWY_COMPILE_ONLY_STATIC"};
  if (isa == "dynamic") return {};
  if (isa == "baseline") return {"-DHWY_COMPILE_ONLY_STATIC"};

  std::string enabled = "HWY_EMU128|HWY_SCALAR";  // whichever of the two is the baseline must stay
  bool wants_dl = false;
  for (std::size_t from = 0; from <= isa.size();) {
    const std::size_t comma = std::min(isa.find(',', from), isa.size());
    const std::string_view macro = macro_of(isa.substr(from, comma - from));
    wants_dl = wants_dl || macro == "HWY_AVX3_DL";
    enabled += fmt::format("|{}", macro);
    from = comma + 1;
  }
  std::vector<std::string> options{fmt::format("-DHWY_DISABLED_TARGETS=(~({}))", enabled)};
  if (wants_dl) options.emplace_back("-DHWY_WANT_AVX3_DL");
  return options;
}

}  // namespace tenon::tool
