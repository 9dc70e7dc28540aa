#include "runtime/app/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"
#include "runtime/io/plot.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;
constexpr std::array files{"state",          "arguments.json",   "metrics.csv",
                           "curves.svg",     "last.safetensors", "best.safetensors",
                           "swa.safetensors"};
constexpr const char* runs = "runs";

// ---- finding and making folders

user_error cannot_make(const fs::path& path, const std::error_code& why) {
  return user_error(fmt::format("--output {}: cannot be made: {}; choose another folder",
                                path.string(), why.message()));
}

// Two processes that begin at a time get two folders: only one of them makes each.
fs::path make_first_free(const network_info& network) {
  std::error_code failed;
  fs::create_directories(runs, failed);
  for (int n = 1; !failed; ++n) {
    const fs::path path = fs::path(runs) / fmt::format("{}-{}", network.name, n);
    if (fs::create_directory(path, failed)) return path;
    if (failed && fs::exists(path)) failed.clear();
  }
  throw cannot_make(runs, failed);
}

fs::path make(const std::string& output) {
  std::error_code failed;
  fs::create_directories(output, failed);
  if (failed) throw cannot_make(output, failed);
  if (!fs::is_directory(output)) throw user_error(fmt::format("--output {}: is a file", output));
  return output;
}

void remove_run(const fs::path& path, bool overwrite) {
  for (const char* file : files) {
    if (!fs::exists(path / file)) continue;
    if (!overwrite) {
      throw user_error(
          fmt::format("--output {}: holds a run already ({}); go on with it by "
                      "--resume {}, name another folder or give --overwrite",
                      path.string(), file, path.string()));
    }
    fs::remove(path / file);
  }
}

// What a killed run left half written.
void remove_unfinished_in(const fs::path& path) {
  for (const char* file : files) remove_unfinished(path / file);
}

fs::path newest(const network_info& network) {
  const std::string prefix = fmt::format("{}-", network.name);
  int most = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(runs, failed)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !fs::exists(entry.path() / "state")) continue;
    int n = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + prefix.size(), end, n);
    if (read.ec == std::errc() && read.ptr == end) most = std::max(most, n);
  }
  if (most == 0) {
    throw user_error(fmt::format("--resume last: no run in {}/{}<n> has a state; give its folder",
                                 runs, prefix));
  }
  return fs::path(runs) / fmt::format("{}{}", prefix, most);
}

// ---- metrics

std::vector<std::string> columns(bool is_class, bool validates) {
  std::vector<std::string> names{"learning_rate", "loss", "seconds"};
  if (is_class) names.emplace_back("top1");
  if (validates) names.emplace_back("val_loss");
  if (validates) names.emplace_back(is_class ? "val_top1" : "val_r2");
  return names;
}

double or_nan(std::optional<double> value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

epoch_values values_of(const epoch_report& report) {
  epoch_values e{.epoch = report.epoch,
                 .values = {{"learning_rate", report.learning_rate},
                            {"loss", report.train.loss},
                            {"seconds", report.seconds}}};
  if (report.train.top1) e.values.emplace_back("top1", *report.train.top1);
  if (!report.validation) return e;
  e.values.emplace_back("val_loss", report.validation->loss);
  if (report.validation->top1) e.values.emplace_back("val_top1", *report.validation->top1);
  if (report.validation->r2) e.values.emplace_back("val_r2", *report.validation->r2);
  return e;
}

// One line for each of these columns that some epoch has.
panel make_panel(const std::vector<epoch_values>& epochs, const char* title,
                 const std::array<std::pair<const char*, const char*>, 2>& columns, double scale) {
  panel p{title, {}};
  for (const auto& [label, column] : columns) {
    line l{label, {}};
    bool known = false;
    for (const epoch_values& e : epochs) {
      const auto found =
          std::ranges::find(e.values, column, &std::pair<std::string, double>::first);
      known |= found != e.values.end();
      l.y.push_back(found == e.values.end() ? or_nan({}) : scale * found->second);
    }
    if (known) p.lines.push_back(std::move(l));
  }
  return p;
}

}  // namespace

fs::path find_state(const train_options& o, const network_info& network) {
  const bool in_output = !o.output.empty() && fs::exists(fs::path(o.output) / "state");
  const fs::path asked = o.resume != "last" ? fs::path(o.resume)
                         : in_output        ? fs::path(o.output)
                                            : newest(network);
  const fs::path state = fs::is_directory(asked) ? asked / "state" : asked;
  if (!fs::is_regular_file(state)) {
    throw user_error(
        fmt::format("--resume {}: there is no {}; give a run folder that holds a state, or begin "
                    "the run again",
                    o.resume, state.string()));
  }
  return state;
}

