#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/app/keep_inputs.hpp"
#include "runtime/app/weights_of.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/recalibrate.hpp"

namespace tenon::runtime {

int recalibrate_command(const context& where, const recalibrate_options& o) {
  const network_info& network = *where.network.info;
  require_not_an_input("--output", o.output, std::span(&o.weights, 1));
  const std::size_t most = static_cast<std::size_t>(network.batch), size = o.batch.value_or(most);
  if (size > most) {
    throw user_error(
        fmt::format("--batch-size {}: {} was built for batches of at most {}; take fewer, or build "
                    "it again with --batch {}",
                    size, network.name, most, size));
  }
  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  const weights_about about = weights_of(where, o.weights, trainer->image());
  source_data source = load_source(o.data, network, to_options(o.source, about.names));
  about.standardize.apply(source.train.x, source.train.sample_size());
  about.target.apply(source.train.targets, count(source.train.target_shape));
  const split parts = make_split(
      source, {.validation_fraction = 0, .test_fraction = about.test_fraction, .seed = about.seed});
  const auto order = recalibration_order(parts.train, about.seed);
  const recalibration r = recalibrate(network, *trainer, source.train, order, size, about.seed);
  save_weights(o.output, network, trainer->image(), about);
  if (o.json) {
    where.out << nlohmann::ordered_json{{"weights", o.output},
                                        {"batches", r.batches},
                                        {"samples", r.samples},
                                        {"hash", hash(network, trainer->image())}}
                     .dump()
              << '\n';
  } else {
    where.out << fmt::format("{}: statistics of {} batches of {} training samples\n", o.output,
                             r.batches, size);
  }
  return done;
}

}  // namespace tenon::runtime
