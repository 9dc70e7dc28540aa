// The door between users' arrays (one sample after the other) and the network's own layout (samples
// innermost, in blocks of `block` floats, a multiple of 16), transposed copies for weight
// gradients, and every second float for kernels of single samples. Users' arrays need no alignment.
#if defined(TENON_CORE_TRANSPOSE_INL_H) == defined(HWY_TARGET_TOGGLE)
#  ifdef TENON_CORE_TRANSPOSE_INL_H
#    undef TENON_CORE_TRANSPOSE_INL_H
#  else
#    define TENON_CORE_TRANSPOSE_INL_H
#  endif

#  include <hwy/highway.h>

#  include <cstddef>
#  include <cstdint>
#  include <cstring>

HWY_BEFORE_NAMESPACE();
namespace tenon {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

namespace transpose_detail {

#  if HWY_TARGET != HWY_SCALAR

// Tiles of 8 x 8 where vectors have 8 lanes, else 4 x 4: AVX-512's 16 x 16 would gain nothing,
// shuffles bound them alike.
using Tile = hn::CappedTag<float, 8>;
using Quarter = hn::FixedTag<float, 4>;

// Transposes 4 x 4 within each 128-bit block.
template <class D, class V>
HWY_INLINE void transpose_blocks(D d, V& a, V& b, V& c, V& e) {
  const hn::Repartition<double, D> d64;
  const auto ab_low = hn::BitCast(d64, hn::InterleaveLower(d, a, b));
  const auto ab_high = hn::BitCast(d64, hn::InterleaveUpper(d, a, b));
  const auto ce_low = hn::BitCast(d64, hn::InterleaveLower(d, c, e));
  const auto ce_high = hn::BitCast(d64, hn::InterleaveUpper(d, c, e));
  a = hn::BitCast(d, hn::InterleaveLower(d64, ab_low, ce_low));
  b = hn::BitCast(d, hn::InterleaveUpper(d64, ab_low, ce_low));
  c = hn::BitCast(d, hn::InterleaveLower(d64, ab_high, ce_high));
  e = hn::BitCast(d, hn::InterleaveUpper(d64, ab_high, ce_high));
}

// One tile of N x N: to[j * to_stride + i] = from[i * from_stride + j]. Rows from `rows_in` on read
// as zero, rows from `rows_out` on are not written.
template <class D>
HWY_INLINE void transpose_tile(D d, const float* HWY_RESTRICT from, std::size_t from_stride,
                               std::size_t rows_in, float* HWY_RESTRICT to, std::size_t to_stride,
                               std::size_t rows_out) {
  constexpr std::size_t N = hn::MaxLanes(d);
  static_assert(N == 4 || N == 8);
  hn::Vec<D> row[N];
  for (std::size_t i = 0; i < N; ++i)
    row[i] = i < rows_in ? hn::LoadU(d, from + i * from_stride) : hn::Zero(d);
  transpose_blocks(d, row[0], row[1], row[2], row[3]);
  if constexpr (N == 8) {
    transpose_blocks(d, row[4], row[5], row[6], row[7]);
    for (std::size_t i = 0; i < 4; ++i) {
      const auto low = hn::ConcatLowerLower(d, row[i + 4], row[i]);
      row[i + 4] = hn::ConcatUpperUpper(d, row[i + 4], row[i]);
      row[i] = low;
    }
  }
  for (std::size_t j = 0; j < N; ++j) {
    if (j < rows_out) hn::StoreU(row[j], d, to + j * to_stride);
  }
}

// How many of N rows from `first` on lie below `rows`.
HWY_INLINE std::size_t rows_left(std::size_t rows, std::size_t first, std::size_t N) {
  return rows <= first ? 0 : rows - first < N ? rows - first : N;
}

// Eight samples' rows at a time and two tiles along them: whole cache lines are read from no more
// rows than a set of L1 has ways, for samples are often a multiple of 4 KB apart (3 * 32 * 32
// floats).
constexpr std::size_t run_at_once = 16;

// Columns [begin, end) of out[length][block] from x[block][stride], in tiles of D; end - begin is a
// multiple of N.
template <class D>
HWY_INLINE void load_tiles(D d, const float* HWY_RESTRICT x, std::size_t stride, std::size_t live,
                           std::size_t begin, std::size_t end, float* HWY_RESTRICT out,
                           std::size_t block) {
  constexpr std::size_t N = hn::MaxLanes(d);
  for (std::size_t w = begin; w < end; w += run_at_once) {
    const std::size_t stop = w + run_at_once < end ? w + run_at_once : end;
    for (std::size_t s = 0; s < block; s += N) {
      const std::size_t rows = rows_left(live, s, N);
      for (std::size_t i = w; i < stop; i += N) {
        float* HWY_RESTRICT to = out + i * block + s;
        if (rows == N) {
          transpose_tile(d, x + s * stride + i, stride, N, to, block, N);
        } else {
          transpose_tile(d, x + (rows == 0 ? 0 : s * stride + i), stride, rows, to, block, N);
        }
      }
    }
  }
}

// out[i][s] = x[s * stride + i], i < length; 0 for the lanes s from `live` on.
HWY_INLINE void load_run(const float* HWY_RESTRICT x, std::size_t stride, std::size_t live,
                         std::size_t length, float* HWY_RESTRICT out, std::size_t block) {
  constexpr std::size_t N = hn::MaxLanes(Tile());
  const std::size_t tiles = length / N * N, quarters = length / 4 * 4;
  load_tiles(Tile(), x, stride, live, 0, tiles, out, block);
  if constexpr (N > 4) load_tiles(Quarter(), x, stride, live, tiles, quarters, out, block);
  for (std::size_t i = quarters; i < length; ++i) {
    for (std::size_t s = 0; s < block; ++s)
      out[i * block + s] = s < live ? x[s * stride + i] : 0.0F;
  }
}

template <class D>
HWY_INLINE void store_tiles(D d, const float* HWY_RESTRICT in, std::size_t block, std::size_t live,
                            std::size_t begin, std::size_t end, float* HWY_RESTRICT y,
                            std::size_t stride) {
  constexpr std::size_t N = hn::MaxLanes(d);
  for (std::size_t w = begin; w < end; w += run_at_once) {
    const std::size_t stop = w + run_at_once < end ? w + run_at_once : end;
    for (std::size_t s = 0; s < live; s += N) {
      const std::size_t rows = rows_left(live, s, N);
      for (std::size_t i = w; i < stop; i += N) {
        const float* HWY_RESTRICT from = in + i * block + s;
        if (rows == N) {
          transpose_tile(d, from, block, N, y + s * stride + i, stride, N);
        } else {
          transpose_tile(d, from, block, N, y + s * stride + i, stride, rows);
        }
      }
    }
  }
}

// y[s * stride + i] = in[i][s], i < length, s < live.
HWY_INLINE void store_run(const float* HWY_RESTRICT in, std::size_t block, std::size_t live,
                          std::size_t length, float* HWY_RESTRICT y, std::size_t stride) {
  constexpr std::size_t N = hn::MaxLanes(Tile());
  const std::size_t tiles = length / N * N, quarters = length / 4 * 4;
  store_tiles(Tile(), in, block, live, 0, tiles, y, stride);
  if constexpr (N > 4) store_tiles(Quarter(), in, block, live, tiles, quarters, y, stride);
  for (std::size_t i = quarters; i < length; ++i) {
    for (std::size_t s = 0; s < live; ++s) y[s * stride + i] = in[i * block + s];
  }
}

#  else  // one lane, no shuffles

HWY_INLINE void load_run(const float* x, std::size_t stride, std::size_t live, std::size_t length,
                         float* out, std::size_t block) {
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t s = 0; s < block; ++s)
      out[i * block + s] = s < live ? x[s * stride + i] : 0.0F;
  }
}

