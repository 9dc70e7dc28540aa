// Emitted contract kernels beside hand-written ones of the same shape and block, timed in turns
// within one run, as a Markdown table. Agreement is checked before anything is timed. Returns 1
// where results are wrong; a slow kernel is a figure in the table, not a failure.
//   bench_contract [PART OF A NAME]      such as "conv1d" or "weight_gradient"
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "bench/contract/cases.hpp"
#include "bench/contract/emitted.hpp"
#include "bench/contract/turns.hpp"
#include "bench/hand_written/register.hpp"

#define DECLARED(NETWORK, LAYER, SHAPE)         \
  namespace emitted::NETWORK {                  \
  const tenon::network_entry& entry() noexcept; \
  }
TENON_CONTRACT_CASES(DECLARED)
#undef DECLARED

namespace {

struct contract_case {
  const tenon::network_entry& (*entry)() noexcept;
  std::string_view layer, shape;
};

constexpr contract_case cases[] = {
#define CASE(NETWORK, LAYER, SHAPE) {emitted::NETWORK::entry, LAYER, SHAPE},
    TENON_CONTRACT_CASES(CASE)
#undef CASE
};

constexpr int rounds = 41;
constexpr double turn = 1e-3;           // seconds
constexpr double emitted_bound = 1e-4;  // float sums of thousands of terms

void check(std::string_view name, double error, double bound) {
  if (!(error < bound))
    throw std::runtime_error(
        fmt::format("{}: wrong by {:.1e}, at most {:.0e}", name, error, bound));
}

void compare(const contract::emitted_layer& layer, const std::vector<std::size_t>& emitted,
             const hand_written::kernel& hand) {
  hand.run();
  check(hand.name, hand.error(), hand_written::tolerance);
  std::vector<double> peaks;
  const std::vector<double> seconds =
      contract::in_turns({[&] { layer.run(emitted); }, hand.run,
                          [&] { peaks.push_back(hand_written::measure_peak(1)); }},
                         rounds, turn);
  const double peak = contract::median(peaks);
  const double mine = hand.flops / seconds[0] * 1e-9, theirs = hand.flops / seconds[1] * 1e-9;
  fmt::print("| {} | {:.1f} | {:.1f} | {:.2f} | {:.0f} |\n", hand.name, mine, theirs, mine / theirs,
             100 * mine / peak);
  std::fflush(stdout);
}

// Compares the kernels of one layer whose names contain `wanted`, and says how many they are.
int compare_all(const contract_case& c, const hand_written::kernels& yardsticks,
                std::string_view wanted) {
  const contract::emitted_layer layer(c.entry(), c.layer);
  const std::string shape = fmt::format("{}/block{}/", c.shape, layer.block());
  int known = 0, compared = 0;
  for (const hand_written::kernel& hand : yardsticks) {
    if (!hand.name.starts_with(shape)) continue;
    ++known;
    if (hand.name.find(wanted) == std::string::npos) continue;
    const std::string_view direction = std::string_view(hand.name).substr(shape.size());
    const auto kernels = layer.kernels_of(direction);
    if (kernels.empty() && direction == "input_gradient") continue;  // a first layer
    if (kernels.empty()) throw std::runtime_error(hand.name + ": no such kernel was emitted");
    if (compared++ == 0) check(c.shape, contract::gradient_error(c.entry()), emitted_bound);
    compare(layer, kernels, hand);
  }
  if (known == 0) throw std::runtime_error(shape + ": there is no hand-written kernel for it");
  return compared;
}

int run(std::string_view wanted) {
  hand_written::kernels yardsticks;
  hand_written::register_linear(yardsticks);
  hand_written::register_conv(yardsticks);
  fmt::print("FMA peak of one core: {:.1f} GFLOP/s, target {}\n\n", hand_written::measure_peak(),
             hand_written::target());
  fmt::print(
      "| kernel | emitted GFLOP/s | hand-written | ratio | % of peak |\n|---|---|---|---|---|\n");
  int compared = 0;
  for (const contract_case& c : cases) compared += compare_all(c, yardsticks, wanted);
  if (compared == 0)
    throw std::runtime_error(fmt::format("no kernel has '{}' in its name", wanted));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
}
