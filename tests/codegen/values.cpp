#include "tests/codegen/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "runtime/core/random.hpp"

namespace tenon::tests {

using codegen::program;
using codegen::role;
using codegen::scalar_state;

namespace {

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return h;
}

}  // namespace

scalar_state random_state(const program& p, std::size_t n, std::uint64_t seed) {
  scalar_state s = codegen::make_state(p, n);
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const codegen::tensor& t = p.tensors[i];
    random_numbers random(seed ^ hash_of(t.name));
    for (double& v : s.values[i]) {
      switch (t.what) {
        case role::input:
        case role::parameter:
          v = random.between(-1, 1);
          break;
        case role::buffer:
          v = random.between(0.5, 1.5);
          break;
        case role::target:
          v = p.target_is_class ? random.below(p.classes) : random.between(-1, 1);
          break;
        case role::sample_weight:
          v = random.between(0.25, 2);
          break;
        default:
          break;
      }
    }
  }
  return s;
}

void run(const program& p, scalar_state& s, std::size_t n) {
  codegen::run_scalar(p, s, n, mask_seed, mask_step);
}

scalar_state run_on_random_values(const program& p, std::size_t n, std::uint64_t seed) {
  scalar_state s = random_state(p, n, seed);
  run(p, s, n);
  return s;
}

double drawn_uniform(std::uint64_t seed, int stream, std::uint64_t step, std::size_t sample,
                     std::size_t element) {
  return static_cast<double>(tenon::uniform(seed, static_cast<std::uint32_t>(stream), step,
                                            static_cast<std::uint32_t>(sample),
                                            static_cast<std::uint32_t>(element)));
}

int tensor_named(const program& p, std::string_view name) {
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    if (p.tensors[i].name == name) return static_cast<int>(i);
  }
  throw std::logic_error(fmt::format("network {} has no tensor {}", p.network, name));
}

std::vector<double>& values_of(const program& p, scalar_state& s, std::string_view name) {
  return s.of(tensor_named(p, name));
}

results results_of(const program& p, const scalar_state& s) {
  results r;
  for (std::size_t i = 0; i < p.tensors.size(); ++i) {
    const codegen::tensor& t = p.tensors[i];
    switch (t.what) {
      case role::output:
        r["output"] = s.values[i];
        break;
      case role::probabilities:
        r["probabilities"] = s.values[i];
        break;
      case role::loss:
        r["loss"] = s.values[i];
        break;
      case role::buffer:
        r[t.name] = s.values[i];
        break;
      case role::gradient:
        r[p.of(t.of).name + " gradient"] = s.values[i];
        break;
      default:
        break;
    }
  }
  return r;
}

double largest(const std::vector<double>& v) {
  double m = 0;
  for (double x : v) m = std::isnan(x) ? x : std::max(m, std::fabs(x));
  return m;
}

std::string difference(const results& a, const results& b, double tolerance) {
  std::string worst;
  double worst_ratio = 1;
  for (const auto& [name, x] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second.size() != x.size())
      return name + " is there only once, or in two sizes";
    const double allowed = tolerance * std::max(1.0, largest(x));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double ratio = std::fabs(x[i] - other->second[i]) / allowed;
      if (ratio <= worst_ratio) continue;  // a NaN fails this
      worst_ratio = ratio;
      worst = fmt::format("{}[{}] is {:.17g} and {:.17g}, allowed are {:.1e}", name, i, x[i],
                          other->second[i], allowed);
      if (std::isnan(ratio)) return worst;
    }
  }
  if (a.size() != b.size()) return "the second holds more tensors";
  return worst;
}

}  // namespace tenon::tests
