#include "runtime/app/training_plan.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runtime/app/train_options.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/standardize.hpp"
#include "runtime/io/error.hpp"

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

bool stays(const train_options& o, const fs::path& folder) {
  std::error_code ignored;
  return o.output.empty() || fs::equivalent(o.output, folder, ignored);
}

void resume(const train_options& given, const network_info& network, training_plan& plan) {
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
    plan.folder.emplace(folder, network);
  }
  plan.saved = load_state(state, network);
  plan.options = resumed(given, plan.saved->record.arguments, given.resume);
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

}  // namespace

training_plan::training_plan(const train_options& given, const network_info& network)
    : options(given) {
  if (!given.resume.empty()) resume(given, network, *this);
  source = load_source(options.data, network, to_options(options.source));
  options = settled(std::move(options), network, source);
  parts = make_split(source, {.validation_fraction = options.validation_fraction,
                              .test_fraction = options.test_fraction,
                              .seed = options.seed});
  if (options.bootstrap) parts.train = bootstrap(parts.train, options.seed);
  weigh(source.train, parts.train, options.weighting, network);
  if (saved) {
    require_same_data(*saved, hash(source), options);
    require_epochs(*saved, options);
  }
  steps = make_recipe(options, network, parts.train.size());
}

run_record record_of(const training_plan& plan, const network_info& network) {
  run_record record =
      plan.saved ? plan.saved->record : new_record(plan.options, plan.source, plan.parts, network);
  record.arguments = to_json(plan.options, network);
  return record;
}

}  // namespace tenon::runtime
