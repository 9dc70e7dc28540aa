#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "runtime/app/commands.hpp"
#include "runtime/app/interruption.hpp"
#include "runtime/app/run_folder.hpp"
#include "runtime/app/schedule_report.hpp"
#include "runtime/app/spread_report.hpp"
#include "runtime/app/train_report.hpp"
#include "runtime/app/training_part.hpp"
#include "runtime/app/training_plan.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/initialize.hpp"
#include "runtime/train/recalibrate.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

// The score of these weights on the test part. None without one.
std::optional<score> test(const context& where, const fs::path& weights, const training_plan& plan,
                          pool* threads) {
  if (plan.parts.test.empty()) return {};
  aligned_floats image(where.network.info->image_floats);
  const auto about = load_weights(weights, *where.network.info, image.span());
  folded_network folded(where.network, image.span(), threads);
  return evaluate(folded.run(), *where.network.info, test_set(plan.source), plan.parts.test,
                  {.target_deviation = about.target.deviation});
}

// The same when all is saved.
std::optional<score> test_at_end(const context& where, const fs::path& weights,
                                 const training_plan& plan, pool* threads) {
  try {
    return test(where, weights, plan, threads);
  } catch (const device_error& e) {
    throw user_error(
        fmt::format("{}; the run has ended, and {} keeps its weights: test them with "
                    "eval",
                    e.what(), weights.string()));
  }
}

void standardize(source_data& source, const weights_about& about) {
  standardize(source.train, about);
  if (source.test) standardize(*source.test, about);
}

void set_initial_weights(const train_options& o, const network_info& network, trainer_core& trainer,
                         std::ostream& err) {
  initialize(network, trainer.image(), o.seed, initializer_named(o.initializer));
  if (!o.init.empty()) load_weights_except(o.init, network, trainer.image(), o.init_skip);
  for (const std::string& alike : symmetries(network, trainer.read_image()))
    err << "tenon: warning: " << alike << '\n';
}

// Not by a signal.
bool ended(const position& at, const recipe& r) {
  return at.epoch > r.epochs || at.learned.stopping.stopped;
}

// Whatever ends the run, the curves are drawn, and what is kept is said.
position train_and_keep(const context& where, const training_plan& plan, trainer_core& trainer,
                        pool& threads, train_report& report, run_folder& folder,
                        weight_average& average, const position& begin) {
  const bool restores_best = plan.steps.stopping && !plan.options.stopping.no_restore_best;
  const auto kept = [&](const std::exception& e) {
    return fmt::format("{}; {} keeps the state of {}", e.what(), folder.path().string(),
                       folder.checkpoint_text());
  };
  try {
    const position end = train(where.network, trainer, &threads, plan.source, plan.parts,
                               plan.steps, report, average, begin);
    if (restores_best && ended(end, plan.steps)) folder.restore_best(trainer, average);
    folder.finish(trainer);
    return end;
  } catch (const check_failed& e) {
    folder.save_curves();
    throw check_failed(kept(e));
  } catch (const user_error& e) {
    throw user_error(kept(e));
  } catch (const device_error& e) {
    throw user_error(kept(e));
  }
}

// The mean has running statistics of its own, as `recalibrate` finds them.
served_weights keep_mean(const training_plan& plan, const run_folder& folder,
                         const weight_average& average, trainer_core& trainer,
                         const network_info& network) {
  std::ranges::copy(average.values(), trainer.image().begin());
  if (averages_over_batches(network)) {
    const std::uint64_t seed = plan.steps.step.seed;
    recalibrate(network, trainer, plan.source.train, recalibration_order(plan.parts.train, seed),
                plan.steps.batch, seed);
  }
  folder.save_mean(trainer.read_image());
  return {folder.mean(), fmt::format("mean of the weights of {} epochs", average.count())};
}

// Of the first samples of the training part, as many as a step takes.
void report_spreads(const context& where, const training_plan& plan, trainer_core& trainer) {
  const network_info& network = *where.network.info;
  const std::size_t n = std::min(plan.steps.batch, plan.parts.train.size());
  batch samples(network, n);
  samples.gather(plan.source.train, std::span(plan.parts.train).first(n));
  print_spreads(where, spreads(where.network, trainer.read_image(), samples, plan.options.seed),
                plan.options.json);
}

void report_rates(const context& where, const training_plan& plan, trainer_core& trainer) {
  const train_options& o = plan.options;
  const network_info& network = *where.network.info;
  const std::string standard = fmt::format("runs/{}-find-lr", network.name);
  report_rates(where, find_rate(trainer, network, plan.source.train, plan.parts.train, plan.steps),
               o.output.empty() ? standard : o.output, o.output.empty() || o.overwrite, o.json);
}

int interrupted(const context& where, const run_folder& folder, int signal) {
  where.err << fmt::format("stopped: {} keeps the state of {}; go on with: {} train --resume {}\n",
                           folder.path().string(), folder.checkpoint_text(), where.program,
                           folder.path().string());
  return 128 + signal;  // as shells report it
}

// Trains to the end, or to a signal; keeps and reports what came of it.
int run(const context& where, training_plan& plan, run_record record, trainer_core& trainer,
        pool& threads) {
  const train_options& o = plan.options;
  const network_info& network = *where.network.info;
  const bool validates = !plan.parts.validation.empty();
  if (!plan.folder) plan.folder.emplace(o, network);
  run_folder& folder = *plan.folder;
  if (where.on_gpu() && !o.json) where.out << fmt::format("device   {}\n", where.device);
  const position begin = record.at;
  weight_average average(to_averaging(o.update));
  plan.saved ? average.resume(plan.saved->average, record.averaged)
             : average.begin(trainer.read_image());
  folder.begin(std::move(record), plan.saved ? plan.saved->best : std::vector<float>(),
               {.validates = validates, .monitor = plan.steps.monitor}, trainer, average);

  position end;
  const int signal = [&] {
    const interruption stop;
    train_report report(where, o, folder, trainer, stop);
    end = train_and_keep(where, plan, trainer, threads, report, folder, average, begin);
    return ended(end, plan.steps) ? 0 : stop.signal();
  }();
  if (signal != 0) return interrupted(where, folder, signal);

  const std::string last = hash(network, trainer.read_image());
  served_weights served = what_is_served(folder, average, validates);
  if (average.what() == averaging::kind::epochs && average.count() > 0)
    served = keep_mean(plan, folder, average, trainer, network);
  const auto tested = test_at_end(where, served.path, plan, &threads);
  if (o.json) {
    print_end_json(where, served, tested, end, last);
  } else {
    if (end.learned.stopping.stopped) print_stopped(where, folder, end, o.stopping);
    print_end(where, folder, served, tested);
  }
  return done;
}

}  // namespace

int train_command(const context& where, const train_options& given) {
  if (given.data.empty() && given.resume.empty())
    throw user_error("train: needs --data SOURCE to begin a run, or --resume to go on with one");
  const network_info& network = *where.network.info;
  training_plan plan(given, network);
  const train_options& o = plan.options;
  if (o.print_schedule) {
    print_schedule(where, plan.steps.rate, o.json);
    return done;
  }
  require_validation(plan.steps, plan.parts);
  run_record record = record_of(plan, network);
  standardize(plan.source, record.about);

  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  plan.saved ? restore(*plan.saved, *trainer)
             : set_initial_weights(o, network, *trainer, where.err);
  if (o.init_report) {
    report_spreads(where, plan, *trainer);
    return done;
  }
  if (o.find_rate) {
    report_rates(where, plan, *trainer);
    return done;
  }
  return run(where, plan, std::move(record), *trainer, threads);
}

}  // namespace tenon::runtime
