// What does not change a bit: threads, the width of the vectors, what memory held before, how
// samples are put together.
#include <doctest/doctest.h>
#include <hwy/highway.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "runtime/core/dispatch.hpp"
#include "tests/core/targets.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using floats = std::vector<float>;

std::vector<std::int64_t> targets() {
  if constexpr (single_target<HWY_TARGETS>) return {HWY_TARGETS};
  return ::tests::usable_targets(HWY_TARGETS);
}

floats everything(const subject& s, pool* threads, std::size_t n) {
  floats all = s.evaluated(*s.make_evaluator(threads), 0, n);
  if (!s.can_train(n)) return all;
  for (const floats& more :
       {s.derived(*s.make_trainer(threads), n), s.trained(*s.make_trainer(threads), n)})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_CASE("threads and vector widths do not change outputs, gradients or trained parameters") {
  pool two(2), three(3), eight(8);
  for (const network_entry* entry : entries()) {
    const subject s(*entry);
    for (const std::size_t n : {std::size_t{37}, std::size_t{64}}) {
      std::map<bool, floats> first;  // by whether multiplications and additions are fused
      for (const std::int64_t target : targets()) {
        INFO(std::string(s.info().name)
             << ", n = " << n << ", " << std::string(hwy::TargetName(target)));
        const ::tests::only_target only(target);
        const floats alone = everything(s, nullptr, n);
        REQUIRE(std::all_of(alone.begin(), alone.end(), [](float v) { return std::isfinite(v); }));
        for (pool* threads : {&two, &three, &eight}) {
          if (n == 64 && threads != &two) continue;  // takes its time
          CAPTURE(threads->threads());
          CHECK(same_bits(alone, everything(s, threads, n)));
        }
        const auto [known, is_first] = first.emplace(::tests::has_fma(target), alone);
        if (!is_first) CHECK(same_bits(alone, known->second));
      }
    }
  }
}

TEST_CASE("draws repeat: on any thread and in chunks of the capacity, and differ from each other") {
  pool two(2);
  int random = 0;
  for (const network_entry* entry : entries()) {
    if (!entry->make_sampler) continue;
    ++random;
    subject s(*entry);
    CAPTURE(std::string(s.info().name));
    const auto trainer = s.make_trainer(nullptr);  // its image is the one that sampling reads
    const auto network = entry->make_sampler(trainer->image(), nullptr);
    const auto threaded = entry->make_sampler(trainer->image(), &two);
    const floats first = s.x;
    s.x.insert(s.x.end(), first.begin(), first.end());
    const auto drawn = [&](sampler& m, std::size_t n, std::uint64_t seed, std::uint64_t draw) {
      floats y(n * s.outputs());
      m.run(s.x.data(), n, y.data(), seed, draw);
      return y;
    };
    const floats once = drawn(*network, 128, 5, 3);
    CHECK(same_bits(once, drawn(*network, 128, 5, 3)));
    CHECK(same_bits(once, drawn(*threaded, 128, 5, 3)));
    const floats few = drawn(*network, 37, 5, 3);
    CHECK(same_bits(few,
                    floats(once.begin(), once.begin() + static_cast<std::ptrdiff_t>(few.size()))));
    CHECK_FALSE(same_bits(once, drawn(*network, 128, 5, 4)));
    CHECK_FALSE(same_bits(once, drawn(*network, 128, 6, 3)));
    // The second chunk holds the same samples, in other places: its masks are others.
    const auto half = once.begin() + static_cast<std::ptrdiff_t>(once.size() / 2);
    CHECK_FALSE(same_bits(floats(once.begin(), half), floats(half, once.end())));
  }
  CHECK(random >= 4);
}

TEST_CASE("evaluating samples together is evaluating each alone") {
  for (const network_entry* entry : entries()) {
    const subject s(*entry);
    CAPTURE(std::string(s.info().name));
    const auto network = s.make_evaluator(nullptr);
    const floats together = s.evaluated(*network, 0, 37);
    floats alone;
    for (std::size_t i = 0; i < 37; ++i) {
      const floats y = s.evaluated(*network, i, 1);
      alone.insert(alone.end(), y.begin(), y.end());
    }
    CHECK(same_bits(together, alone));
  }
}

// But where batches have statistics of their own.
TEST_CASE("a step in parts has the masks of the whole step, and the same mean gradient") {
  std::size_t compared = 0;
  for (const network_entry* entry : entries()) {
    const subject s(*entry);
    if (s.info().norm_positions != 0) continue;
    CAPTURE(std::string(s.info().name));
    constexpr std::size_t n = 37, first = 20;
    const auto network = s.make_trainer(nullptr);
    const std::size_t floats_of_image = s.info().image_floats;
    const auto gradient_of = [&](std::size_t from, std::size_t to) {
      settings how;
      how.step = 5, how.first_sample = static_cast<std::uint32_t>(from);
      network->gradients(s.x.data() + from * s.inputs(), s.target(from), to - from, how);
      floats g(floats_of_image);
      network->gradient(g);
      return g;
    };
    const floats whole = gradient_of(0, n), one = gradient_of(0, first),
                 two = gradient_of(first, n);
    float most = 0, size = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const float mean = (one[i] * first + two[i] * (n - first)) / n;
      most = std::max(most, std::abs(mean - whole[i]));
      size = std::max(size, std::abs(whole[i]));
    }
    CHECK(most <= 2e-5F * size);
    ++compared;
    floats back(floats_of_image);
    network->set_gradient(whole);
    network->gradient(back);
    CHECK(same_bits(back, whole));
  }
  CHECK(compared > 5);
}

