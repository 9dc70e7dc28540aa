// Runs a check once per target that was compiled and that this CPU has; the test's message names
// the target.
#pragma once
#include <hwy/highway.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tests {

// Best target first. `compiled` is HWY_TARGETS.
inline std::vector<std::int64_t> usable_targets(std::int64_t compiled) {
  hwy::SetSupportedTargetsForTest(0);
  std::vector<std::int64_t> targets;
  for (std::int64_t rest = hwy::SupportedTargets() & compiled; rest != 0; rest &= rest - 1)
    targets.push_back(rest & -rest);
  return targets;
}

// HWY_DYNAMIC_DISPATCH takes this target until the next call or the end of the scope.
class only_target {
 public:
  explicit only_target(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
  ~only_target() {
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().DeInit();
  }
  only_target(const only_target&) = delete;
  only_target& operator=(const only_target&) = delete;
};

// Targets with FMA agree bit for bit with each other, and so do those without.
inline bool has_fma(std::int64_t target) {
  return (target & (HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL | HWY_NEON)) != 0;
}

}  // namespace tests
