// Products of rounded numbers: what tensor cores compute, by exchange between lanes on the host.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/cuda/shim/shim.hpp"
#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

using namespace tenon;
using namespace tenon::tests;
using floats = std::vector<float>;

// Largest difference, relative to the largest value.
double apart(const floats& a, const floats& b) {
  double most = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return most / largest;
}

// Both factors are off by half a unit in the last place at most (2^-11 and 2^-8), errors of many
// products cancel, and a few layers follow each other. Below the lower bound nothing was rounded.
bool is_exact(const network_info& info) { return info.name == "integers"; }

struct bounds {
  double least, most;
};
bounds of(std::string_view name) {
  return name.ends_with("_bf16") ? bounds{1e-4, 4e-2} : bounds{1e-5, 5e-3};
}

TEST_CASE(
    "on tensor cores: outputs and gradients differ from the CPU's by the rounding of factors") {
  REQUIRE(cuda_entries().size() == entries().size());
  for (std::size_t i = 0; i < entries().size(); ++i) {
    const subject cpu(*entries()[i]), gpu(cuda_entries()[i]);
    if (is_exact(cpu.info())) continue;
    CAPTURE(std::string(cpu.info().name));
    const bounds expected = of(cpu.info().name);
    for (const std::size_t n : {std::size_t{2}, std::size_t{33}}) {
      shim::reset();
      const double eval = apart(gpu.evaluated(*gpu.make_evaluator(nullptr), 0, n),
                                cpu.evaluated(*cpu.make_evaluator(nullptr), 0, n));
      CHECK(eval > expected.least);
      CHECK(eval < expected.most);
      const double train = apart(gpu.derived(*gpu.make_trainer(nullptr), n),
                                 cpu.derived(*cpu.make_trainer(nullptr), n));
      CHECK(train > expected.least);
      CHECK(train < expected.most);
      CHECK(shim::take_failures().empty());
    }
  }
}

TEST_CASE("on tensor cores: the order of threads changes no bit") {
  for (const network_entry& entry : cuda_entries()) {
    const subject s(entry);
    shim::reset();
    const floats forward = s.derived(*s.make_trainer(nullptr), 33);
    shim::set_order(shim::order::shuffled);
    CHECK(same_bits(forward, s.derived(*s.make_trainer(nullptr), 33)));
    shim::reset();
  }
}

// -1, 0 or 1, mostly 0, so that no sum of products leaves the integers that a float holds.
floats few_integers(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  floats all(count);
  for (float& v : all) {
    const std::uint64_t r = random() % 16;
    v = r == 0 ? -1.0F : r < 3 ? 1.0F : 0.0F;
  }
  return all;
}

// Outputs, loss and gradients of integers.
floats of_integers(const network_entry& entry, std::size_t n) {
  const network_info& info = *entry.info;
  runtime::aligned_floats image(info.image_floats), folded(info.eval_image_floats);
  for (const parameter_info& p : info.parameters)
    runtime::pack(p, few_integers(runtime::count(p), p.offset + 1), image.span());
  const floats x = few_integers(n * 72, 5), target = few_integers(n * 4, 6);
  entry.fold(image.data(), folded.data());
  floats all(2 * n * 4 + 1 + info.image_floats);
  entry.make_evaluator(folded.span(), nullptr)->run(x.data(), n, all.data());
  const auto trainer = entry.make_trainer(nullptr);
  std::ranges::copy(image.span(), trainer->image().begin());
  all[n * 4] = trainer->gradients(x.data(), target.data(), n, {});
  trainer->outputs(n, all.data() + n * 4 + 1);
  trainer->gradient(std::span(all).subspan(2 * n * 4 + 1));
  return all;
}

TEST_CASE("on a GPU: where sums are exact, the bits are the CPU's") {
  for (std::size_t i = 0; i < entries().size(); ++i) {
    if (!is_exact(*entries()[i]->info)) continue;
    shim::reset();
    const floats cpu = of_integers(*entries()[i], 32), gpu = of_integers(cuda_entries()[i], 32);
    CHECK(same_bits(cpu, gpu));
    CHECK(std::ranges::count_if(cpu, [](float v) { return v != 0; }) > 200);
    return;
  }
  FAIL("no network of integers");
}

}  // namespace
