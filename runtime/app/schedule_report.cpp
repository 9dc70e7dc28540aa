#include "runtime/app/schedule_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/io/file.hpp"
#include "runtime/io/plot.hpp"

namespace tenon::runtime {
namespace {

std::string csv(const std::vector<rate_point>& points) {
  std::string text = "learning_rate,loss,smoothed\n";
  for (const rate_point& p : points) text += fmt::format("{},{},{}\n", p.rate, p.loss, p.smoothed);
  return text;
}

std::string drawn(const std::vector<rate_point>& points) {
  line raw{"loss", {}}, smooth{"smoothed", {}};
  for (const rate_point& p : points) raw.y.push_back(p.loss), smooth.y.push_back(p.smoothed);
  panel all{"loss by learning rate", {std::move(raw), std::move(smooth)}};
  if (points.size() > 1) {
    all.first_x = std::log10(points[0].rate);
    all.x_step = std::log10(points[1].rate) - all.first_x;
  }
  return svg("search for a learning rate", "learning rate, as a power of 10", {all});
}

}  // namespace

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

void report_rates(const context& where, const std::vector<rate_point>& points,
                  const std::filesystem::path& folder, bool may_replace, bool json) {
  const auto table = folder / "find_lr.csv", picture = folder / "find_lr.svg";
  if (std::filesystem::exists(table) && !may_replace) {
    throw user_error(
        fmt::format("--output {}: holds a search already (find_lr.csv); name another folder or "
                    "give --overwrite",
                    folder.string()));
  }
  std::filesystem::create_directories(folder);
  save_atomically(table, csv(points));
  save_atomically(picture, drawn(points));
  const std::optional<double> suggestion = suggested_rate(points);
  if (json) {
    const nlohmann::ordered_json line{
        {"suggestion", suggestion ? nlohmann::ordered_json(*suggestion) : nlohmann::ordered_json()},
        {"steps", points.size()},
        {"points", table.string()}};
    where.out << line.dump() << '\n';
    return;
  }
  where.out << (suggestion ? fmt::format("suggested  --lr {:.2g}\n", *suggestion)
                           : std::string("suggested  none: the loss never fell\n"))
            << fmt::format("points     {}\npicture    {}\n", table.string(), picture.string());
}

}  // namespace tenon::runtime
