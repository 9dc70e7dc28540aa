// Choice of the instruction set, once when a network is opened. In the emitted file, after `#if
// HWY_ONCE`:
//
//   HWY_EXPORT(run_block);
//   …
//   if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
//   run_block_ = &HWY_DYNAMIC_DISPATCH(run_block);  // a plain function pointer from now on
//
// Without choose_target() the pointer would go through Highway's chooser at each call. With several
// targets this needs libhwy, with one (HWY_COMPILE_ONLY_STATIC, which -march=native needs with
// Highway 1.0.3 on newer CPUs) only its headers. `compiled` is always HWY_TARGETS: a template
// argument, because it differs between translation units.
#pragma once
#include <hwy/highway.h>

#include <cstdint>

namespace tenon {

template <std::int64_t compiled>
inline constexpr bool single_target = (compiled & (compiled - 1)) == 0;

// Whether this CPU has one of the compiled targets; if so, HWY_DYNAMIC_DISPATCH takes the best from
// now on. A single target cannot be asked: it was the compiler's choice for the whole program.
template <std::int64_t compiled>
inline bool choose_target() noexcept {
  if constexpr (single_target<compiled>) {
    return true;
  } else {
    const std::int64_t supported = hwy::SupportedTargets();
    if ((supported & compiled) == 0) return false;
    hwy::GetChosenTarget().Update(supported);
    return true;
  }
}

// Name of the target that choose_target() takes: "AVX3", "AVX2", "EMU128", …
template <std::int64_t compiled>
inline const char* target_name() noexcept {
  if constexpr (single_target<compiled>) {
    return hwy::TargetName(compiled);
  } else {
    const std::int64_t usable = hwy::SupportedTargets() & compiled;
    return hwy::TargetName(usable & -usable);  // better targets have lower bits
  }
}

}  // namespace tenon
