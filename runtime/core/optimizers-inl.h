// The optimizers over vectors of a target, and what surrounds them: the formulas are those of
// optimizer_rules-inl.h and penalties-inl.h.
#if defined(TENON_CORE_OPTIMIZERS_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_OPTIMIZERS_INL_H
#    undef TENON_CORE_OPTIMIZERS_INL_H
#  else
#    define TENON_CORE_OPTIMIZERS_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cmath>
#  include <cstdint>

#  include "runtime/core/arithmetic-inl.h"
#  include "runtime/core/emitted.hpp"
#  include "runtime/core/step.hpp"

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {

#  define TENON_INLINE HWY_INLINE
#  include "runtime/core/optimizer_rules-inl.h"
#  include "runtime/core/penalties-inl.h"
#  undef TENON_INLINE

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif
