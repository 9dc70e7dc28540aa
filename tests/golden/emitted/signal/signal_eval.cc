// signal, eval. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network and build
// again.
//
//   layer                 output   parameters  FLOP/sample   what became of it
//   input                 [1, 12]
//   conv1d_1              [3, 12]          12          216
//   avg_pool_1            [1, 12]
//   concat_1              [4, 12]
//   mean_squared_error_1  [4, 12]                            a loss: gone, its probabilities remain
//
// Samples lie innermost, 16 to a block: [channels][height][width][16]. Batches hold up to 32
// samples, 2 blocks in 2 parts. Blocks are independent of each other, and each goes through the
// whole network on one thread. Weights keep the order of their shapes; rows are padded to 16 floats
// and never a multiple of 4 KB apart.
//
// Arena: 12288 bytes, of which 6144 per part.
// Up to 2 samples beyond whole blocks go one at a time, with kernels whose lanes are outputs
// (namespace single) and an image of their own: 320 bytes behind 256.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "signal_eval.cc"
#include <hwy/foreach_target.h>  // compiles this file once per target; must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tenon/core.hpp>

#include "emitted/signal.hpp"

#ifndef EMITTED_SIGNAL_EVAL_JOB
#define EMITTED_SIGNAL_EVAL_JOB
namespace emitted::signal::eval_kernels {

// One call: its arguments, and where its memory lies.
struct job {
  const float* x = nullptr;
  float* y = nullptr;
  std::size_t n = 0, parts = 0;
  const float* image = nullptr;  // parameters, folded
  float* part_memory = nullptr;  // 1536 floats per part: what a block needs within a phase
  bool probabilities = false;
  tenon::pool* threads = nullptr;  // of single samples
};

}  // namespace emitted::signal::eval_kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace emitted::signal::eval_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace math = tenon::HWY_NAMESPACE;  // exp, tanh, ...: the same bits everywhere, no libm
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
[[maybe_unused]] constexpr D d;
[[maybe_unused]] constexpr hn::CappedTag<float, 1> one;
[[maybe_unused]] constexpr hn::RebindToUnsigned<D> du;
[[maybe_unused]] constexpr hn::RebindToSigned<D> di;

