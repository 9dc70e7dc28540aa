// Networks for a GPU, executed on the host (tests/cuda/shim): against run_scalar, against the CPU's
// training, and bit for bit against themselves in other orders of threads and streams.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/emitted/agreement.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/networks.hpp"
#include "tests/emitted/subject.hpp"
#ifdef TENON_ON_A_GPU
#  include "tests/cuda/gpu.hpp"
#else
#  include "tests/cuda/shim/shim.hpp"
#endif

namespace {

using namespace tenon;
using namespace tenon::tests;
using floats = std::vector<float>;
using enum tenon::optimizer;

// As for the CPU's code (agreement_test.cpp), for the same reasons.
constexpr double tolerance = 7e-5, random_tolerance = 2e-4;
// run_scalar interprets: some hundred nanoseconds for every multiplication.
constexpr long longest = 2'000'000;
// Of several steps: the stand-in takes a second for 2 MFLOP of two blocks.
constexpr long of_steps = 300'000;

// What the device forgave nobody.
struct forgiving_nothing {
  forgiving_nothing() { shim::reset(); }
  ~forgiving_nothing() {
    for (const std::string& failure : shim::take_failures()) FAIL_CHECK(failure);
    shim::reset();
  }
};

std::map<std::string, network_value> all_networks() {
  std::map<std::string, network_value> all;
  for (const char* list : {TENON_LISTS})
    for (network_value& net : networks_of(list)) all.emplace(net.name, std::move(net));
  return all;
}

void hold(const std::vector<deviation>& all, deviation& worst, const std::string& where) {
  for (const deviation& d : all) {
    CAPTURE(d.what);
    CHECK(d.relative < (where.starts_with("random_") ? random_tolerance : tolerance));
    if (!(d.relative <= worst.relative)) worst = {where + ", " + d.what, d.relative};
  }
}

floats everything(const subject& s, std::size_t n) {
  floats all = s.evaluated(*s.make_evaluator(nullptr), 0, n);
  if (!s.can_train(n)) return all;
  const floats more = s.derived(*s.make_trainer(nullptr), n);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// Largest difference relative to the largest value.
double apart(const floats& a, const floats& b) {
  double most = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    most = d >= 0 ? std::max(most, d) : std::numeric_limits<double>::infinity();
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return most / largest;
}

TEST_CASE("on a GPU: code agrees with the program it was printed from") {
  const auto networks = all_networks();
  deviation worst;
  REQUIRE(cuda_entries().size() == networks.size());
  for (const network_entry& entry : cuda_entries()) {
    const network_value& net = networks.at(std::string(entry.info->name));
    agreement check(net.declaration(), entry, 7);
    for (const std::size_t n : {std::size_t{1}, std::size_t{33}, std::size_t{capacity}}) {
      if (n > 1 && static_cast<long>(n) * entry.info->flops_train > 2 * longest) continue;
      const forgiving_nothing device;
      const std::string where = net.name + ", n = " + std::to_string(n);
      INFO(where << ": " << net.spelled());
      check.draw(n);
      hold(check.check_eval(nullptr), worst, where);
      if (check.can_train()) hold(check.check_train(nullptr), worst, where);
    }
  }
  MESSAGE(cuda_entries().size() << " networks: at most " << worst.relative << " (" << worst.what
                                << ")");
}

TEST_CASE("on a GPU: neither the order of threads nor that of streams changes a bit") {
  for (const network_entry& entry : cuda_entries()) {
    const subject s(entry);
    CAPTURE(std::string(s.info().name));
    const forgiving_nothing device;
    const floats forward = everything(s, 37);
    CHECK(std::ranges::all_of(forward, [](float v) { return std::isfinite(v); }));
    if (s.info().flops_train < of_steps / 4) {
      shim::set_order(shim::order::reverse);
      CHECK(same_bits(forward, everything(s, 37)));
    }
    shim::set_order(shim::order::shuffled);
    shim::set_deferred(true);
    shim::set_device({.multiprocessors = 1});  // so that fewer groups share a block
    CHECK(same_bits(forward, everything(s, 37)));
  }
}

// The image after steps of one optimizer.
floats stepped(const subject& s, optimizer method, std::uint64_t steps) {
  const auto network = s.make_trainer(nullptr);
  settings how = defaults(method);
  how.learning_rate = std::min(how.learning_rate, 0.01F), how.weight_decay = 0.01F;
  how.clips = clip_mode::norm, how.clip = 1;
  for (how.step = 0; how.step < steps; ++how.step) {
    network->gradients(s.x.data(), s.target(), 37, how);
    network->update(how);
  }
  const auto image = network->read_image();
  return {image.begin(), image.end()};
}

// Optimizers that divide by the gradient's own size make a step of what rounding leaves of a
// gradient that is zero, as that of a bias before a norm: they are compared where there is no norm.
TEST_CASE("on a GPU: steps of every optimizer end where the CPU's do") {
  double worst = 0;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < cuda_entries().size(); ++i) {
    const subject gpu(cuda_entries()[i]), cpu(*entries()[i]);
    REQUIRE(gpu.info().name == cpu.info().name);
    const bool chance = gpu.info().name.starts_with("random_");
    const long most = gpu.info().norm_positions == 0 ? of_steps : of_steps / 4;
    if (gpu.info().parameters.empty() || gpu.info().flops_train > most) continue;
    CAPTURE(std::string(gpu.info().name));
    const forgiving_nothing device;
    for (const optimizer method :
         {sgd, adam, adamw, adagrad, adadelta, rmsprop, rmsprop_tf, adamax, nadam, lamb}) {
      if (method != sgd && (gpu.info().norm_positions != 0 || chance)) continue;
      CAPTURE(static_cast<int>(method));
#ifdef TENON_ON_A_GPU
      const std::uint64_t steps = method == sgd ? 20 : 1;
#else
      const std::uint64_t steps = method == sgd ? 3 : 1;  // the stand-in takes its time
#endif
      const double d = apart(stepped(gpu, method, steps), stepped(cpu, method, steps));
      CHECK(d < 1e-5);
      worst = std::max(worst, d);
      ++compared;
    }
  }
  CHECK(compared > 40);
  MESSAGE("at most " << worst);
}

TEST_CASE("on a GPU: what memory held before does not show, and more samples than the capacity") {
  for (const network_entry& entry : cuda_entries()) {
    subject s(entry);
    CAPTURE(std::string(s.info().name));
    const forgiving_nothing device;
    const floats fresh = s.evaluated(*s.make_evaluator(nullptr), 0, 33);
    const auto used = s.make_evaluator(nullptr);
    const floats x = s.x;
    for (float& v : s.x) v *= 1e4F;
    s.evaluated(*used, 0, 64);
    s.x = x;
    CHECK(same_bits(fresh, s.evaluated(*used, 0, 33)));
    s.x.insert(s.x.end(), x.begin(), x.end());
    const floats twice = s.evaluated(*used, 0, 64 + 33);
    CHECK(std::equal(fresh.begin(), fresh.end(),
                     twice.begin() + static_cast<std::ptrdiff_t>(64 * s.outputs())));
  }
}

}  // namespace
