#include "runtime/app/run_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"
#include "runtime/io/plot.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;
constexpr std::array files{"arguments.json", "metrics.csv", "curves.svg", "last.safetensors",
                           "best.safetensors"};

fs::path first_free(const network_info& network) {
  for (int n = 1;; ++n) {
    fs::path path = fs::path("runs") / fmt::format("{}-{}", network.name, n);
    if (!fs::exists(path)) return path;
  }
}

void prepare(const fs::path& path, bool overwrite) {
  for (const char* file : files) {
    if (!fs::exists(path / file)) continue;
    if (!overwrite) {
      throw user_error(fmt::format(
          "--output {}: holds a run already ({}); name another folder or give --overwrite",
          path.string(), file));
    }
    fs::remove(path / file);
    fs::remove(path / (std::string(file) + ".tmp"));
  }
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed)
    throw user_error(
        fmt::format("--output {}: cannot be made: {}", path.string(), failed.message()));
}

nlohmann::ordered_json as_json(const train_options& o, const network_info& network) {
  nlohmann::ordered_json j{{"network", network.name},
                           {"signature", network.signature},
                           {"version", TENON_VERSION},
                           {"data", o.data},
                           {"epochs", o.epochs},
                           {"batch_size", *o.batch},
                           {"opt", o.optimizer},
                           {"lr", *o.learning_rate},
                           {"momentum", o.momentum},
                           {"nesterov", o.nesterov},
                           {"weight_decay", o.weight_decay},
                           {"decay_all", o.decay_all},
                           {"opt_betas", o.betas},
                           {"opt_eps", o.epsilon},
                           {"sched", o.schedule},
                           {"min_lr", o.min_learning_rate},
                           {"warmup_epochs", o.warmup_epochs},
                           {"decay_epochs", o.decay_epochs},
                           {"decay_milestones", o.milestones},
                           {"decay_rate", o.decay_rate},
                           {"seed", o.seed},
                           {"val_fraction", o.validation_fraction},
                           {"test_fraction", o.test_fraction},
                           {"standardize", *o.standardize},
                           {"standardize_target", o.standardize_target},
                           {"target", o.source.targets},
                           {"features", o.source.features},
                           {"no_header", o.source.no_header},
                           {"resize", o.source.resize},
                           {"classes", o.source.classes},
                           {"initializer", o.initializer},
                           {"drop_last", o.drop_last},
                           {"init", o.init}};
  return j;
}

std::vector<std::string> columns(bool is_class, bool validates) {
  std::vector<std::string> names{"learning_rate", "loss", "seconds"};
  if (is_class) names.emplace_back("top1");
  if (validates) names.emplace_back("val_loss");
  if (validates && is_class) names.emplace_back("val_top1");
  return names;
}

double or_nan(std::optional<double> value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

// One line per part: of losses, or of accuracies in percent.
panel make_panel(const std::vector<epoch_report>& epochs, const char* title, bool accuracy) {
  line train{"train", {}}, validation{"validation", {}};
  const auto value = [&](const score& s) { return accuracy ? 100 * or_nan(s.top1) : s.loss; };
  for (const epoch_report& e : epochs) {
    train.y.push_back(value(e.train));
    if (e.validation) validation.y.push_back(value(*e.validation));
  }
  panel p{title, {std::move(train)}};
  if (!validation.y.empty()) p.lines.push_back(std::move(validation));
  return p;
}

}  // namespace

run_folder::run_folder(const train_options& o, const network_info& network, weights_about about,
                       bool validates)
    : path_(o.output.empty() ? first_free(network) : fs::path(o.output)),
      network_(network),
      about_(std::move(about)) {
  prepare(path_, o.overwrite);
  save_atomically(path_ / "arguments.json", as_json(o, network).dump(2) + "\n");
  csv_.emplace(path_ / "metrics.csv", columns(network.target_is_class, validates));
}

bool run_folder::is_better(const epoch_report& report) {
  if (!report.validation) return true;
  const double value =
      network_.target_is_class ? *report.validation->top1 : -report.validation->loss;
  if (best_epoch_ != 0 && !(value > best_value_)) return false;
  best_value_ = value;
  return true;
}

void run_folder::add(const epoch_report& report, std::span<const float> image) {
  save_weights(last(), network_, image, about_);
  if (is_better(report)) {
    best_epoch_ = report.epoch;
    save_weights(best(), network_, image, about_);
  }
  std::vector<std::pair<std::string, double>> values{{"learning_rate", report.learning_rate},
                                                     {"loss", report.train.loss},
                                                     {"seconds", report.seconds},
                                                     {"top1", or_nan(report.train.top1)}};
  if (report.validation) {
    values.emplace_back("val_loss", report.validation->loss);
    values.emplace_back("val_top1", or_nan(report.validation->top1));
  }
  csv_->add(report.epoch, values);
  epochs_.push_back(report);
}

void run_folder::save_curves() const {
  std::vector<panel> panels{make_panel(epochs_, "loss", false)};
  if (network_.target_is_class) panels.push_back(make_panel(epochs_, "accuracy (top-1), %", true));
  save_atomically(path_ / "curves.svg", svg(std::string(network_.name), "epoch", panels));
}

}  // namespace tenon::runtime
