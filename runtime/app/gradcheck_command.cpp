#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/train/gradient_check.hpp"

namespace tenon::runtime {
namespace {

void print_json(const gradient_result& r, std::ostream& out) {
  nlohmann::ordered_json line{
      {"layer", r.layer}, {"parameter", r.parameter}, {"max_relative_error", r.max_relative_error},
      {"ok", r.ok},       {"checked", r.checked},     {"kinks", r.kinks}};
  line["emitted_error"] =
      r.emitted_error ? nlohmann::ordered_json(*r.emitted_error) : nlohmann::ordered_json();
  out << line.dump() << '\n';
}

void print(const gradient_result& r, std::ostream& out) {
  const std::string name = r.layer == r.parameter ? r.layer : r.layer + "." + r.parameter;
  out << fmt::format("{:<28} {:>10.2e} {:>10} {:>8} {:>6}   {}\n", name, r.max_relative_error,
                     r.emitted_error ? fmt::format("{:.2e}", *r.emitted_error) : "-", r.checked,
                     r.kinks, r.ok ? "ok" : "FAILED");
}

}  // namespace

int gradcheck_command(const context& where, const gradcheck_options& o) {
  pool threads(threads_or_default(o.threads));
  const gradient_check_options check{.seed = o.seed, .samples = o.samples, .elements = o.elements};
  const auto results = check_gradients(where.network, check, &threads);
  if (!o.json) {
    where.out << fmt::format("{:<28} {:>10} {:>10} {:>8} {:>6}\n", "gradient of", "twin", "emitted",
                             "checked", "kinks");
  }
  bool all = true;
  for (const gradient_result& r : results) {
    o.json ? print_json(r, where.out) : print(r, where.out);
    all = all && r.ok;
  }
  if (!o.json) {
    where.out << fmt::format(
        "twin: largest relative error against differences, at most {:g}; emitted: relative "
        "distance from the "
        "twin, at most {:g}\n",
        check.tolerance, check.emitted_tolerance);
  }
  return all ? done : failed_check;
}

}  // namespace tenon::runtime
