// Losses with targets that are shares of classes, and with samples that count differently.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/codegen/textbook.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using codegen::program;
using codegen::scalar_state;

constexpr std::uint64_t seed = 77;
constexpr std::size_t n = 6, classes = 5;

struct answer {
  double loss;
  std::vector<double> gradient;
};

// change(program, state): what to set before the run.
template <class List, class Change>
answer answer_of(List list, Change change) {
  const program p = training(as_network("loss", list));
  scalar_state s = random_state(p, n, seed);
  change(p, s);
  run(p, s, n);
  return {s.of(p.loss)[0], results_of(p, s).at("input gradient")};
}

void check_equal(const answer& a, const answer& b) {
  CHECK(a.loss == doctest::Approx(b.loss).epsilon(1e-14));
  REQUIRE(a.gradient.size() == b.gradient.size());
  for (std::size_t i = 0; i < a.gradient.size(); ++i)
    CHECK(std::fabs(a.gradient[i] - b.gradient[i]) <= 1e-15);
}

double class_of(std::size_t sample) { return static_cast<double>(sample * 2 % classes); }

const auto numbers = [](const program& p, scalar_state& s) {
  for (std::size_t i = 0; i < n; ++i) s.of(p.target)[i] = class_of(i);
};
const auto one_hot = [](const program& p, scalar_state& s) {
  for (std::size_t i = 0; i < n * classes; ++i)
    s.of(p.target)[i] = static_cast<double>(i % classes) == class_of(i / classes) ? 1 : 0;
};

TEST_CASE("soft targets: rows that name one class are that class, with smoothing and without") {
  check_equal(answer_of(input<5> | softmax_cross_entropy, numbers),
              answer_of(input<5> | softmax_cross_entropy(soft_targets), one_hot));
  check_equal(
      answer_of(input<5> | softmax_cross_entropy(label_smoothing<0.2>), numbers),
      answer_of(input<5> | softmax_cross_entropy(soft_targets, label_smoothing<0.2>), one_hot));
}

TEST_CASE("soft targets: the loss is linear in them, and rows need not sum to 1") {
  const auto scaled = [](double by) {
    return answer_of(input<5> | softmax_cross_entropy(soft_targets),
                     [by](const program& p, scalar_state& s) {
                       one_hot(p, s);
                       for (double& q : s.of(p.target)) q *= by;
                     });
  };
  const answer whole = scaled(1), triple = scaled(3);
  CHECK(triple.loss == doctest::Approx(3 * whole.loss).epsilon(1e-14));
  for (std::size_t i = 0; i < whole.gradient.size(); ++i)
    CHECK(triple.gradient[i] == doctest::Approx(3 * whole.gradient[i]).epsilon(1e-12));
  // Half of this class and half of the next: the mean of both losses.
  const answer mixed = answer_of(
      input<5> | softmax_cross_entropy(soft_targets), [](const program& p, scalar_state& s) {
        for (std::size_t i = 0; i < n * classes; ++i) {
          const double c = static_cast<double>(i % classes), t = class_of(i / classes);
          s.of(p.target)[i] = c == t || c == std::fmod(t + 1, classes) ? 0.5 : 0;
        }
      });
  const answer next =
      answer_of(input<5> | softmax_cross_entropy, [](const program& p, scalar_state& s) {
        for (std::size_t i = 0; i < n; ++i) s.of(p.target)[i] = std::fmod(class_of(i) + 1, classes);
      });
  CHECK(mixed.loss == doctest::Approx((whole.loss + next.loss) / 2).epsilon(1e-13));
}

TEST_CASE("soft targets: logits of 800 do not overflow, and a share of 0 costs nothing") {
  const answer a = answer_of(
      input<5> | softmax_cross_entropy(soft_targets), [](const program& p, scalar_state& s) {
        one_hot(p, s);
        for (std::size_t i = 0; i < n; ++i)
          s.of(p.input)[i * classes + static_cast<std::size_t>(class_of(i))] = 800;
      });
  CHECK(a.loss == doctest::Approx(0));
}

const auto weigh = [](const program& p, scalar_state& s, double (*of)(std::size_t)) {
  REQUIRE(p.sample_weight >= 0);
  for (std::size_t i = 0; i < n; ++i) s.of(p.sample_weight)[i] = of(i);
};

// Every loss: weights of 1 change nothing; loss and gradient are sums of weight times sample.
template <class Plain, class Weighted>
void check_weights(Plain plain, Weighted weighted) {
  const auto nothing = [](const program&, scalar_state&) {};
  const answer alike = answer_of(plain, nothing);
  check_equal(alike, answer_of(weighted, [](const program& p, scalar_state& s) {
                weigh(p, s, [](std::size_t) { return 1.0; });
              }));
  answer sum{0, std::vector<double>(alike.gradient.size())};
  for (std::size_t one = 0; one < n; ++one) {
    const answer a = answer_of(weighted, [&](const program& p, scalar_state& s) {
      for (std::size_t i = 0; i < n; ++i) s.of(p.sample_weight)[i] = i == one ? 1 : 0;
    });
    const double w = 0.5 + static_cast<double>(one);
    const std::size_t size = a.gradient.size() / n;
    for (std::size_t i = 0; i < a.gradient.size(); ++i) {
      if (i / size != one) CHECK(a.gradient[i] == 0);
      sum.gradient[i] += w * a.gradient[i];
    }
    sum.loss += w * a.loss;
  }
  check_equal(sum, answer_of(weighted, [](const program& p, scalar_state& s) {
                weigh(p, s, [](std::size_t i) { return 0.5 + static_cast<double>(i); });
              }));
}

TEST_CASE("weights of samples: loss and gradient are sums of weight times sample, in every loss") {
  check_weights(input<5> | softmax_cross_entropy, input<5> | softmax_cross_entropy(weighted));
  check_weights(input<5> | softmax_cross_entropy(soft_targets, label_smoothing<0.1>),
                input<5> | softmax_cross_entropy(soft_targets, label_smoothing<0.1>, weighted));
  check_weights(input<2, 3> | mean_squared_error, input<2, 3> | mean_squared_error(weighted));
  check_weights(input<4> | mean_absolute_error, input<4> | mean_absolute_error(weighted));
  check_weights(input<4> | huber<0.5>, input<4> | huber<0.5>(weighted));
  check_weights(input<4> | binary_cross_entropy, input<4> | binary_cross_entropy(weighted));
}

}  // namespace
