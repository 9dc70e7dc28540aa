// All that emitted code may include from the runtime. Emitted files include it after
// <hwy/highway.h>, inside their foreach_target loop: the `-inl.h` headers then define themselves
// once per target in tenon::HWY_NAMESPACE. No include guard here: every header below has its own.
#include "runtime/core/arena.hpp"
#include "runtime/core/blob.hpp"
#include "runtime/core/call.hpp"
#include "runtime/core/dispatch.hpp"
#include "runtime/core/emitted.hpp"
#include "runtime/core/one_sample.hpp"
#include "runtime/core/pool.hpp"
#include "runtime/core/random.hpp"
// Per target.
#include "runtime/core/arithmetic-inl.h"
#include "runtime/core/math-inl.h"
#include "runtime/core/optimizers-inl.h"
#include "runtime/core/random-inl.h"
#include "runtime/core/step-inl.h"
#include "runtime/core/sums-inl.h"
#include "runtime/core/transpose-inl.h"