// conv1d_1: y[c, i] = bias[c] + sum over k of weight[c, 0, k] * x[0, i + k - 1]
// bias [3], weight [3][16], x [1][14][16], y [3][12][16].   Tile: 2 x 6.
// 216 FLOP per sample.
void conv1d_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    for (size_t i = 0; i < 12; i += 6) {
      for (size_t b = 0; b < 16; b += N) {
        V sum0_0 = hn::Zero(d);
        V sum0_1 = hn::Zero(d);
        V sum0_2 = hn::Zero(d);
        V sum0_3 = hn::Zero(d);
        V sum0_4 = hn::Zero(d);
        V sum0_5 = hn::Zero(d);
        V sum1_0 = hn::Zero(d);
        V sum1_1 = hn::Zero(d);
        V sum1_2 = hn::Zero(d);
        V sum1_3 = hn::Zero(d);
        V sum1_4 = hn::Zero(d);
        V sum1_5 = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V weight0 = hn::Set(d, weight[c * 16 + k]);
          const V weight1 = hn::Set(d, weight[c * 16 + k + 16]);
          const V x0 = hn::Load(d, x + i * 16 + k * 16 + b);
          sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
          sum1_0 = hn::MulAdd(weight1, x0, sum1_0);
          const V x1 = hn::Load(d, x + i * 16 + k * 16 + 16 + b);
          sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
          sum1_1 = hn::MulAdd(weight1, x1, sum1_1);
          const V x2 = hn::Load(d, x + i * 16 + k * 16 + 32 + b);
          sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
          sum1_2 = hn::MulAdd(weight1, x2, sum1_2);
          const V x3 = hn::Load(d, x + i * 16 + k * 16 + 48 + b);
          sum0_3 = hn::MulAdd(weight0, x3, sum0_3);
          sum1_3 = hn::MulAdd(weight1, x3, sum1_3);
          const V x4 = hn::Load(d, x + i * 16 + k * 16 + 64 + b);
          sum0_4 = hn::MulAdd(weight0, x4, sum0_4);
          sum1_4 = hn::MulAdd(weight1, x4, sum1_4);
          const V x5 = hn::Load(d, x + i * 16 + k * 16 + 80 + b);
          sum0_5 = hn::MulAdd(weight0, x5, sum0_5);
          sum1_5 = hn::MulAdd(weight1, x5, sum1_5);
        }
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Add(bias0, sum0_0), d, y + c * 192 + i * 16 + b);
        hn::Store(hn::Add(bias0, sum0_1), d, y + c * 192 + i * 16 + 16 + b);
        hn::Store(hn::Add(bias0, sum0_2), d, y + c * 192 + i * 16 + 32 + b);
        hn::Store(hn::Add(bias0, sum0_3), d, y + c * 192 + i * 16 + 48 + b);
        hn::Store(hn::Add(bias0, sum0_4), d, y + c * 192 + i * 16 + 64 + b);
        hn::Store(hn::Add(bias0, sum0_5), d, y + c * 192 + i * 16 + 80 + b);
        const V bias1 = hn::Set(d, bias[c + 1]);
        hn::Store(hn::Add(bias1, sum1_0), d, y + c * 192 + i * 16 + 192 + b);
        hn::Store(hn::Add(bias1, sum1_1), d, y + c * 192 + i * 16 + 208 + b);
        hn::Store(hn::Add(bias1, sum1_2), d, y + c * 192 + i * 16 + 224 + b);
        hn::Store(hn::Add(bias1, sum1_3), d, y + c * 192 + i * 16 + 240 + b);
        hn::Store(hn::Add(bias1, sum1_4), d, y + c * 192 + i * 16 + 256 + b);
        hn::Store(hn::Add(bias1, sum1_5), d, y + c * 192 + i * 16 + 272 + b);
      }
    }
  }
  {
    constexpr size_t c = 2;
    for (size_t i = 0; i < 12; i += 6) {
      for (size_t b = 0; b < 16; b += N) {
        V sum0_0 = hn::Zero(d);
        V sum0_1 = hn::Zero(d);
        V sum0_2 = hn::Zero(d);
        V sum0_3 = hn::Zero(d);
        V sum0_4 = hn::Zero(d);
        V sum0_5 = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V weight0 = hn::Set(d, weight[c * 16 + k]);
          const V x0 = hn::Load(d, x + i * 16 + k * 16 + b);
          sum0_0 = hn::MulAdd(weight0, x0, sum0_0);
          const V x1 = hn::Load(d, x + i * 16 + k * 16 + 16 + b);
          sum0_1 = hn::MulAdd(weight0, x1, sum0_1);
          const V x2 = hn::Load(d, x + i * 16 + k * 16 + 32 + b);
          sum0_2 = hn::MulAdd(weight0, x2, sum0_2);
          const V x3 = hn::Load(d, x + i * 16 + k * 16 + 48 + b);
          sum0_3 = hn::MulAdd(weight0, x3, sum0_3);
          const V x4 = hn::Load(d, x + i * 16 + k * 16 + 64 + b);
          sum0_4 = hn::MulAdd(weight0, x4, sum0_4);
          const V x5 = hn::Load(d, x + i * 16 + k * 16 + 80 + b);
          sum0_5 = hn::MulAdd(weight0, x5, sum0_5);
        }
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Add(bias0, sum0_0), d, y + c * 192 + i * 16 + b);
        hn::Store(hn::Add(bias0, sum0_1), d, y + c * 192 + i * 16 + 16 + b);
        hn::Store(hn::Add(bias0, sum0_2), d, y + c * 192 + i * 16 + 32 + b);
        hn::Store(hn::Add(bias0, sum0_3), d, y + c * 192 + i * 16 + 48 + b);
        hn::Store(hn::Add(bias0, sum0_4), d, y + c * 192 + i * 16 + 64 + b);
        hn::Store(hn::Add(bias0, sum0_5), d, y + c * 192 + i * 16 + 80 + b);
      }
    }
  }
}

// avg_pool_1: y[c, i] = (sum over k of x[c, i + k - 1]) * 0.333333
// x [1][14][16], y [1][12][16].
void avg_pool_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 1; ++c) {
    for (size_t i = 0; i < 12; ++i) {
      for (size_t b = 0; b < 16; b += N) {
        V sum = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V x0 = hn::Load(d, x + c * 224 + i * 16 + k * 16 + b);
          sum = hn::Add(sum, x0);
        }
        hn::Store(hn::Mul(sum, hn::Set(d, 0.33333334f)), d, y + c * 192 + i * 16 + b);
      }
    }
  }
}

