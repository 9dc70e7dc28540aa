#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "runtime/app/commands.hpp"
#include "runtime/app/interruption.hpp"
#include "runtime/app/run_folder.hpp"
#include "runtime/app/schedule_report.hpp"
#include "runtime/app/spread_report.hpp"
#include "runtime/app/train_options.hpp"
#include "runtime/app/train_report.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/initialize.hpp"
#include "runtime/train/recalibrate.hpp"
#include "runtime/train/state.hpp"
#include "runtime/train/trainer.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

// The options with every default settled, as arguments.json keeps them.
train_options settled(train_options o, const network_info& network, const source_data& source) {
  if (!o.batch) o.batch = static_cast<std::size_t>(network.batch);
  if (*o.batch > static_cast<std::size_t>(network.batch)) {
    throw user_error(
        fmt::format("--batch-size {}: {} was built for batches of at most {}; give no more, let "
                    "several batches "
                    "make a step with --accumulate, or build it again with --batch {}",
                    *o.batch, network.name, network.batch, *o.batch));
  }
  settle(o.update, o.given);
  if (o.update.swa_start > o.epochs) {
    throw user_error(fmt::format("--swa-start {}: the run has {} epochs, so there would be no mean",
                                 o.update.swa_start, o.epochs));
  }
  if (o.resume.empty()) require_used(o.schedule, *o.update.learning_rate, o.given);
  o.stopping.monitor = text(to_metric(o.stopping, network));
  if (!o.standardize) o.standardize = text(source.by_default);
  return o;
}

recipe make_recipe(const train_options& o, const network_info& network, std::size_t samples) {
  recipe r;
  r.step = to_settings(o.update);
  r.step.seed = o.seed;
  r.epochs = o.epochs;
  r.batch = *o.batch;
  r.drop_last = o.drop_last;
  r.accumulate = batches_per_step(o.update, batches_per_epoch(samples, r, network));
  r.rules = to_rules(o.update, network);
  r.rate = to_schedule(o.schedule, *o.update.learning_rate, o.epochs,
                       steps_per_epoch(samples, r, network));
  r.plateau = to_rule(o.schedule);
  r.stopping = to_rule(o.stopping);
  r.monitor = to_metric(o.stopping, network);
  return r;
}

void standardize(source_data& source, const weights_about& about) {
  const auto apply = [&](dataset& data) {
    about.standardize.apply(data.x, data.sample_size());
    about.target.apply(data.targets, count(data.target_shape));
  };
  apply(source.train);
  if (source.test) apply(*source.test);
}

// The score of these weights on the test part. None without one.
std::optional<score> test(const context& where, const fs::path& weights, const source_data& source,
                          const split& parts, pool* threads) {
  if (parts.test.empty()) return {};
  aligned_floats image(where.network.info->image_floats);
  const auto about = load_weights(weights, *where.network.info, image.span());
  folded_network folded(where.network, image.span(), threads);
  return evaluate(folded.run(), *where.network.info, test_set(source), parts.test,
                  {.target_deviation = about.target.deviation});
}

// What a run begins with: options, and where it goes on, what was kept and the folder, held.
struct beginning {
  train_options options;
  std::optional<saved_state> saved;
  std::optional<run_folder> folder;
};

bool stays(const train_options& o, const fs::path& folder) {
  std::error_code ignored;
  return o.output.empty() || fs::equivalent(o.output, folder, ignored);
}

void resume(const train_options& given, const network_info& network, beginning& b) {
  const fs::path state = find_state(given, network);
  const fs::path folder = state.has_parent_path() ? state.parent_path() : fs::path(".");
  if (stays(given, folder)) {
    if (given.overwrite) {
      throw user_error(
          "--overwrite: would replace the run that --resume goes on with; leave out "
          "one of them, or name another --output");
    }
    if (state.filename() != "state") {
      throw user_error(fmt::format(
          "--resume {}: is a copy of a state; name the folder to go on in with --output",
          state.string()));
    }
    b.folder.emplace(folder, network);
  }
  b.saved = load_state(state, network);
  b.options = resumed(given, b.saved->record.arguments, given.resume);
}

void require_same_data(const saved_state& saved, const std::string& found, const train_options& o) {
  if (saved.record.about.data == found) return;
  throw user_error(
      fmt::format("--resume {}: the data of {} are not those of the run (xxh3 {}, not {}); give "
                  "the source that it was begun with as --data",
                  o.resume, o.data, found, saved.record.about.data));
}

void require_epochs(const saved_state& saved, const train_options& o) {
  const position& at = saved.record.at;
  if (at.epoch - (at.batch == 0 ? 1 : 0) <= o.epochs) return;
  throw user_error(fmt::format("--resume {}: the run has come to epoch {}, past --epochs {}",
                               o.resume, at.epoch, o.epochs));
}

void set_initial_weights(const train_options& o, const network_info& network, trainer_core& trainer,
                         std::ostream& err) {
  initialize(network, trainer.image(), o.seed, initializer_named(o.initializer));
  if (!o.init.empty()) load_weights_except(o.init, network, trainer.image(), o.init_skip);
  for (const std::string& alike : symmetries(network, trainer.image()))
    err << "tenon: warning: " << alike << '\n';
}

run_record new_record(const train_options& o, const source_data& source, const split& parts,
                      const network_info& network) {
  run_record record;
  record.about.standardize = measure(source.train, parts.train,
                                     standardization_named(*o.standardize), network.input_shape);
  if (o.standardize_target) record.about.target = measure_targets(source.train, parts.train);
  record.about.names = source.names;
  record.about.data = hash(source);
  record.about.seed = o.seed;
  record.about.test_fraction = o.test_fraction;
  return record;
}

