#include "runtime/app/network_bench.hpp"

#include <memory>

#include "runtime/app/kernel_bench.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/random_stream.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/initialize.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t seed = 42;

dataset random_data(const network_info& network, std::size_t n) {
  random_stream random(seed, purpose::bench);
  dataset data;
  data.shape.assign(network.input_shape.begin(), network.input_shape.end());
  data.x.resize(n * data.sample_size());
  for (float& value : data.x) value = static_cast<float>(random.normal());
  if (network.target_is_class) {
    for (std::size_t i = 0; i < n; ++i) {
      data.classes.push_back(
          static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(network.classes))));
    }
  } else {
    data.targets.resize(n * count(network.target_shape));
    for (float& value : data.targets) value = static_cast<float>(random.normal());
  }
  return data;
}

double flops_of(std::span<const kernel_info> kernels) {
  double n = 0;
  for (const kernel_info& k : kernels) n += k.flops;
  return n;
}

// again(times) repeats the call where samples and outputs lie.
template <class Again>
std::optional<timing> bench_resident(Again again, double seconds) {
  constexpr std::size_t in_a_row = 20;  // launched while the one before computes, as in a training
  if (!again(1)) return std::nullopt;
  timing t = repeat([&] { again(in_a_row); }, seconds);
  t.median /= in_a_row, t.least /= in_a_row;
  return t;
}

// Few samples go one at a time, through kernels of their own.
std::vector<kernel_time> bench_singles(const network_info& info, std::size_t n, evaluator& network,
                                       const machine_speed& machine, double seconds) {
  network_info one = info;
  one.block = one.batch = 1;
  const auto run = [&](std::size_t k, std::size_t b) {
    network.run_kernel(info.eval_kernels.size() + k, b);
  };
  std::vector<kernel_time> times =
      bench_kernels(info.single_kernels, one, 1, run, machine, seconds);
  for (kernel_time& k : times) k.calls *= n;
  return times;
}

}  // namespace

double bench_result::roofline() const {
  double seconds = 0;
  for (const kernel_time& k : kernels) seconds += static_cast<double>(k.calls) * k.bound_seconds;
  return seconds / threads / call.median;
}

bench_result bench_eval(const network_entry& network, std::size_t n, pool& threads,
                        const machine_speed& machine, double seconds, double kernel_seconds) {
  const network_info& info = *network.info;
  aligned_floats image(info.image_floats);
  initialize(info, image.span(), seed);
  folded_network folded(network, image.span(), &threads);
  const dataset data = random_data(info, n);
  std::vector<float> y(n * count(info.output_shape));
  bench_result r{.mode = "eval",
                 .target = std::string(folded.run().target()),
                 .batch = n,
                 .threads = threads.threads(),
                 .call = repeat([&] { folded.run().run(data.x.data(), n, y.data()); }, seconds),
                 .flops = static_cast<double>(info.flops_eval) * static_cast<double>(n),
                 .computed = flops_of(info.eval_kernels) * static_cast<double>(n),
                 .kernels = {}};
  if (n <= static_cast<std::size_t>(info.batch)) {
    r.resident =
        bench_resident([&](std::size_t times) { return folded.run().again(n, times); }, seconds);
  }
  if (n <= static_cast<std::size_t>(info.most_singles)) {
    r.computed = flops_of(info.single_kernels) * static_cast<double>(n);
    r.kernels = bench_singles(info, n, folded.run(), machine, kernel_seconds);
    return r;
  }
  r.kernels = bench_kernels(
      info.eval_kernels, info, n,
      [&](std::size_t k, std::size_t b) { folded.run().run_kernel(k, b); }, machine,
      kernel_seconds);
  return r;
}

bench_result bench_train(const network_entry& network, std::size_t n, pool& threads,
                         const machine_speed& machine, double seconds, double kernel_seconds) {
  const network_info& info = *network.info;
  const auto trainer = make_trainer(network, &threads);
  initialize(info, trainer->image(), seed);
  const dataset data = random_data(info, n);
  const void* target =
      data.classes.empty() ? static_cast<const void*>(data.targets.data()) : data.classes.data();
  settings s;
  s.learning_rate = 0;  // the same weights, so the same work, in every step
  const auto step = [&] {
    trainer->gradients(data.x.data(), target, n, s);
    trainer->update(s);
    ++s.step;
  };
  bench_result r{.mode = "train",
                 .target = std::string(trainer->target()),
                 .batch = n,
                 .threads = threads.threads(),
                 .call = repeat(step, seconds),
                 .flops = static_cast<double>(info.flops_train) * static_cast<double>(n),
                 .computed = flops_of(info.train_kernels) * static_cast<double>(n),
                 .kernels = {}};
  r.resident =
      bench_resident([&](std::size_t times) { return trainer->again(n, times, s); }, seconds);
  r.kernels = bench_kernels(
      info.train_kernels, info, n, [&](std::size_t k, std::size_t b) { trainer->run_kernel(k, b); },
      machine, kernel_seconds);
  return r;
}

}  // namespace tenon::runtime
