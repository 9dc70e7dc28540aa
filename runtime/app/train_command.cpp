#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/app/class_report.hpp"
#include "runtime/app/commands.hpp"
#include "runtime/app/progress.hpp"
#include "runtime/app/run_folder.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/initialize.hpp"
#include "runtime/train/trainer.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

optimizer optimizer_named(const std::string& name) {
  if (name == "sgd") return optimizer::sgd;
  if (name == "adam") return optimizer::adam;
  if (name == "adamw") return optimizer::adamw;
  throw user_error(fmt::format("--opt {}: not known; there are sgd, adam and adamw", name));
}

// The options with every default settled, as arguments.json keeps them.
train_options settled(train_options o, const network_info& network, const source_data& source) {
  if (!o.batch) o.batch = static_cast<std::size_t>(network.batch);
  if (*o.batch > static_cast<std::size_t>(network.batch)) {
    throw user_error(fmt::format(
        "--batch-size {}: {} was built for batches of at most {}; build it again with --batch {}",
        *o.batch, network.name, network.batch, *o.batch));
  }
  if (!o.learning_rate)
    o.learning_rate = optimizer_named(o.optimizer) == optimizer::sgd ? 0.05 : 1e-3;
  if (!o.standardize) o.standardize = text(source.by_default);
  if (o.nesterov && (o.optimizer != "sgd" || o.momentum == 0)) {
    throw user_error("--nesterov: needs --opt sgd and a --momentum above 0");
  }
  return o;
}

recipe make_recipe(const train_options& o, const network_info& network, std::size_t samples) {
  recipe r;
  r.step.method = optimizer_named(o.optimizer);
  r.step.nesterov = o.nesterov;
  r.step.decay_all = o.decay_all;
  r.step.momentum = static_cast<float>(o.momentum);
  r.step.weight_decay = static_cast<float>(o.weight_decay);
  r.step.beta1 = static_cast<float>(o.betas[0]);
  r.step.beta2 = static_cast<float>(o.betas[1]);
  r.step.epsilon = static_cast<float>(o.epsilon);
  r.step.seed = o.seed;
  r.epochs = o.epochs;
  r.batch = *o.batch;
  r.drop_last = o.drop_last;
  r.rate = {.kind = schedule_named(o.schedule),
            .learning_rate = *o.learning_rate,
            .least = o.min_learning_rate,
            .warmup_epochs = o.warmup_epochs,
            .decay_epochs = o.decay_epochs,
            .milestones = o.milestones,
            .decay_rate = o.decay_rate,
            .epochs = o.epochs,
            .steps_per_epoch = batches_per_epoch(samples, r, network)};
  return r;
}

json or_null(std::optional<double> value) { return value ? json(*value) : json(); }

// Writes down what the trainer reports: to the run folder, and to standard output as lines or JSON.
class reporter final : public training_observer {
 public:
  reporter(const context& where, const train_options& o, run_folder& folder, trainer_core& trainer)
      : where_(where),
        json_(o.json),
        folder_(folder),
        trainer_(trainer),
        progress_(where.out, o.epochs, where.terminal && !o.no_progress && !o.json) {}

  void on_batch(const batch_report& r) override {
    if (!json_) progress_.batch(r);
  }
  void on_epoch(const epoch_report& r) override {
    folder_.add(r, trainer_.image());
    json_ ? print_json(r) : progress_.epoch(r);
  }
  void on_batch_left_out(std::size_t n) override {
    where_.err << fmt::format(
        "note: the last batch of each epoch, of {}, is left out: its batch norms would see a "
        "single value "
        "per channel\n",
        n);
  }

 private:
  void print_json(const epoch_report& r) const {
    const auto& v = r.validation;
    const json line{{"epoch", r.epoch},
                    {"train_loss", r.train.loss},
                    {"train_top1", or_null(r.train.top1)},
                    {"val_loss", v ? json(v->loss) : json()},
                    {"val_top1", v ? or_null(v->top1) : json()},
                    {"learning_rate", r.learning_rate},
                    {"seconds", r.seconds}};
    where_.out << line.dump() << std::endl;
  }

  const context& where_;
  bool json_;
  run_folder& folder_;
  trainer_core& trainer_;
  progress progress_;
};