// Not by a signal.
bool ended(const position& at, const recipe& r) {
  return at.epoch > r.epochs || at.learned.stopping.stopped;
}

// Whatever ends the run, the curves are drawn, and what is kept is said.
position train_and_keep(const context& where, trainer_core& trainer, pool& threads,
                        const source_data& source, const split& parts, const recipe& r,
                        train_report& report, run_folder& folder, weight_average& average,
                        const position& begin, bool restores_best) {
  const auto kept = [&](const std::exception& e) {
    return fmt::format("{}; {} keeps the state of {}", e.what(), folder.path().string(),
                       folder.checkpoint_text());
  };
  try {
    const position end =
        train(where.network, trainer, &threads, source, parts, r, report, average, begin);
    if (restores_best && ended(end, r)) folder.restore_best(trainer, average);
    folder.finish(trainer);
    return end;
  } catch (const check_failed& e) {
    folder.save_curves();
    throw check_failed(kept(e));
  } catch (const user_error& e) {
    throw user_error(kept(e));
  }
}

// The mean has running statistics of its own, as `recalibrate` finds them.
served_weights keep_mean(const run_folder& folder, const weight_average& average,
                         trainer_core& trainer, const network_info& network,
                         const source_data& source, const split& parts, const recipe& r) {
  std::ranges::copy(average.values(), trainer.image().begin());
  if (averages_over_batches(network)) {
    recalibrate(network, trainer, source.train, recalibration_order(parts.train, r.step.seed),
                r.batch, r.step.seed);
  }
  folder.save_mean(trainer.image());
  return {folder.mean(), fmt::format("mean of the weights of {} epochs", average.count())};
}

// Of the first samples of the training part, as many as a step takes.
void report_spreads(const context& where, const source_data& source, const split& parts,
                    trainer_core& trainer, const train_options& o) {
  const network_info& network = *where.network.info;
  const std::size_t n = std::min(*o.batch, parts.train.size());
  batch samples(network, n);
  samples.gather(source.train, std::span(parts.train).first(n));
  print_spreads(where, spreads(where.network, trainer.image(), samples, o.seed), o.json);
}

int interrupted(const context& where, const run_folder& folder, int signal) {
  where.err << fmt::format("stopped: {} keeps the state of {}; go on with: {} train --resume {}\n",
                           folder.path().string(), folder.checkpoint_text(), where.program,
                           folder.path().string());
  return 128 + signal;  // as shells report it
}

}  // namespace

int train_command(const context& where, const train_options& given) {
  if (given.data.empty() && given.resume.empty())
    throw user_error("train: needs --data SOURCE to begin a run, or --resume to go on with one");
  const network_info& network = *where.network.info;
  beginning from{.options = given, .saved = {}, .folder = {}};
  if (!given.resume.empty()) resume(given, network, from);

  source_data source = load_source(from.options.data, network, to_options(from.options.source));
  const train_options o = settled(from.options, network, source);
  split parts = make_split(source, {.validation_fraction = o.validation_fraction,
                                    .test_fraction = o.test_fraction,
                                    .seed = o.seed});
  if (o.bootstrap) parts.train = bootstrap(parts.train, o.seed);
  weigh(source.train, parts.train, o.weighting, network);
  if (from.saved) {
    require_same_data(*from.saved, hash(source), o);
    require_epochs(*from.saved, o);
  }
  const recipe r = make_recipe(o, network, parts.train.size());
  if (o.print_schedule) {
    print_schedule(where, r.rate, o.json);
    return done;
  }
  require_validation(r, parts);
  run_record record = from.saved ? from.saved->record : new_record(o, source, parts, network);
  record.arguments = to_json(o, network);
  standardize(source, record.about);

  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  from.saved ? restore(*from.saved, *trainer)
             : set_initial_weights(o, network, *trainer, where.err);
  if (o.init_report) {
    report_spreads(where, source, parts, *trainer, o);
    return done;
  }
  if (o.find_rate) {
    const std::string standard = fmt::format("runs/{}-find-lr", network.name);
    report_rates(where, find_rate(*trainer, network, source.train, parts.train, r),
                 o.output.empty() ? standard : o.output, o.output.empty() || o.overwrite, o.json);
    return done;
  }
  if (!from.folder) from.folder.emplace(o, network);
  run_folder& folder = *from.folder;
  const position begin = record.at;
  weight_average average(to_averaging(o.update));
  from.saved ? average.resume(from.saved->average, record.averaged)
             : average.begin(trainer->image());
  folder.begin(std::move(record), from.saved ? from.saved->best : std::vector<float>(),
               {.validates = !parts.validation.empty(), .monitor = r.monitor}, *trainer, average);

  const bool restores_best = r.stopping && !o.stopping.no_restore_best;
  position end;
  const int signal = [&] {
    const interruption stop;
    train_report report(where, o, folder, *trainer, stop);
    end = train_and_keep(where, *trainer, threads, source, parts, r, report, folder, average, begin,
                         restores_best);
    return ended(end, r) ? 0 : stop.signal();
  }();
  if (signal != 0) return interrupted(where, folder, signal);

  const std::string last = hash(network, trainer->image());
  served_weights served = what_is_served(folder, average, !parts.validation.empty());
  if (average.what() == averaging::kind::epochs && average.count() > 0)
    served = keep_mean(folder, average, *trainer, network, source, parts, r);
  const auto tested = test(where, served.path, source, parts, &threads);
  if (o.json) {
    print_end_json(where, served, tested, end, last);
  } else {
    if (end.learned.stopping.stopped) print_stopped(where, folder, end, o.stopping);
    print_end(where, folder, served, tested);
  }
  return done;
}

}  // namespace tenon::runtime
