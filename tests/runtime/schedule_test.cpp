// Learning rates: closed forms, PyTorch's values, warm-up, and what the flags refuse.
#include "runtime/train/schedule.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "runtime/train/feedback.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/small_data.hpp"
#include "tests/runtime/training.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
using kind = schedule_kind;

// 10 epochs of 5 steps, from 0.1.
schedule of(kind k) {
  schedule s{.kind = k, .learning_rate = 0.1, .milestones = {}, .epochs = 10, .steps_per_epoch = 5};
  s.least = 0.02;
  return s;
}

TEST_CASE("schedules: closed forms at the beginning, half way and at the end") {
  const auto check = [](const schedule& s, double begin, double half, double end) {
    CAPTURE(text(s.kind));
    CHECK(s.at(0) == doctest::Approx(begin).epsilon(1e-14));
    CHECK(s.at(25) == doctest::Approx(half).epsilon(1e-14));
    CHECK(s.at(50) == doctest::Approx(end).epsilon(1e-14));
  };
  check(of(kind::constant), 0.1, 0.1, 0.1);
  check(of(kind::cosine), 0.1, 0.06, 0.02);
  check(of(kind::linear), 0.1, 0.06, 0.02);
  schedule s = of(kind::polynomial);
  s.power = 3;
  check(s, 0.1, 0.02 + 0.08 / 8, 0.02);
  s = of(kind::step);
  s.decay_epochs = 3, s.decay_rate = 0.5;
  check(s, 0.1, 0.05, 0.1 / 8);
  s = of(kind::multistep);
  s.milestones = {5, 9}, s.decay_rate = 0.5;
  check(s, 0.1, 0.05, 0.025);
  s = of(kind::exponential);
  s.least = 0, s.decay_epochs = 1, s.decay_rate = std::exp(-0.3);
  check(s, 0.1, 0.1 * std::exp(-1.5), 0.1 * std::exp(-3.0));
  s = of(kind::inverse_time);
  s.least = 0, s.decay_epochs = 1, s.decay_rate = 0.4;
  check(s, 0.1, 0.1 / 3, 0.1 / 5);
  s.least = 0.03;
  check(s, 0.1, 0.1 / 3, 0.03);
}

TEST_CASE("schedules: exponential decay by 0.02 in 400 epochs is 0.02^(1/400) per epoch") {
  schedule s = of(kind::exponential);
  s.least = 0, s.decay_epochs = 400, s.decay_rate = 0.02, s.by_epoch = true;
  CHECK(s.at(5) / s.at(0) == doctest::Approx(std::pow(0.02, 1.0 / 400)).epsilon(1e-14));
  CHECK(s.at(400 * 5) == doctest::Approx(0.002).epsilon(1e-12));
}

TEST_CASE("schedules: smooth ones move with each step, stepwise ones and by_epoch with the epoch") {
  for (const kind k : {kind::exponential, kind::inverse_time, kind::linear, kind::cosine,
                       kind::polynomial, kind::one_cycle}) {
    schedule s = of(k);
    CAPTURE(text(k));
    CHECK(s.at(26) != s.at(25));
    s.by_epoch = true;
    for (std::size_t step = 25; step < 30; ++step) CHECK(s.at(step) == s.at(25));
    CHECK(s.at(30) != s.at(29));
  }
  schedule s = of(kind::step);
  s.decay_epochs = 3, s.decay_rate = 0.5;
  CHECK(s.at(14) == 0.1);  // last step of the third epoch
  CHECK(s.at(15) == doctest::Approx(0.05));
}

TEST_CASE("schedules: a warm-up ends where the schedule begins, in all of them") {
  for (const std::string_view name : schedule_names()) {
    schedule s = of(schedule_named(name));
    CAPTURE(name);
    const double begin = s.at(0);
    s.warmup_epochs = 2;
    s.decay_epochs = 4;
    s.milestones = s.kind == kind::multistep ? std::vector<int>{4} : std::vector<int>();
    CHECK(s.at(0) == doctest::Approx(begin / 10));
    CHECK(s.at(4) == doctest::Approx(begin / 2));
    CHECK(s.at(9) == doctest::Approx(begin));  // the last step of the warm-up
    CHECK(s.at(10) == doctest::Approx(begin));
    s.warmup_from = begin / 2;
    CHECK(s.at(4) == doctest::Approx(begin * 0.75));
    s.warmup_from = 0;
    s.by_epoch = true;
    CHECK(s.at(4) == doctest::Approx(begin / 2));
    CHECK(s.at(5) == doctest::Approx(begin));
  }
  schedule s = of(kind::cosine);
  s.warmup_epochs = 2;
  CHECK(s.at(30) == doctest::Approx(0.06));  // half way of what the warm-up leaves
}

// Steps 0, 1, … of an epoch each. References: PyTorch 2.15, torch.optim.lr_scheduler.
void check_rates(schedule s, std::initializer_list<double> expected) {
  CAPTURE(text(s.kind));
  s.steps_per_epoch = 1;
  std::size_t step = 0;
  for (const double rate : expected)
    CHECK(s.at(step++) == doctest::Approx(rate).epsilon(1e-12).scale(1e-12));
}