HWY_INLINE void store_run(const float* in, std::size_t block, std::size_t live, std::size_t length,
                          float* y, std::size_t stride) {
  for (std::size_t s = 0; s < live; ++s) {
    for (std::size_t i = 0; i < length; ++i) y[s * stride + i] = in[i * block + s];
  }
}

#  endif

// Rows without a gap between them are one long row, and channels without a gap too.
HWY_INLINE void join_rows(std::size_t& channels, std::size_t& height, std::size_t& width,
                          std::size_t channel_stride, std::size_t row_stride, std::size_t block) {
  if (height > 1 && row_stride != width * block) return;
  width *= height, height = 1;
  if (channels > 1 && channel_stride != width * block) return;
  width *= channels, channels = 1;
}

}  // namespace transpose_detail

// from[0], from[2], ...: as many as d has lanes; reads one float more.
template <class D>
HWY_INLINE hn::Vec<D> load_even(D d, const float* HWY_RESTRICT from) {
#  if HWY_TARGET == HWY_SCALAR
  return hn::LoadU(d, from);
#  else
  return hn::ConcatEven(d, hn::LoadU(d, from + hn::Lanes(d)), hn::LoadU(d, from));
#  endif
}

// x [live][channels][height][width] of the user -> out [channels][height][width][block] with
// strides in floats, so that `out` may be the first interior element of a tensor with a halo (which
// is not touched). Lanes from `live` on become 0.
inline void load_samples(const float* HWY_RESTRICT x, std::size_t live, std::size_t channels,
                         std::size_t height, std::size_t width, std::size_t channel_stride,
                         std::size_t row_stride, float* HWY_RESTRICT out, std::size_t block) {
  const std::size_t count = channels * height * width;
  transpose_detail::join_rows(channels, height, width, channel_stride, row_stride, block);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t h = 0; h < height; ++h) {
      transpose_detail::load_run(x + (c * height + h) * width, count, live, width,
                                 out + c * channel_stride + h * row_stride, block);
    }
  }
}