// concat_1: y[c, i] = x[c, i]
// x [3][12][16], y [4][12][16].
void concat_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 36; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      hn::Store(x0, d, y + i * 16 + b);
    }
  }
}

// concat_1_2: y[c + 3, i] = x[c, i]
// x [1][12][16], y [4][12][16].
void concat_1_2(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t i = 0; i < 12; ++i) {
    for (size_t b = 0; b < 16; b += N) {
      const V x0 = hn::Load(d, x + i * 16 + b);
      hn::Store(x0, d, y + i * 16 + 576 + b);
    }
  }
}

// One block of 16 samples through the whole network.
void block_phase_0([[maybe_unused]] const job& j, [[maybe_unused]] float* mine,
    [[maybe_unused]] float* sums, [[maybe_unused]] float* block,
    [[maybe_unused]] const tenon::block_call& call) {
  const size_t first = call.first_sample;
  tenon::HWY_NAMESPACE::clear_halo(mine, 1, 1, 12, 0, 0, 1, 1, 16);
  tenon::HWY_NAMESPACE::load_samples(j.x + first * 12, call.live, 1, 1, 12, 224, 224, mine + 16,
      16);
  conv1d_1(j.image + 48, j.image, mine, mine + 768);
  avg_pool_1(mine, mine + 1344);
  concat_1(mine + 768, mine);
  concat_1_2(mine + 1344, mine);
  tenon::HWY_NAMESPACE::store_samples(mine, call.live, 4, 1, 12, 192, 192, j.y + first * 48, 16);
}

// A run of consecutive blocks, in order. Parts depend on n alone, never on the number of threads.
void run_part(const job& j, [[maybe_unused]] size_t phase, size_t part) {
  const size_t blocks = (j.n + 15) / 16;
  float* const mine = j.part_memory + part * 1536;
  float* const sums = nullptr;
  for (size_t k = part * blocks / j.parts; k < (part + 1) * blocks / j.parts; ++k) {
    const size_t first = k * 16;
    const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
        .batch_size = static_cast<float>(j.n), .first_sample = static_cast<uint32_t>(first)};
    float* const block = nullptr;
    block_phase_0(j, mine, sums, block, call);
  }
}

// One kernel on one block, for benchmarks: in the order of the tables in signal_info.cc.
void run_kernel(const job& j, size_t index, [[maybe_unused]] size_t k) {
  [[maybe_unused]] float* const mine = j.part_memory;
  [[maybe_unused]] float* const sums = nullptr;
  [[maybe_unused]] float* const block = nullptr;
  const size_t first = k * 16;
  const tenon::block_call call{.live = std::min<size_t>(j.n - first, 16),
      .batch_size = static_cast<float>(j.n), .first_sample = static_cast<uint32_t>(first)};
  switch (index) {
    case 0: conv1d_1(j.image + 48, j.image, mine, mine + 768); break;
    case 1: avg_pool_1(mine, mine + 1344); break;
    case 2: concat_1(mine + 768, mine); break;
    case 3: concat_1_2(mine + 1344, mine); break;
    default: break;
  }
  static_cast<void>(call);
}

// One sample through the whole network, for batches of few: lanes are outputs.
namespace single {

// conv1d_1: y[c, i] = bias[c] + sum over k of weight[c, 0, k] * x[0, i + k - 1]
// bias [3], weight [3][16], x [1][16], y [3][16].
// Lanes: 12 i. Tile: 3.
// 216 FLOP per sample.
void conv1d_1(const float* HWY_RESTRICT bias, const float* HWY_RESTRICT weight,
    const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  {
    constexpr size_t c = 0;
    {
      constexpr size_t panel = 0;
      for (size_t b = 0; b < 12; b += N) {
        V sum0 = hn::Zero(d);
        V sum1 = hn::Zero(d);
        V sum2 = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V x0 = hn::LoadU(d, x + panel * 16 + k + b);
          const V weight0 = hn::Set(d, weight[c * 16 + k]);
          sum0 = hn::MulAdd(weight0, x0, sum0);
          const V weight1 = hn::Set(d, weight[c * 16 + k + 16]);
          sum1 = hn::MulAdd(weight1, x0, sum1);
          const V weight2 = hn::Set(d, weight[c * 16 + k + 32]);
          sum2 = hn::MulAdd(weight2, x0, sum2);
        }
        const V bias0 = hn::Set(d, bias[c]);
        hn::Store(hn::Add(bias0, sum0), d, y + c * 16 + panel * 16 + b);
        const V bias1 = hn::Set(d, bias[c + 1]);
        hn::Store(hn::Add(bias1, sum1), d, y + c * 16 + panel * 16 + 16 + b);
        const V bias2 = hn::Set(d, bias[c + 2]);
        hn::Store(hn::Add(bias2, sum2), d, y + c * 16 + panel * 16 + 32 + b);
      }
    }
  }
}

