#include "runtime/train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/batch_feed.hpp"
#include "runtime/train/divergence.hpp"
#include "runtime/train/evaluate.hpp"

namespace tenon::runtime {
namespace {

// A batch norm that sees a single value per channel has no variance to divide by.
bool too_short(std::size_t n, const network_info& network) {
  return n * static_cast<std::size_t>(network.norm_positions) == 1;
}

// The training samples in the order of an epoch.
std::vector<std::uint32_t> shuffled(std::span<const std::uint32_t> part, std::uint64_t seed,
                                    int epoch) {
  auto order = permutation(static_cast<std::uint32_t>(part.size()),
                           random_stream(seed, purpose::epoch, static_cast<std::uint64_t>(epoch)));
  for (std::uint32_t& i : order) i = part[i];
  return order;
}

class loop {
 public:
  loop(const network_entry& network, trainer_core& trainer, pool* threads,
       const source_data& source, const split& parts, const recipe& r, training_observer& observer,
       weight_average& average, const position& begin)
      : network_(network),
        info_(*network.info),
        trainer_(trainer),
        threads_(threads),
        source_(source),
        parts_(parts),
        recipe_(r),
        observer_(observer),
        average_(average),
        batches_(batches_per_epoch(parts.train.size(), r, info_)),
        at_(begin),
        feed_(info_, r.batch, source.train, trainer),
        outputs_(r.batch * count(info_.output_shape)) {}

  position run() {
    require_place();
    if (const std::size_t short_one = parts_.train.size() % recipe_.batch;
        short_one != 0 && !recipe_.drop_last && too_short(short_one, info_)) {
      observer_.on_batch_left_out(short_one);
    }
    while (at_.epoch <= recipe_.epochs && !at_.learned.stopping.stopped && run_steps()) end_epoch();
    return at_;
  }

 private:
  void require_place() const {
    const auto epochs_done = static_cast<std::size_t>(at_.epoch) - 1;
    const std::size_t k = recipe_.accumulate, steps = (batches_ + k - 1) / k,
                      done = (at_.batch + k - 1) / k;
    if (at_.epoch >= 1 && at_.batch <= batches_ && at_.step == epochs_done * steps + done &&
        (at_.batch % k == 0 || at_.batch == batches_)) {
      return;
    }
    throw user_error(
        fmt::format("step {} is not batch {} of epoch {} in this run of {} batches per epoch; "
                    "were the data or the batch size changed?",
                    at_.step, at_.batch, at_.epoch, batches_));
  }

  // The rest of the epoch; false if the observer ended the run.
  bool run_steps() {
    const auto begin = clock::now();
    const double before = at_.seconds;
    const auto order = shuffled(parts_.train, recipe_.step.seed, at_.epoch);
    score_keeper keeper(info_, at_.sums);
    while (at_.batch < batches_) {
      run_step(keeper, order);
      at_.sums = keeper.sums();
      at_.seconds = before + std::chrono::duration<double>(clock::now() - begin).count();
      observer_.on_batch({.epoch = at_.epoch,
                          .batch = at_.batch,
                          .batches = batches_,
                          .loss = keeper.result().loss});
      if (!observer_.on_step(at_)) return false;
    }
    return true;
  }

  // Those of the batches [begin, end); none beyond the last one.
  std::span<const std::uint32_t> samples_of(std::span<const std::uint32_t> order, std::size_t begin,
                                            std::size_t end) const {
    const std::size_t last = std::min(std::min(end, batches_) * recipe_.batch, order.size()),
                      first = std::min(begin * recipe_.batch, last);
    return order.subspan(first, last - first);
  }

  // One update, from one batch or from several.
  void run_step(score_keeper& keeper, std::span<const std::uint32_t> order) {
    settings s = recipe_.step;
    s.step = at_.step;
    s.learning_rate = static_cast<float>(rate_at(at_.step));
    s.rules = recipe_.rules;
    const std::size_t end = std::min(at_.batch + recipe_.accumulate, batches_);
    const auto samples = samples_of(order, at_.batch, end);
    const bool several = end - at_.batch > 1;
    if (several) sum_.assign(info_.image_floats, 0.0F);
    for (std::size_t b = at_.batch; b < end; ++b) {
      s.first_sample = static_cast<std::uint32_t>((b - at_.batch) * recipe_.batch);
      run_batch(keeper, samples_of(order, b, b + 1), samples_of(order, b + 1, b + 2), s);
      if (several) add_gradient(samples.size());
    }
    if (several) trainer_.set_gradient(sum_);
    s.first_sample = 0;
    trainer_.update(s);
    if (!finite()) {
      diverge(samples, s,
              fmt::format("its update made {} infinite or NaN",
                          not_finite(info_, trainer_.read_image())));
    }
    if (follows(averaging::kind::exponential)) average_.after_step(trainer_.read_image());
    at_.batch = end;
    ++at_.step;
  }

  bool finite() {
    const std::optional<bool> known = trainer_.finite();
    return known ? *known : all_finite(trainer_.read_image());
  }

  // A device brings its image here only where somebody looks at it.
  bool follows(averaging::kind what) const { return average_.what() == what; }