TEST_CASE("schedules: PyTorch's values") {
  schedule s = of(kind::step);
  s.decay_epochs = 3, s.decay_rate = 0.5;
  check_rates(s, {0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125});
  s = of(kind::multistep);
  s.milestones = {2, 7}, s.decay_rate = 0.2;
  check_rates(s, {0.1, 0.1, 0.02, 0.02, 0.02, 0.02, 0.02, 0.004, 0.004, 0.004});
  s = of(kind::exponential);
  s.decay_epochs = 1, s.decay_rate = 0.8, s.least = 0;
  check_rates(s, {0.1, 0.08000000000000002, 0.06400000000000002, 0.051200000000000016,
                  0.04096000000000002, 0.03276800000000001, 0.026214400000000013});
  s = of(kind::linear);
  s.least = 0.01;
  check_rates(s, {0.1, 0.091, 0.082, 0.073, 0.064, 0.055, 0.046, 0.037, 0.028, 0.019, 0.01});
  s = of(kind::polynomial);
  s.least = 0;
  check_rates(s, {0.1, 0.081, 0.064, 0.049, 0.036, 0.025, 0.016, 0.009, 0.004, 0.001, 0.0});
  s = of(kind::cosine);
  s.least = 0.01;
  check_rates(s, {0.1, 0.09779754323328192, 0.09140576474687263, 0.08145033635316129,
                  0.06890576474687264, 0.055, 0.04109423525312737, 0.028549663646838717,
                  0.01859423525312737, 0.012202456766718092, 0.01});
  s.cycle_epochs = 2, s.cycle_growth = 2;  // CosineAnnealingWarmRestarts(T_0=2, T_mult=2)
  check_rates(s, {0.1, 0.055, 0.1, 0.08681980515339464, 0.055, 0.023180194846605363, 0.1,
                  0.0965745789630079, 0.08681980515339464, 0.07222075445642905, 0.055,
                  0.03777924554357097, 0.023180194846605363, 0.013425421036992097});
  check_rates(of(kind::one_cycle),
              {0.004, 0.052, 0.1, 0.09504846320134738, 0.0811745653949763, 0.06112620219362893,
               0.03887419780637107, 0.0188258346050237, 0.004951936798652629, 4e-07});
}

TEST_CASE("schedules: cosine cycles of equal length, each lower than the one before") {
  schedule s = of(kind::cosine);
  s.cycle_epochs = 2, s.cycle_decay = 0.5;
  for (std::size_t cycle = 0; cycle < 5; ++cycle) {
    const double peak = 0.02 + 0.08 * std::pow(0.5, cycle);
    CHECK(s.at(cycle * 10) == doctest::Approx(peak));
    CHECK(s.at(cycle * 10 + 5) == doctest::Approx((peak + 0.02) / 2));
  }
  CHECK_FALSE(s.depends_on_epochs());
}

TEST_CASE("plateau: PyTorch's rates for a loss that stalls, with a cooldown and a least rate") {
  const plateau_rule rule{.patience = 1, .threshold = 1e-2, .cooldown = 1};
  schedule s = of(kind::plateau);
  s.decay_rate = 0.5;
  plateau_state state;
  std::vector<double> rates;
  for (const double loss : {1.0, 0.9, 0.95, 0.91, 0.905, 0.8, 0.85, 0.85, 0.85, 0.85, 0.85, 0.85}) {
    rates.push_back(s.at(rates.size() * 5, state.reductions));
    observe(rule, loss, state);
  }
  const std::vector<double> expected{0.1,  0.1,  0.1,   0.1,   0.05,  0.05,
                                     0.05, 0.05, 0.025, 0.025, 0.025, 0.02};
  REQUIRE(rates.size() == expected.size());
  for (std::size_t i = 0; i < rates.size(); ++i) CHECK(rates[i] == doctest::Approx(expected[i]));
}

TEST_CASE("--print-schedule prints each epoch's rates and trains nothing") {
  const std::string data = small_data();
  std::filesystem::remove_all("printed");
  const std::vector<std::string> flags{
      "--data",   data,      "--epochs", "4",      "-b",   "20",  "--print-schedule",
      "--output", "printed", "--sched",  "linear", "--lr", "0.4", "--warmup-epochs",
      "1"};
  const outcome o = train(flags);
  REQUIRE_MESSAGE(o.code == 0, o.err);
  CHECK(o.out ==
        "epoch  first step  first rate   last rate\n"
        "    1           0        0.08         0.4\n"
        "    2           5         0.4      0.2933\n"
        "    3          10      0.2667        0.16\n"
        "    4          15      0.1333     0.02667\n");
  CHECK_FALSE(std::filesystem::exists("printed"));
  auto json = flags;
  json.emplace_back("--json");
  CHECK(train(json).lines().at(2)["first_step"] == 10);
}

TEST_CASE("flags that a schedule does not use are refused, and say whose they are") {
  const std::string data = small_data();
  const auto refused = [&](std::vector<std::string> flags, const std::string& part) {
    flags.insert(flags.begin(), {"--data", data, "--output", "refused"});
    check_refused(train(flags), part);
    CHECK_FALSE(std::filesystem::exists("refused"));
  };
  refused({"--sched", "cosine", "--decay-rate", "0.5"},
          "--decay-rate: --sched cosine does not use it, but step, multistep, plateau, "
          "exponential, inverse_time");
  refused({"--min-lr", "0.01"}, "--min-lr: --sched constant does not use it");
  refused({"--sched", "step", "--decay-milestones", "3"}, "but multistep");
  refused({"--sched", "multistep"}, "needs --decay-milestones");
  refused({"--sched", "cosine", "--min-lr", "0.5", "--lr", "0.1"}, "above the learning rate 0.1");
  refused({"--sched", "cosine", "--cycle-mul", "2"}, "--cycle-epochs");
  refused({"--sched", "plateau"}, "--sched plateau: needs samples to validate on");
  refused({"--sched", "cosin"}, "cosine");
}

}  // namespace
