#include "runtime/app/self_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "runtime/app/targets.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/random_stream.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/gradient_check.hpp"
#include "runtime/train/initialize.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t seed = 42;
// Between targets with and without fused multiply-add, in relative Euclidean norm: as gradients
// against the twin, see gradient_check.hpp.
constexpr double rounding = 1e-3;

std::vector<float> random_inputs(const network_info& network, std::size_t n) {
  random_stream random(seed, purpose::check);
  std::vector<float> x(n * count(network.input_shape));
  for (float& value : x) value = static_cast<float>(random.normal());
  return x;
}

std::vector<float> outputs(const network_entry& network, unsigned n_threads) {
  const network_info& info = *network.info;
  pool threads(n_threads);
  aligned_floats image(info.image_floats);
  initialize(info, image.span(), seed);
  folded_network folded(network, image.span(), &threads);
  const auto n =
      static_cast<std::size_t>(info.batch) + 1;  // one full call and one of a single sample
  std::vector<float> y(n * count(info.output_shape));
  folded.run().run(random_inputs(info, n).data(), n, y.data());
  return y;
}

// The weights after two steps on random data.
std::vector<float> stepped(const network_entry& network, unsigned n_threads) {
  const network_info& info = *network.info;
  pool threads(n_threads);
  const auto trainer = make_trainer(network, &threads);
  initialize(info, trainer->image(), seed);
  const auto n = static_cast<std::size_t>(info.batch);
  const std::vector<float> x = random_inputs(info, n);
  const std::vector<std::int32_t> classes(n);
  const std::vector<float> values(info.target_is_class ? 0 : n * count(info.target_shape));
  settings s;
  for (; s.step < 2; ++s.step) {
    trainer->gradients(
        x.data(), info.target_is_class ? static_cast<const void*>(classes.data()) : values.data(),
        n, s);
    trainer->update(s);
  }
  return unpack(info, trainer->read_image());
}

bool equal_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool all_finite(const std::vector<float>& values) {
  for (const float value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference / std::max(norm, 1e-30));
}

bool report(std::ostream& out, const std::string& what, bool ok) {
  out << fmt::format("self-test    {}: {}\n", what, ok ? "ok" : "FAILED");
  return ok;
}

bool gradients_agree(const network_entry& network, unsigned n_threads) {
  pool threads(n_threads);
  const auto samples = std::min<std::size_t>(4, static_cast<std::size_t>(network.info->batch));
  const gradient_check_options quick{.seed = seed, .samples = samples, .elements = 0};
  const auto results = check_gradients(network, quick, &threads);
  return std::ranges::all_of(results, [](const gradient_result& r) { return r.ok; });
}

bool check_threads(const context& where, unsigned n_threads) {
  const network_entry& network = where.network;
  bool ok = true;
  if (network.make_evaluator) {
    const auto alone = outputs(network, 1);
    ok &= report(where.out, "outputs are finite", all_finite(alone));
    ok &= report(where.out, "serving: equal bits on 1 and more threads",
                 equal_bits(alone, outputs(network, n_threads)));
  }
  if (network.make_trainer) {
    const auto alone = stepped(network, 1);
    ok &= report(where.out, "weights stay finite", all_finite(alone));
    ok &= report(where.out, "training: equal bits on 1 and more threads",
                 equal_bits(alone, stepped(network, n_threads)));
  }
  return ok;
}

// Against the first target of its kind bit for bit, against the best within rounding.
struct reference {
  std::vector<float> best, of_kind[2];

  bool agrees(const std::vector<float>& found, bool fma) {
    if (best.empty()) best = found;
    if (of_kind[fma].empty()) of_kind[fma] = found;
    return equal_bits(found, of_kind[fma]) && distance(found, best) <= rounding;
  }
};

bool check_targets(const context& where, unsigned n_threads) {
  const network_entry& network = where.network;
  reference serving, training;
  bool ok = true;
  for (const simd_target& t : usable_targets(network)) {
    const only_target scope(t);
    if (network.make_trainer && network.scalar.loss)
      ok &= report(where.out, t.name + ": gradients agree with the scalar twin",
                   gradients_agree(network, n_threads));
    if (network.make_evaluator)
      ok &= report(where.out, t.name + ": serves as the other targets",
                   serving.agrees(outputs(network, n_threads), t.fma));
    if (network.make_trainer)
      ok &= report(where.out, t.name + ": trains as the other targets",
                   training.agrees(stepped(network, n_threads), t.fma));
  }
  return ok;
}

}  // namespace

bool device_self_test(const context& where) {
  const network_entry& network = where.network;
  bool ok = true;
  if (network.make_evaluator) {
    const auto once = outputs(network, 1);
    ok &= report(where.out, "outputs are finite", all_finite(once));
    ok &= report(where.out, "serving: equal bits twice", equal_bits(once, outputs(network, 1)));
  }
  if (!network.make_trainer) return ok;
  if (network.scalar.loss)
    ok &= report(where.out, "gradients agree with the scalar twin", gradients_agree(network, 1));
  const auto once = stepped(network, 1);
  ok &= report(where.out, "weights stay finite", all_finite(once));
  return report(where.out, "training: equal bits twice", equal_bits(once, stepped(network, 1))) &&
         ok;
}

bool self_test(const context& where, unsigned threads) {
  const bool same = check_threads(where, threads);
  return check_targets(where, threads) && same;
}

}  // namespace tenon::runtime
