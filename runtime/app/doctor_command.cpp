#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "runtime/app/commands.hpp"
#include "runtime/app/machine.hpp"
#include "runtime/app/machine_peak.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/random_stream.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/gradient_check.hpp"
#include "runtime/train/initialize.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t seed = 42;

std::string compiler() {
#if defined(__clang__)
  return std::string("Clang ") + __clang_version__;
#else
  return std::string("GCC ") + __VERSION__;
#endif
}

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
  return unpack(info, trainer->image());
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

bool report(std::ostream& out, const char* what, bool ok) {
  out << fmt::format("self-test    {}: {}\n", what, ok ? "ok" : "FAILED");
  return ok;
}

bool self_test(const context& where, unsigned n_threads) {
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
  if (network.make_trainer && network.scalar.loss) {
    pool threads(n_threads);
    bool gradients = true;
    const auto samples = std::min<std::size_t>(4, static_cast<std::size_t>(network.info->batch));
    const gradient_check_options quick{.seed = seed, .samples = samples, .elements = 0};
    for (const gradient_result& r : check_gradients(network, quick, &threads))
      gradients = gradients && r.ok;
    ok &= report(where.out, "gradients agree with the scalar twin", gradients);
  }
  return ok;
}

std::string chosen_target(const network_entry& network) {
  if (!network.make_evaluator) return std::string(make_trainer(network, nullptr)->target());
  aligned_floats image(network.info->image_floats);
  initialize(*network.info, image.span(), seed);
  return std::string(folded_network(network, image.span(), nullptr).run().target());
}

}  // namespace

int doctor_command(const context& where, unsigned threads) {
  std::string targets;
  for (const std::string& name : supported_targets()) targets += " " + name;
  where.out << fmt::format("network      {} {}\n", where.network.info->name,
                           where.network.info->signature);
  where.out << fmt::format("versions     tenon {}, Highway {}, {}\n", TENON_VERSION,
                           highway_version(), compiler());
  where.out << fmt::format("targets     {}\n", targets);
  where.out << fmt::format("chosen       {}\n", chosen_target(where.network));
  where.out << fmt::format("threads      {} (this process may use {})\n",
                           threads_or_default(threads), pool::available());
  return self_test(where, std::max(2U, threads_or_default(threads))) ? done : failed_check;
}

}  // namespace tenon::runtime