// avg_pool_1: y[c, i] = (sum over k of x[c, i + k - 1]) * 0.333333
// x [1][16], y [1][16].
// Lanes: 12 i.
void avg_pool_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 1; ++c) {
    {
      constexpr size_t panel = 0;
      for (size_t b = 0; b < 12; b += N) {
        V sum = hn::Zero(d);
        for (size_t k = 0; k < 3; ++k) {
          const V x0 = hn::LoadU(d, x + c * 14 + panel * 16 + k + b);
          sum = hn::Add(sum, x0);
        }
        hn::Store(hn::Mul(sum, hn::Set(d, 0.33333334f)), d, y + c * 16 + panel * 16 + b);
      }
    }
  }
}

// concat_1: y[c, i] = x[c, i]
// x [3][16], y [4][16].
// Lanes: 12 i.
void concat_1(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 3; ++c) {
    {
      constexpr size_t panel = 0;
      for (size_t b = 0; b < 12; b += N) {
        const V x0 = hn::Load(d, x + c * 16 + panel * 16 + b);
        hn::Store(x0, d, y + c * 16 + panel * 16 + b);
      }
    }
  }
}

// concat_1_2: y[c + 3, i] = x[c, i]
// x [1][16], y [4][16].
// Lanes: 12 i.
void concat_1_2(const float* HWY_RESTRICT x, float* HWY_RESTRICT y) {
  const size_t N = hn::Lanes(d);  // 16 with AVX-512, 8 with AVX2, 4 with SSE4 and NEON
  for (size_t c = 0; c < 1; ++c) {
    {
      constexpr size_t panel = 0;
      for (size_t b = 0; b < 12; b += N) {
        const V x0 = hn::Load(d, x + c * 16 + panel * 16 + b);
        hn::Store(x0, d, y + c * 16 + panel * 16 + 48 + b);
      }
    }
  }
}

void run_single(const job& j) {
  [[maybe_unused]] float* const mine = j.part_memory;
  tenon::HWY_NAMESPACE::clear_halo(mine, 1, 1, 12, 0, 0, 1, 1, 1);
  tenon::load_one(j.x, {1, 1, 12, 14, 0, 1}, mine + 1);
  conv1d_1(j.image + 48, j.image, mine, mine + 64);
  avg_pool_1(mine, mine + 112);
  concat_1(mine + 64, mine);
  concat_1_2(mine + 112, mine);
  tenon::store_one(mine, {4, 1, 12, 16, 0, 1}, j.y);
}

// One kernel alone, for benchmarks: in the order of the tables in signal_info.cc.
void run_single_kernel(const job& j, size_t index) {
  [[maybe_unused]] float* const mine = j.part_memory;
  switch (index) {
    case 0: conv1d_1(j.image + 48, j.image, mine, mine + 64); break;
    case 1: avg_pool_1(mine, mine + 112); break;
    case 2: concat_1(mine + 64, mine); break;
    case 3: concat_1_2(mine + 112, mine); break;
    default: break;
  }
}

}  // namespace single
using single::run_single;
using single::run_single_kernel;

}  // namespace emitted::signal::eval_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace emitted::signal {
namespace eval_kernels {
HWY_EXPORT(run_part);
HWY_EXPORT(run_kernel);
HWY_EXPORT(run_single);
HWY_EXPORT(run_single_kernel);

// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  // A whole batch takes less time than waking a thread would.
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

}  // namespace eval_kernels

error eval::open(std::span<std::byte> arena, std::span<const float> image,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  if (!tenon::is_aligned(image.data())) return error::weights_misaligned;
  using namespace eval_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  run_kernel_ = &HWY_DYNAMIC_DISPATCH(run_kernel);
  run_single_ = &HWY_DYNAMIC_DISPATCH(run_single);
  run_single_kernel_ = &HWY_DYNAMIC_DISPATCH(run_single_kernel);
  image_ = image.data();
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  return error::none;
}