run_folder::run_folder(const train_options& o, const network_info& network)
    : path_(o.output.empty() ? make_first_free(network) : make(o.output)),
      network_(network),
      lock_(path_) {
  remove_run(path_, o.overwrite);
  remove_unfinished_in(path_);
}

run_folder::run_folder(const fs::path& existing, const network_info& network)
    : path_(existing), network_(network), lock_(path_) {
  remove_unfinished_in(path_);
}

void run_folder::begin(run_record record, std::span<const float> best, judging how,
                       trainer_core& trainer, const weight_average& average) {
  monitor_ = how.monitor;
  average_ = &average;
  record_ = std::move(record);
  if (record_.best_epoch != 0) best_.assign(best.begin(), best.end());
  if (record_.best_epoch != 0 && best.empty())  // the weights of the state are the best ones
    best_.assign(served(trainer).begin(), served(trainer).end());
  csv_.emplace(columns(network_.tells_classes(), how.validates));
  for (const epoch_values& e : record_.epochs) csv_->add(e);
  save_run_state(trainer);
  save_atomically(path_ / "arguments.json", record_.arguments + "\n");
  if (record_.at.step != 0) save_others(served(trainer), outlives::the_process);
}

bool run_folder::is_better(const epoch_report& report) {
  if (!report.validation) return true;
  const double value = merit(monitor_, *report.validation);
  if (record_.best_epoch != 0 && !(value > record_.best_score)) return false;
  record_.best_score = value;
  return true;
}

void run_folder::add(const epoch_report& report, const position& next, trainer_core& trainer) {
  const std::span<const float> image = served(trainer);
  if (is_better(report)) {
    record_.best_epoch = report.epoch;
    best_.assign(image.begin(), image.end());
  }
  record_.at = next;
  record_.epochs.push_back(values_of(report));
  csv_->add(record_.epochs.back());
  save_run_state(trainer);
  save_others(image, outlives::the_process);
}

void run_folder::checkpoint(const position& at, trainer_core& trainer) {
  record_.at = at;
  save_run_state(trainer);
}

std::span<const float> run_folder::served(trainer_core& trainer) const {
  return average_->what() == averaging::kind::exponential ? average_->values()
                                                          : trainer.read_image();
}

void run_folder::save_mean(std::span<const float> image) const {
  save_weights(mean(), network_, image, record_.about);
}

void run_folder::save_run_state(trainer_core& trainer) {
  const auto bits = [](float v) { return std::bit_cast<std::uint32_t>(v); };
  const bool best_is_last = std::ranges::equal(best_, served(trainer), {}, bits, bits);
  record_.averaged = average_->count();
  save_state(path_ / "state", network_, record_,
             {.image = trainer.read_image(),
              .optimizer = trainer.read_optimizer_state(),
              .best = best_is_last ? std::span<const float>() : best_,
              .average = average_->values()});
}

// Files that the state could make again: a loss of power may take them until finish().
void run_folder::save_others(std::span<const float> image, outlives what) const {
  save_weights(last(), network_, image, record_.about, what);
  if (!best_.empty()) save_weights(best(), network_, best_, record_.about, what);
  save_atomically(path_ / "metrics.csv", csv_->text(), what);
}

void run_folder::save_curves() const {
  std::vector<panel> panels{
      make_panel(record_.epochs, "loss", {{{"train", "loss"}, {"validation", "val_loss"}}}, 1)};
  if (network_.tells_classes()) {
    panels.push_back(make_panel(record_.epochs, "accuracy (top-1), %",
                                {{{"train", "top1"}, {"validation", "val_top1"}}}, 100));
  }
  save_atomically(path_ / "curves.svg", svg(std::string(network_.name), "epoch", panels));
}

void run_folder::restore_best(trainer_core& trainer, weight_average& average) const {
  if (best_.empty()) return;
  if (average.what() == averaging::kind::exponential) return average.resume(best_, 0);
  std::ranges::copy(best_, trainer.image().begin());
}

void run_folder::finish(trainer_core& trainer) {
  save_others(served(trainer), outlives::power_loss);
  save_curves();
}

std::string run_folder::checkpoint_text() const {
  if (record_.at.step == 0) return "the beginning";
  return fmt::format("epoch {}, step {}", record_.at.epoch - (record_.at.batch == 0 ? 1 : 0),
                     record_.at.step);
}

}  // namespace tenon::runtime
