// Philox against Random123, and the vector form against the scalar one.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/core/random_test.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <tenon/core.hpp>

HWY_BEFORE_NAMESPACE();
namespace tests::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// out[element][sample] for `quads` * 4 elements and 16 samples from `first` on; element_out is the
// same by uniform_1.
void draw(std::uint64_t seed, std::uint32_t stream, std::uint64_t step, std::uint32_t first,
          std::uint32_t quads, float* out, float* element_out) {
  namespace core = tenon::HWY_NAMESPACE;
  const hn::CappedTag<float, 16> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  for (std::uint32_t q = 0; q < quads; ++q) {
    for (size_t b = 0; b < 16; b += hn::Lanes(d)) {
      const auto samples = hn::Iota(du, first + static_cast<std::uint32_t>(b));
      hn::Vec<decltype(d)> u0, u1, u2, u3;
      core::uniform_4(d, seed, stream, step, samples, q, u0, u1, u2, u3);
      hn::StoreU(u0, d, out + (4 * q + 0) * 16 + b);
      hn::StoreU(u1, d, out + (4 * q + 1) * 16 + b);
      hn::StoreU(u2, d, out + (4 * q + 2) * 16 + b);
      hn::StoreU(u3, d, out + (4 * q + 3) * 16 + b);
      for (std::uint32_t e = 4 * q; e < 4 * q + 4; ++e) {
        hn::StoreU(core::uniform_1(d, seed, stream, step, samples, e), d, element_out + e * 16 + b);
      }
    }
  }
}

}  // namespace tests::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#  include <Random123/philox.h>
#  include <doctest/doctest.h>

#  include <set>
#  include <vector>

#  include "tests/core/targets.hpp"

namespace tests {
HWY_EXPORT(draw);

TEST_CASE("philox gives Random123's words") {
  r123::Philox4x32 reference;
  std::uint32_t mixed = 1;
  for (int i = 0; i < 2000; ++i) {
    std::uint32_t words[6];
    for (std::uint32_t& word : words) word = mixed = mixed * 1664525 + 1013904223;
    if (i == 0) std::fill(words, words + 6, 0);
    if (i == 1) std::fill(words, words + 6, 0xFFFFFFFFU);
    const r123::Philox4x32::ctr_type counter = {{words[0], words[1], words[2], words[3]}};
    const r123::Philox4x32::key_type key = {{words[4], words[5]}};
    const auto expected = reference(counter, key);
    const auto found = tenon::philox::bits({words[0], words[1], words[2], words[3]},
                                           std::uint64_t{words[5]} << 32 | words[4]);
    for (std::size_t w = 0; w < 4; ++w) CHECK(found[w] == expected[w]);
  }
}

TEST_CASE("counter and key are placed as documented") {
  const std::uint64_t seed = 0x0123456789ABCDEFU, step = 0x9876543210U;
  const std::uint32_t stream = 77, sample = 4242, element = 1001;
  r123::Philox4x32 reference;
  const auto words =
      reference({{element / 4, sample, 0x76543210U, stream}}, {{0x89ABCDEFU, 0x01234567U}});
  CHECK(tenon::uniform(seed, stream, step, sample, element) ==
        tenon::to_uniform(words[element % 4]));
  static_assert(tenon::to_uniform(0) == 0.0F);
  static_assert(tenon::to_uniform(0xFFFFFFFFU) == 1.0F - 0x1p-24F);
  static_assert(tenon::to_uniform(0x80000000U) == 0.5F);
}

TEST_CASE("the vector form gives the scalar numbers on every target") {
  for (const std::int64_t target : usable_targets(HWY_TARGETS)) {
    CAPTURE(hwy::TargetName(target));
    const only_target only(target);
    const std::uint32_t quads = 9, first = 0xFFFFFFF8U;  // the position of a sample may wrap around
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0} - 5}) {
      std::vector<float> out(quads * 64), element_out(quads * 64);
      HWY_DYNAMIC_DISPATCH(draw)
      (seed, 3, 1ULL << 33 | 17, first, quads, out.data(), element_out.data());
      for (std::uint32_t e = 0; e < 4 * quads; ++e) {
        for (std::uint32_t s = 0; s < 16; ++s) {
          const float expected = tenon::uniform(seed, 3, 17, first + s, e);
          CHECK(out[e * 16 + s] == expected);
          CHECK(element_out[e * 16 + s] == expected);
        }
      }
    }
  }
}

TEST_CASE("uniform numbers are uniform, and differ by seed, stream, step and sample") {
  constexpr int draws = 1 << 20, bins = 256;
  std::vector<int> count(bins);
  double sum = 0;
  int outside = 0;
  for (std::uint32_t e = 0; e < draws; ++e) {
    const float u = tenon::uniform(42, 1, 0, e % 64, e / 64);
    outside += u < 0.0F || u >= 1.0F;
    sum += static_cast<double>(u);
    ++count[static_cast<std::size_t>(u * bins) % bins];
  }
  CHECK(outside == 0);
  double chi_squared = 0;
  for (const int n : count)
    chi_squared += (n - draws / bins) * (n - draws / bins) / double{draws / bins};
  CHECK(chi_squared <
        255 + 5 * 22.6);  // five standard deviations of chi^2 with 255 degrees of freedom
  CHECK(sum / draws == doctest::Approx(0.5).epsilon(0.003));
  const std::set<float> distinct = {tenon::uniform(42, 1, 0, 0, 0), tenon::uniform(43, 1, 0, 0, 0),
                                    tenon::uniform(42, 2, 0, 0, 0), tenon::uniform(42, 1, 1, 0, 0),
                                    tenon::uniform(42, 1, 0, 1, 0), tenon::uniform(42, 1, 0, 0, 1)};
  CHECK(distinct.size() == 6);
}

}  // namespace tests
#endif