error eval::open(std::span<std::byte> arena, std::span<const std::byte> blob,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check(blob, signature, image_floats); e != error::none) return e;
  return open(arena, tenon::image_of(blob, image_floats), threads);
}

void eval::call(const float* x, std::size_t n, float* y, bool probabilities) noexcept {
  // Samples that would leave most of a block empty go one at a time, whatever the threads.
  const std::size_t rest = n % 16, singles = rest <= 2 ? rest : 0;
  for (std::size_t first = 0; first < n - singles; first += batch) {
    const std::size_t now = std::min<std::size_t>(n - singles - first, batch);
    const std::size_t parts = std::min<std::size_t>((now + 15) / 16, 2);
    const eval_kernels::job j{.x = x + first * 12, .y = y + first * 48, .n = now, .parts = parts,
                              .image = image_, .part_memory = memory_,
                              .probabilities = probabilities};
    eval_kernels::run_parts(j, 0, run_part_, threads_);
  }
  for (std::size_t s = n - singles; s < n; ++s) {
    single_x_ = x + s * 12;
    run_single_({.x = single_x_, .y = y + s * 48, .n = 1, .parts = 1,
                 .image = image_ + 64, .part_memory = memory_,
                 .probabilities = probabilities, .threads = threads_});
  }
}

void eval::run(const float* x, std::size_t n, float* y) noexcept { call(x, n, y, false); }
void eval::probabilities(const float* x, std::size_t n, float* p) noexcept { call(x, n, p, true); }
void eval::run_kernel(std::size_t index, std::size_t) noexcept {
  constexpr std::size_t of_blocks = 4;  // those of single samples follow
  if (index < of_blocks) {
    run_kernel_({.n = batch, .parts = 2, .image = image_, .part_memory = memory_}, index, 0);
    return;
  }
  run_single_kernel_({.x = single_x_, .n = 1, .parts = 1, .image = image_ + 64,
                      .part_memory = memory_},
                     index - of_blocks);
}
const char* eval::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

}  // namespace emitted::signal
#endif  // HWY_ONCE

#if HWY_ONCE  // the C interface: emitted/signal.h
#include <new>
#include <type_traits>

#include "emitted/signal.h"

namespace emitted::signal {
namespace {

static_assert(sizeof(eval) <= sizeof(signal_eval) && alignof(eval) <= alignof(signal_eval));
static_assert(std::is_trivially_copyable_v<eval> && std::is_trivially_destructible_v<eval>);
static_assert(SIGNAL_EVAL_ARENA_BYTES == eval_arena_bytes);
static_assert(SIGNAL_INPUT_SIZE == input_size && SIGNAL_OUTPUT_SIZE == output_size);

eval& object_of(signal_eval* m) { return *std::launder(reinterpret_cast<eval*>(m->opaque)); }
const eval& object_of(const signal_eval* m) {
  return *std::launder(reinterpret_cast<const eval*>(m->opaque));
}

}  // namespace
}  // namespace emitted::signal

extern "C" {

size_t signal_eval_arena_bytes(void) { return emitted::signal::eval_arena_bytes; }

int signal_eval_open(signal_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes) {
  emitted::signal::eval* const model = ::new (static_cast<void*>(m->opaque)) emitted::signal::eval;
  const std::span<std::byte> memory(static_cast<std::byte*>(arena), arena_bytes);
  const std::span<const std::byte> blob(static_cast<const std::byte*>(weights), weight_bytes);
  return static_cast<int>(model->open(memory, blob));
}

void signal_eval_run(signal_eval* m, const float* x, size_t n, float* y) {
  emitted::signal::object_of(m).run(x, n, y);
}
void signal_eval_probabilities(signal_eval* m, const float* x, size_t n, float* p) {
  emitted::signal::object_of(m).probabilities(x, n, p);
}
const char* signal_eval_target(const signal_eval* m) {
  return emitted::signal::object_of(m).target();
}

const char* signal_error_text(int error) {
  const bool known = 0 <= error && error < 255;
  return tenon::text(static_cast<tenon::error>(known ? error : 255));
}

}  // extern "C"
#endif  // HWY_ONCE