  // next: the batch after it, which is made ready while a device computes this one.
  void run_batch(score_keeper& keeper, std::span<const std::uint32_t> indices,
                 std::span<const std::uint32_t> next, settings s) {
    const batch& samples = feed_.take(indices);
    s.sample_weights = samples.weights();
    const std::size_t n = samples.size();
    trainer_.start(samples.x(), samples.target(), n, s);
    feed_.prepare(next);
    const double loss = trainer_.finish();
    if (!std::isfinite(loss)) {
      diverge(indices, s,
              fmt::format("the loss is {}; {}", loss,
                          cause_of_divergence(info_, trainer_, samples, s)));
    }
    trainer_.outputs(n, outputs_.data());
    keeper.add(loss, std::span(outputs_).first(n * count(info_.output_shape)), samples.classes(),
               n);
  }

  // The batch's part in the mean over all samples of the step.
  void add_gradient(std::size_t of_step) {
    gradient_.resize(info_.image_floats);
    trainer_.gradient(gradient_);
    const float share = static_cast<float>(feed_.now().size()) / static_cast<float>(of_step);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += share * gradient_[i];
  }

  [[noreturn]] void diverge(std::span<const std::uint32_t> indices, const settings& s,
                            const std::string& how) const {
    require_finite_samples(source_.train, indices);
    throw check_failed(
        fmt::format("training diverged at step {} (epoch {}, batch {} of {}) with a learning rate "
                    "of {:.3g}: {}; lower --lr or warm up with --warmup-epochs",
                    at_.step + 1, at_.epoch, at_.batch + 1, batches_, s.learning_rate, how));
  }

  void end_epoch() {
    const auto begin = clock::now();
    epoch_report report{.epoch = at_.epoch,
                        .train = score_keeper(info_, at_.sums).result(),
                        .validation = validate(),
                        .learning_rate = rate_at(at_.step - 1),
                        .seconds = 0};
    report.seconds = at_.seconds + std::chrono::duration<double>(clock::now() - begin).count();
    if (follows(averaging::kind::epochs)) average_.after_epoch(at_.epoch, trainer_.read_image());
    at_ = {.epoch = at_.epoch + 1,
           .batch = 0,
           .step = at_.step,
           .sums = {},
           .seconds = 0,
           .learned = at_.learned};
    if (report.validation) learn(*report.validation);
    observer_.on_epoch(report, at_);
  }

  double rate_at(std::size_t step) const {
    return recipe_.rate.at(step, at_.learned.plateau.reductions);
  }

  void learn(const score& validation) {
    if (recipe_.rate.kind == schedule_kind::plateau)
      observe(recipe_.plateau, validation.loss, at_.learned.plateau);
    if (recipe_.stopping)
      observe(*recipe_.stopping, merit(recipe_.monitor, validation), at_.learned.stopping);
  }

  std::optional<score> validate() {
    if (parts_.validation.empty()) return {};
    const bool averaged = follows(averaging::kind::exponential);
    folded_network folded(network_, averaged ? average_.values() : trainer_.read_image(), threads_);
    return evaluate(folded.run(), info_, source_.train, parts_.validation);
  }

  using clock = std::chrono::steady_clock;

  const network_entry& network_;
  const network_info& info_;
  trainer_core& trainer_;
  pool* threads_;
  const source_data& source_;
  const split& parts_;
  const recipe& recipe_;
  training_observer& observer_;
  weight_average& average_;
  std::size_t batches_;
  position at_;
  batch_feed feed_;
  std::vector<float> outputs_;
  std::vector<float> gradient_, sum_;  // of a step with several batches
};

}  // namespace

std::size_t batches_per_epoch(std::size_t n, const recipe& r, const network_info& network) {
  const std::size_t rest = n % r.batch;
  const bool used = rest != 0 && !r.drop_last && !too_short(rest, network);
  return n / r.batch + used;
}

std::size_t steps_per_epoch(std::size_t n, const recipe& r, const network_info& network) {
  return (batches_per_epoch(n, r, network) + r.accumulate - 1) / r.accumulate;
}

void require_validation(const recipe& r, const split& parts) {
  const bool lowers = r.rate.kind == schedule_kind::plateau;
  if (!parts.validation.empty() || (!lowers && !r.stopping)) return;
  throw user_error(
      fmt::format("{}: needs samples to validate on, and none are set aside; give --val-fraction, "
                  "such as --val-fraction 0.1 (the test part is never looked at while training)",
                  lowers ? "--sched plateau" : "--early-stopping"));
}

position train(const network_entry& network, trainer_core& trainer, pool* threads,
               const source_data& source, const split& parts, const recipe& r,
               training_observer& observer, weight_average& average, const position& begin) {
  if (too_short(r.batch, *network.info) ||
      batches_per_epoch(parts.train.size(), r, *network.info) == 0) {
    throw user_error(
        fmt::format("{} training samples make no batch of {} that --drop-last and batch norms "
                    "leave to train on; "
                    "change --batch-size",
                    parts.train.size(), r.batch));
  }
  require_validation(r, parts);
  return loop(network, trainer, threads, source, parts, r, observer, average, begin).run();
}

}  // namespace tenon::runtime
