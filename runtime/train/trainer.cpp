#include "runtime/train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "runtime/data/random_stream.hpp"
#include "runtime/io/error.hpp"
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
       const source_data& source, const split& parts, const recipe& r, training_observer& observer)
      : network_(network),
        info_(*network.info),
        trainer_(trainer),
        threads_(threads),
        source_(source),
        parts_(parts),
        recipe_(r),
        observer_(observer),
        batches_(batches_per_epoch(parts.train.size(), r, info_)),
        samples_(info_, r.batch),
        outputs_(r.batch * count(info_.output_shape)) {}

  void run() {
    if (const std::size_t short_one = parts_.train.size() % recipe_.batch;
        short_one != 0 && !recipe_.drop_last && too_short(short_one, info_)) {
      observer_.on_batch_left_out(short_one);
    }
    for (int epoch = 1; epoch <= recipe_.epochs; ++epoch) run_epoch(epoch);
  }

 private:
  void run_epoch(int epoch) {
    const auto begin = std::chrono::steady_clock::now();
    const auto order = shuffled(parts_.train, recipe_.step.seed, epoch);
    score_keeper keeper(info_);
    for (std::size_t b = 0; b < batches_; ++b) {
      const std::size_t at = b * recipe_.batch;
      samples_.gather(source_.train,
                      std::span(order).subspan(at, std::min(recipe_.batch, order.size() - at)));
      run_step(epoch, b, keeper);
      observer_.on_batch(
          {.epoch = epoch, .batch = b + 1, .batches = batches_, .loss = keeper.result().loss});
    }
    require_finite_weights(epoch);
    epoch_report report{.epoch = epoch,
                        .train = keeper.result(),
                        .validation = validate(),
                        .learning_rate = recipe_.rate.at(step_ - 1),
                        .seconds = 0};
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    observer_.on_epoch(report);
  }

  void run_step(int epoch, std::size_t b, score_keeper& keeper) {
    settings s = recipe_.step;
    s.step = step_;
    s.learning_rate = static_cast<float>(recipe_.rate.at(step_));
    const std::size_t n = samples_.size();
    const double loss = trainer_.gradients(samples_.x(), samples_.target(), n, s);
    if (!std::isfinite(loss)) {
      throw check_failed(fmt::format(
          "training diverged: the loss is {} at step {} (epoch {}, batch {} of {}), learning rate "
          "{:.3g}; "
          "lower --lr or warm up with --warmup-epochs; the checkpoint of the epoch before is kept",
          loss, step_, epoch, b + 1, batches_, s.learning_rate));
    }
    trainer_.outputs(n, outputs_.data());
    keeper.add(loss, std::span(outputs_).first(n * count(info_.output_shape)), samples_.classes(),
               n);
    trainer_.update(s);
    ++step_;
  }

  void require_finite_weights(int epoch) const {
    for (const float value : trainer_.image()) {
      if (!std::isfinite(value)) {
        throw check_failed(
            fmt::format("training diverged: a weight is {} after step {} (epoch {}); lower --lr; "
                        "the checkpoint of "
                        "the epoch before is kept",
                        value, step_ - 1, epoch));
      }
    }
  }

  std::optional<score> validate() {
    if (parts_.validation.empty()) return {};
    folded_network folded(network_, trainer_.image(), threads_);
    return evaluate(folded.run(), info_, source_.train, parts_.validation);
  }

  const network_entry& network_;
  const network_info& info_;
  trainer_core& trainer_;
  pool* threads_;
  const source_data& source_;
  const split& parts_;
  const recipe& recipe_;
  training_observer& observer_;
  std::size_t batches_, step_ = 0;
  batch samples_;
  std::vector<float> outputs_;
};

}  // namespace

std::size_t batches_per_epoch(std::size_t n, const recipe& r, const network_info& network) {
  const std::size_t rest = n % r.batch;
  const bool used = rest != 0 && !r.drop_last && !too_short(rest, network);
  return n / r.batch + used;
}

void train(const network_entry& network, trainer_core& trainer, pool* threads,
           const source_data& source, const split& parts, const recipe& r,
           training_observer& observer) {
  if (too_short(r.batch, *network.info) ||
      batches_per_epoch(parts.train.size(), r, *network.info) == 0) {
    throw user_error(
        fmt::format("{} training samples make no batch of {} that --drop-last and batch norms "
                    "leave to train on; "
                    "change --batch-size",
                    parts.train.size(), r.batch));
  }
  loop(network, trainer, threads, source, parts, r, observer).run();
}

}  // namespace tenon::runtime
