#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/app/keep_inputs.hpp"
#include "runtime/app/training_part.hpp"
#include "runtime/app/weights_of.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/recalibrate.hpp"

namespace tenon::runtime {

int recalibrate_command(const context& where, const recalibrate_options& o) {
  const network_info& network = *where.network.info;
  require_not_an_input("--output", o.output, std::span(&o.weights, 1));
  const std::size_t size = batch_size_of(o.batch, network);
  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  const weights_about about = weights_of(where, o.weights, trainer->image());
  const training_part part = load_training_part(o.data, o.source, network, about);
  const auto order = recalibration_order(part.indices, about.seed);
  const recalibration r = recalibrate(network, *trainer, part.samples, order, size, about.seed);
  save_weights(o.output, network, trainer->read_image(), about);
  if (o.json) {
    where.out << nlohmann::ordered_json{{"weights", o.output},
                                        {"batches", r.batches},
                                        {"samples", r.samples},
                                        {"hash", hash(network, trainer->read_image())}}
                     .dump()
              << '\n';
  } else {
    where.out << fmt::format("{}: statistics of {} batches of {} training samples\n", o.output,
                             r.batches, size);
  }
  return done;
}

}  // namespace tenon::runtime