void standardize(source_data& source, const weights_about& about) {
  const auto apply = [&](dataset& data) {
    about.standardize.apply(data.x, data.sample_size());
    about.target.apply(data.targets, count(data.target_shape));
  };
  apply(source.train);
  if (source.test) apply(*source.test);
}

// The score of the best weights on the test part; the last ones', where they are the best. None
// without a test part.
std::optional<score> test(const context& where, const run_folder& folder, const source_data& source,
                          const split& parts, pool* threads) {
  if (parts.test.empty()) return {};
  aligned_floats image(where.network.info->image_floats);
  const auto about = load_weights(folder.best(), *where.network.info, image.span());
  folded_network folded(where.network, image.span(), threads);
  return evaluate(folded.run(), *where.network.info, test_set(source), parts.test,
                  {.target_deviation = about.target.deviation});
}

void print_end(const context& where, const run_folder& folder, const std::optional<score>& tested,
               bool validates) {
  if (tested) {
    where.out << fmt::format("test  loss {:.4f}", tested->loss);
    if (tested->top1)
      where.out << fmt::format("  top1 {:.4f}  top5 {:.4f}", *tested->top1, *tested->top5);
    if (tested->mse) where.out << fmt::format("  {}", text_of_errors(*tested));
    where.out << fmt::format("  ({} samples, weights of epoch {}{})\n", tested->samples,
                             folder.best_epoch(),
                             validates ? ", the best on the validation part" : "");
  } else {
    where.out << "test  the data have no test part\n";
  }
  where.out << fmt::format("weights  {}\nmetrics  {}\ncurves   {}\n", folder.best().string(),
                           (folder.path() / "metrics.csv").string(),
                           (folder.path() / "curves.svg").string());
}

void print_end_json(const context& where, const run_folder& folder,
                    const std::optional<score>& tested, const std::string& hash) {
  const json line{{"final", true},
                  {"test_loss", tested ? json(tested->loss) : json()},
                  {"test_top1", tested ? or_null(tested->top1) : json()},
                  {"test_mse", tested ? or_null(tested->mse) : json()},
                  {"test_mae", tested ? or_null(tested->mae) : json()},
                  {"test_r2", tested ? or_null(tested->r2) : json()},
                  {"weights", folder.best().string()},
                  {"hash", hash}};
  where.out << line.dump() << '\n';
}

// Curves are drawn whatever ends the run.
void train_and_draw(const context& where, trainer_core& trainer, pool& threads,
                    const source_data& source, const split& parts, const recipe& r,
                    reporter& report, const run_folder& folder) {
  try {
    train(where.network, trainer, &threads, source, parts, r, report);
  } catch (const check_failed&) {
    folder.save_curves();
    throw;
  }
  folder.save_curves();
}

}  // namespace

int train_command(const context& where, const train_options& given) {
  const network_info& network = *where.network.info;
  source_data source = load_source(given.data, network, to_options(given.source));
  const train_options o = settled(given, network, source);
  const split parts = make_split(source, {.validation_fraction = o.validation_fraction,
                                          .test_fraction = o.test_fraction,
                                          .seed = o.seed});
  const recipe r = make_recipe(o, network, parts.train.size());
  weights_about about{
      .standardize = measure(source.train, parts.train, standardization_named(*o.standardize),
                             network.input_shape),
      .target = {},
      .names = source.names,
      .data = hash(source),
      .seed = o.seed,
      .test_fraction = o.test_fraction};
  if (o.standardize_target) about.target = measure_targets(source.train, parts.train);
  standardize(source, about);

  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  if (o.init.empty()) {
    initialize(network, trainer->image(), o.seed, initializer_named(o.initializer));
  } else {
    load_weights(o.init, network, trainer->image());
  }
  run_folder folder(o, network, about, !parts.validation.empty());
  reporter report(where, o, folder, *trainer);
  train_and_draw(where, *trainer, threads, source, parts, r, report, folder);

  const auto tested = test(where, folder, source, parts, &threads);
  if (o.json) {
    print_end_json(where, folder, tested, hash(network, trainer->image()));
  } else {
    print_end(where, folder, tested, !parts.validation.empty());
  }
  return done;
}

}  // namespace tenon::runtime