// run() takes any number of samples, in chunks of the capacity.
TEST_CASE("more samples than the capacity are evaluated like fewer") {
  for (const network_entry* entry : entries()) {
    subject s(*entry);
    CAPTURE(std::string(s.info().name));
    const auto network = s.make_evaluator(nullptr);
    const floats once = s.evaluated(*network, 0, 64);
    const floats first = s.x;
    for (int i = 0; i < 2; ++i) s.x.insert(s.x.end(), first.begin(), first.end());
    floats thrice = s.evaluated(*network, 0, 3 * 64 - 7);
    for (int i = 0; i < 3; ++i) {
      const std::size_t size = i < 2 ? once.size() : once.size() - 7 * s.outputs();
      const auto begin =
          thrice.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(i) * once.size());
      CHECK(same_bits(floats(once.begin(), once.begin() + static_cast<std::ptrdiff_t>(size)),
                      floats(begin, begin + static_cast<std::ptrdiff_t>(size))));
    }
  }
}

TEST_CASE("what memory held before does not show: fewer samples after more, large ones before") {
  for (const network_entry* entry : entries()) {
    subject s(*entry);
    CAPTURE(std::string(s.info().name));
    for (const std::size_t n : {std::size_t{1}, std::size_t{17}, std::size_t{37}}) {
      CAPTURE(n);
      const floats fresh = s.evaluated(*s.make_evaluator(nullptr), 0, n);
      const floats derived = s.can_train(n) ? s.derived(*s.make_trainer(nullptr), n) : floats();
      const auto used = s.make_evaluator(nullptr);
      const auto trained = s.make_trainer(nullptr);
      const floats x = s.x, parameters(trained->image().begin(), trained->image().end());
      for (float& v : s.x) v *= 1e4F;  // finite, but not to be overlooked in a sum
      s.evaluated(*used, 0, 64);
      s.derived(*trained, 64);
      s.x = x;
      std::copy(parameters.begin(), parameters.end(), trained->image().begin());
      CHECK(same_bits(fresh, s.evaluated(*used, 0, n)));
      if (s.can_train(n)) CHECK(same_bits(derived, s.derived(*trained, n)));
    }
  }
}

TEST_CASE("instances do not see each other: alternately, and from two threads at once") {
  for (const network_entry* entry : entries()) {
    const subject s(*entry), other(*entry, 12);
    CAPTURE(std::string(s.info().name));
    const floats alone = s.trained(*s.make_trainer(nullptr), 37);
    const floats other_alone = other.trained(*other.make_trainer(nullptr), 64);
    const auto a = s.make_trainer(nullptr), b = other.make_trainer(nullptr);
    floats from_a, from_b;
    std::thread beside([&] { from_b = other.trained(*b, 64); });
    from_a = s.trained(*a, 37);
    beside.join();
    CHECK(same_bits(alone, from_a));
    CHECK(same_bits(other_alone, from_b));
  }
}

}  // namespace
