#include "runtime/app/train_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/class_report.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

json or_null(std::optional<double> value) { return value ? json(*value) : json(); }

}  // namespace

train_report::train_report(const context& where, const train_options& o, run_folder& folder,
                           trainer_core& trainer, const interruption& stop)
    : where_(where),
      json_(o.json),
      checkpoint_every_(o.checkpoint_every),
      folder_(folder),
      trainer_(trainer),
      stop_(stop),
      progress_(where.out, o.epochs, where.terminal && !o.no_progress && !o.json) {}

void train_report::on_batch(const batch_report& r) {
  if (!json_) progress_.batch(r);
}

bool train_report::on_step(const position& at) {
  const bool stopped = stop_.signal() != 0;
  if (stopped || (checkpoint_every_ != 0 && at.step % checkpoint_every_ == 0))
    folder_.checkpoint(at, trainer_);
  if (stopped && !json_) progress_.clear();
  return !stopped;
}

void train_report::on_epoch(const epoch_report& r, const position& next) {
  folder_.add(r, next, trainer_);
  json_ ? print_json(r) : progress_.epoch(r);
}

void train_report::on_batch_left_out(std::size_t n) {
  where_.err << fmt::format(
      "note: the last batch of each epoch, of {}, is left out: its batch norms would see a single "
      "value per channel\n",
      n);
}

void train_report::print_json(const epoch_report& r) const {
  const auto& v = r.validation;
  const json line{{"epoch", r.epoch},
                  {"train_loss", r.train.loss},
                  {"train_top1", or_null(r.train.top1)},
                  {"val_loss", v ? json(v->loss) : json()},
                  {"val_top1", v ? or_null(v->top1) : json()},
                  {"val_r2", v ? or_null(v->r2) : json()},
                  {"learning_rate", r.learning_rate},
                  {"seconds", r.seconds}};
  where_.out << line.dump() << std::endl;
}

void print_stopped(const context& where, const run_folder& folder, const position& end,
                   const stopping_flags& flags) {
  where.out << fmt::format(
      "stopped early after epoch {}: {} has not improved for more than {} epoch{}; "
      "last.safetensors "
      "holds the weights of epoch {}\n",
      end.epoch - 1, flags.monitor, *flags.patience, *flags.patience == 1 ? "" : "s",
      flags.no_restore_best ? end.epoch - 1 : folder.best_epoch());
}

served_weights what_is_served(const run_folder& folder, const weight_average& average,
                              bool validates) {
  return {folder.best(),
          fmt::format("{}weights of epoch {}{}",
                      average.what() == averaging::kind::exponential ? "averaged " : "",
                      folder.best_epoch(), validates ? ", the best on the validation part" : "")};
}

void print_end(const context& where, const run_folder& folder, const served_weights& served,
               const std::optional<score>& tested) {
  if (tested) {
    where.out << fmt::format("test  loss {:.4f}", tested->loss);
    if (tested->top1)
      where.out << fmt::format("  top1 {:.4f}  top5 {:.4f}", *tested->top1, *tested->top5);
    if (tested->mse) where.out << fmt::format("  {}", text_of_errors(*tested));
    where.out << fmt::format("  ({} samples, {})\n", tested->samples, served.what);
  } else {
    where.out << "test  the data have no test part\n";
  }
  where.out << fmt::format("weights  {}\nmetrics  {}\ncurves   {}\n", served.path.string(),
                           (folder.path() / "metrics.csv").string(),
                           (folder.path() / "curves.svg").string());
}

void print_end_json(const context& where, const served_weights& served,
                    const std::optional<score>& tested, const position& end,
                    const std::string& hash) {
  const json line{{"final", true},
                  {"epochs", end.epoch - 1},
                  {"stopped_early", end.learned.stopping.stopped},
                  {"test_loss", tested ? json(tested->loss) : json()},
                  {"test_top1", tested ? or_null(tested->top1) : json()},
                  {"test_mse", tested ? or_null(tested->mse) : json()},
                  {"test_mae", tested ? or_null(tested->mae) : json()},
                  {"test_r2", tested ? or_null(tested->r2) : json()},
                  {"weights", served.path.string()},
                  {"hash", hash}};
  where.out << line.dump() << '\n';
}

}  // namespace tenon::runtime
