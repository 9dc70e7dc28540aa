#include "runtime/app/schedule_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace tenon::runtime {

void print_schedule(const context& where, const schedule& rate, bool json) {
  if (!json) where.out << "epoch  first step  first rate   last rate\n";
  for (int epoch = 1; epoch <= rate.epochs; ++epoch) {
    const std::size_t first = static_cast<std::size_t>(epoch - 1) * rate.steps_per_epoch;
    const double from = rate.at(first), to = rate.at(first + rate.steps_per_epoch - 1);
    if (json) {
      const nlohmann::ordered_json line{
          {"epoch", epoch}, {"first_step", first}, {"first_rate", from}, {"last_rate", to}};
      where.out << line.dump() << '\n';
    } else {
      where.out << fmt::format("{:>5}  {:>10}  {:>10.4g}  {:>10.4g}\n", epoch, first, from, to);
    }
  }
  if (rate.kind == schedule_kind::plateau)
    where.err << "note: a plateau is seen in the validation loss alone; these are the rates "
                 "without one\n";
}

}  // namespace tenon::runtime
