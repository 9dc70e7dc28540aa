// Population statistics from batches, on a norm of one channel that is written by hand: only its
// buffers matter here.
#include "runtime/train/recalibrate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "runtime/io/error.hpp"

namespace {

using namespace tenon::runtime;
using tenon::parameter_info;

constexpr std::array channels{1};
parameter_info buffer(const char* name, const char* kind, std::size_t offset, double first_weight) {
  parameter_info p{};
  p.name = name, p.layer = "batch_norm_1", p.kind = kind;
  p.shape = channels, p.rows = 1, p.row = 1, p.stride = 1, p.offset = offset;
  p.buffer = true, p.first_weight = first_weight;
  return p;
}

// momentum: of the running averages; 0: cumulative.
class one_channel final : public tenon::trainer_core {
 public:
  explicit one_channel(float momentum) : momentum_(momentum) {}

  std::span<float> image() noexcept override { return image_; }
  void statistics(const float* x, std::size_t n, const tenon::settings&) noexcept override {
    float mean = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) mean += x[i] / static_cast<float>(n);
    for (std::size_t i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
    const float weight = momentum_ > 0 ? momentum_ : 1 / (image_[2] + 1);
    image_[0] += weight * (mean - image_[0]);
    image_[1] += weight * (squares / static_cast<float>(n - 1) - image_[1]);
    image_[2] += 1;
  }

  std::span<float> optimizer_state() noexcept override { return {}; }
  float gradients(const float*, const void*, std::size_t,
                  const tenon::settings&) noexcept override {
    return 0;
  }
  void update(const tenon::settings&) noexcept override {}
  void outputs(std::size_t, float*) noexcept override {}
  void forward(const float*, std::size_t, float*, const tenon::settings&) noexcept override {}
  void gradient(std::span<float>) noexcept override {}
  void set_gradient(std::span<const float>) noexcept override {}
  void run_kernel(std::size_t, std::size_t) noexcept override {}
  std::string_view target() const noexcept override { return "BYHAND"; }

 private:
  float momentum_;
  std::vector<float> image_{7, 8, 3, 42};  // the last one is a parameter
};

struct subject {
  std::array<parameter_info, 3> buffers;
  tenon::network_info network{};
  one_channel trainer;

  explicit subject(float momentum)
      : buffers{buffer("batch_norm_1.running_mean", "running_mean", 0, momentum > 0 ? momentum : 1),
                buffer("batch_norm_1.running_var", "running_var", 1, momentum > 0 ? momentum : 1),
                buffer("batch_norm_1.num_batches_tracked", "num_batches_tracked", 2, 0)},
        trainer(momentum) {
    network.name = "one";
    network.parameters = buffers;
    network.input_shape = network.output_shape = network.target_shape = channels;
    network.norm_positions = 1;
    network.image_floats = 4;
  }
  recalibration run(const std::vector<float>& x, std::size_t batch_size) {
    dataset data{
        .shape = {1}, .x = x, .classes = {}, .target_shape = {1}, .targets = x, .weights = {}};
    std::vector<std::uint32_t> order(x.size());
    std::iota(order.begin(), order.end(), 0U);
    return recalibrate(network, trainer, data, order, batch_size, 42);
  }
};

TEST_CASE("recalibrate: the mean of means, and of unbiased variances, whatever was there before") {
  for (const float momentum : {0.1F, 0.75F, 0.0F}) {
    CAPTURE(momentum);
    subject s(momentum);
    const recalibration r = s.run({1, 3, 5, 5, -2, 4, 9}, 2);  // the last one is left over
    CHECK(r.batches == 3);
    CHECK(r.samples == 6);
    CHECK(s.trainer.image()[0] == doctest::Approx((2 + 5 + 1) / 3.0).epsilon(1e-6));
    CHECK(s.trainer.image()[1] == doctest::Approx((2 + 0 + 18) / 3.0).epsilon(1e-6));
    CHECK(s.trainer.image()[2] == 3);
    CHECK(s.trainer.image()[3] == 42);
  }
}

TEST_CASE("recalibrate: the order of batches, and of samples in them, doesn't matter") {
  subject a(0.1F), b(0.1F);
  a.run({1, 3, 5, 5, -2, 4}, 2), b.run({4, -2, 1, 3, 5, 5}, 2);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(a.trainer.image()[i] == doctest::Approx(b.trainer.image()[i]).epsilon(1e-6));
}

TEST_CASE("recalibrate: batches of equal means give the variance of all data, times m / (m - 1)") {
  subject s(0.1F);
  s.run({-1, 1, -3, 3, 2, -2}, 2);
  const double biased = (1 + 1 + 9 + 9 + 4 + 4) / 6.0;
  CHECK(s.trainer.image()[0] == doctest::Approx(0).epsilon(1e-6));
  CHECK(s.trainer.image()[1] == doctest::Approx(2.0 / (2 - 1) * biased).epsilon(1e-6));
}

TEST_CASE(
    "recalibrate: fewer samples than a batch are one; single values and no norm are refused") {
  subject s(0.1F);
  CHECK(s.run({1, 2, 3}, 64).batches == 1);
  CHECK(s.trainer.image()[1] == doctest::Approx(1).epsilon(1e-6));
  CHECK_THROWS_WITH_AS(s.run({1, 2, 3}, 1),
                       "recalibrate: batches of 1 give a norm of one a single value per channel; "
                       "use larger ones",
                       user_error);
  s.buffers[0].first_weight = s.buffers[1].first_weight = 0;
  CHECK_THROWS_WITH_AS(s.run({1, 2, 3}, 2),
                       "recalibrate: network one has no norm that averages over batches; there is "
                       "nothing to set",
                       user_error);
}

}  // namespace