// The way back: in [channels][height][width][block] with strides -> y
// [live][channels][height][width].
inline void store_samples(const float* HWY_RESTRICT in, std::size_t live, std::size_t channels,
                          std::size_t height, std::size_t width, std::size_t channel_stride,
                          std::size_t row_stride, float* HWY_RESTRICT y, std::size_t block) {
  const std::size_t count = channels * height * width;
  transpose_detail::join_rows(channels, height, width, channel_stride, row_stride, block);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t h = 0; h < height; ++h) {
      transpose_detail::store_run(in + c * channel_stride + h * row_stride, block, live, width,
                                  y + (c * height + h) * width, count);
    }
  }
}

// x [count][block] -> out [block][row_stride], row_stride >= count; the rest of each row becomes 0.
inline void transpose_to_rows(const float* HWY_RESTRICT x, std::size_t count, std::size_t block,
                              std::size_t row_stride, float* HWY_RESTRICT out) {
  transpose_detail::store_run(x, block, block, count, out, row_stride);
  if (row_stride == count) return;
  for (std::size_t s = 0; s < block; ++s)
    std::memset(out + s * row_stride + count, 0, (row_stride - count) * sizeof(float));
}

// Class numbers t[live] -> out[block] as floats (exact below 2^24); lanes from `live` on become 0.
inline void load_classes(const std::int32_t* HWY_RESTRICT t, std::size_t live,
                         float* HWY_RESTRICT out, std::size_t block) {
  for (std::size_t s = 0; s < block; ++s) out[s] = s < live ? static_cast<float>(t[s]) : 0.0F;
}

// Weights of samples w[first…first + live), all 1 where w is null -> out[block]; lanes from `live`
// on become 0.
inline void load_weights(const float* HWY_RESTRICT w, std::size_t first, std::size_t live,
                         float* HWY_RESTRICT out, std::size_t block) {
  for (std::size_t s = 0; s < block; ++s)
    out[s] = s >= live ? 0.0F : w == nullptr ? 1.0F : w[first + s];
}

// Zeroes the border of tensor [channels][top + height + bottom][left + width + right][block], and
// nothing else.
inline void clear_halo(float* tensor, std::size_t channels, std::size_t height, std::size_t width,
                       std::size_t top, std::size_t bottom, std::size_t left, std::size_t right,
                       std::size_t block) {
  const std::size_t row = (left + width + right) * block, size = sizeof(float);
  for (std::size_t c = 0; c < channels; ++c, tensor += (top + height + bottom) * row) {
    std::memset(tensor, 0, top * row * size);
    for (std::size_t h = top; h < top + height; ++h) {
      std::memset(tensor + h * row, 0, left * block * size);
      std::memset(tensor + h * row + (left + width) * block, 0, right * block * size);
    }
    std::memset(tensor + (top + height) * row, 0, bottom * row * size);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tenon
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
