#include "runtime/app/targets.hpp"

#include <hwy/base.h>
#include <hwy/targets.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/train/evaluate.hpp"

namespace tenon::runtime {
namespace {

constexpr std::int64_t with_fma =
    HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL | HWY_NEON | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128;

// What the network takes where only `allowed` is to be had; empty where it was not compiled for it.
std::string chosen(const network_entry& network) {
  try {
    if (network.make_trainer) return std::string(network.make_trainer(nullptr)->target());
    const aligned_floats weights(network.info->eval_image_floats);
    return std::string(network.make_evaluator(weights.span(), nullptr)->target());
  } catch (const std::runtime_error&) {
    return {};
  }
}

}  // namespace

std::vector<simd_target> usable_targets(const network_entry& network) {
  std::vector<simd_target> targets;
  hwy::SetSupportedTargetsForTest(0);  // detect
  // Highway numbers better targets lower.
  for (std::int64_t rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
    simd_target t{rest & -rest, {}, false};
    const only_target scope(t);
    t.name = chosen(network);
    // A network of a single target takes it whatever is allowed: it is found once, under its name.
    const bool known =
        std::ranges::any_of(targets, [&](const auto& u) { return u.name == t.name; });
    if (t.name.empty() || known) continue;
    for (std::int64_t bit = 1; bit > 0 && t.name != hwy::TargetName(t.bit); bit <<= 1) t.bit = bit;
    t.fma = (t.bit & with_fma) != 0;
    targets.push_back(t);
  }
  return targets;
}

only_target::only_target(const simd_target& t) { hwy::SetSupportedTargetsForTest(t.bit); }
only_target::~only_target() {
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace tenon::runtime
