#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/app/network_bench.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;
constexpr double giga = 1e9, micro = 1e6;
constexpr double kernel_share = 0.1;  // of the time for a network call, for each kernel

void print_json(const bench_result& r, const machine_speed& machine, std::ostream& out) {
  json kernels = json::array();
  for (const kernel_time& k : r.kernels) {
    kernels.push_back({{"name", k.name},
                       {"median_us", k.median_seconds * micro},
                       {"flops", k.flops},
                       {"bytes", k.bytes},
                       {"gflops", k.flops / k.median_seconds / giga},
                       {"calls", k.calls},
                       {"roofline", k.roofline()}});
  }
  const json line{{"mode", r.mode},
                  {"batch", r.batch},
                  {"threads", r.threads},
                  {"median_us", r.call.median * micro},
                  {"min_us", r.call.least * micro},
                  {"flops", r.flops},
                  {"flops_computed", r.computed},
                  {"gflops", r.flops / r.call.median / giga},
                  {"peak_gflops", machine.flops_per_second_all / giga},
                  {"roofline", r.roofline()},
                  {"target", r.target},
                  {"kernels", kernels}};
  out << line.dump() << '\n';
}

void print(const bench_result& r, const machine_speed& machine, std::ostream& out) {
  const double speed = r.flops / r.call.median;
  out << fmt::format(
      "\n{}, batch {}, {} thread{}, {}: median {:.1f} µs, least {:.1f} µs, {:.1f} GFLOP/s, {:.0f} "
      "% of peak, {:.0f} % of bound\n",
      r.mode, r.batch, r.threads, r.threads == 1 ? "" : "s", r.target, r.call.median * micro,
      r.call.least * micro, speed / giga, 100 * speed / machine.flops_per_second_all,
      100 * r.roofline());
  if (r.flops > 1.1 * r.computed && r.computed > 0)
    out << fmt::format(
        "  these are the FLOPs of the layers' formulas, {:.1f} times those that kernels compute: "
        "Winograd's transforms save products\n",
        r.flops / r.computed);
  out << fmt::format("  {:<40} {:>10} {:>9} {:>9} {:>10}\n", "kernel, one call on one thread", "µs",
                     "GFLOP/s", "% of peak", "% of bound");
  for (const kernel_time& k : r.kernels) {
    const double gflops = k.flops / k.median_seconds;
    out << fmt::format("  {:<40} {:>10.2f} {:>9.1f} {:>9.0f} {:>10.0f}\n", k.name,
                       k.median_seconds * micro, gflops / giga,
                       100 * gflops / machine.flops_per_second, 100 * k.roofline());
  }
}

// A GPU runs the whole call: its kernels are not timed one by one, and its peak is not the CPU's.
// Times are those of samples that lie there, but where a call takes several batches of them.
const timing& time_on_gpu(const bench_result& r) { return r.resident ? *r.resident : r.call; }
void print_json_of_gpu(const context& where, const bench_result& r) {
  const json line{{"mode", r.mode},
                  {"batch", r.batch},
                  {"device", where.device},
                  {"median_us", time_on_gpu(r).median * micro},
                  {"min_us", time_on_gpu(r).least * micro},
                  {"from_cpu_median_us", r.call.median * micro},
                  {"flops", r.flops},
                  {"gflops", r.flops / time_on_gpu(r).median / giga},
                  {"peak_gflops", json()},
                  {"kernels", json::array()}};
  where.out << line.dump() << '\n';
}
void print_of_gpu(const context& where, const bench_result& r) {
  where.out << fmt::format(
      "{}, batch {}, {}: median {:.1f} µs, least {:.1f} µs, {:.1f} GFLOP/s; from memory of the CPU "
      "and back {:.1f} µs\n",
      r.mode, r.batch, where.device, time_on_gpu(r).median * micro, time_on_gpu(r).least * micro,
      r.flops / time_on_gpu(r).median / giga, r.call.median * micro);
}

void print(const machine_speed& m, unsigned threads, std::ostream& out) {
  out << fmt::format(
      "peak, measured in this run: {:.1f} GFLOP/s on one thread, {:.1f} on {}\ncopying, read and "
      "written:",
      m.flops_per_second / giga, m.flops_per_second_all / giga, threads);
  for (const copy_speed& c : m.copies)
    out << fmt::format("  {} KiB {:.0f} GB/s", c.bytes >> 10, c.bytes_per_second / giga);
  out << "\nbound: the longer of FLOPs at one thread's peak and bytes at the speed of copying as "
         "many\n";
}

}  // namespace

int bench_command(const context& where, const bench_options& o) {
  const network_info& network = *where.network.info;
  const std::size_t batch = o.batch.value_or(static_cast<std::size_t>(network.batch));
  const bool train = o.mode != "eval", eval = o.mode != "train";
  if (train && batch > static_cast<std::size_t>(network.batch)) {
    throw user_error(
        fmt::format("bench --batch {}: training steps take at most {}; build {} again with --batch "
                    "{}, or give --mode eval",
                    batch, network.batch, network.name, batch));
  }
  pool threads(threads_or_default(o.threads));
  const machine_speed machine = where.on_gpu() ? machine_speed{} : measure_machine(threads);
  if (!o.json && !where.on_gpu()) print(machine, threads.threads(), where.out);
  const double for_kernel = o.kernels ? kernel_share * o.seconds : 0;
  const auto show = [&](const bench_result& r) {
    if (where.on_gpu())
      o.json ? print_json_of_gpu(where, r) : print_of_gpu(where, r);
    else
      o.json ? print_json(r, machine, where.out) : print(r, machine, where.out);
  };
  if (eval) show(bench_eval(where.network, batch, threads, machine, o.seconds, for_kernel));
  if (train) show(bench_train(where.network, batch, threads, machine, o.seconds, for_kernel));
  return done;
}

}  // namespace tenon::runtime
