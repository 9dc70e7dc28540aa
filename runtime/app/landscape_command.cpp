#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/app/training_part.hpp"
#include "runtime/app/weights_of.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/landscape.hpp"

namespace tenon::runtime {
namespace {

void require_sense(const landscape_options& o) {
  if (o.rates[0] > o.rates[1]) {
    throw user_error(fmt::format("--rates {:g} {:g}: the first is the smaller one; exchange them",
                                 o.rates[0], o.rates[1]));
  }
}

void print_json(const landscape& l, std::ostream& out) {
  nlohmann::ordered_json all{{"loss", l.loss},
                             {"gradient_norm", l.gradient_norm},
                             {"points", nlohmann::ordered_json::array()}};
  for (const landscape_point& p : l.points) {
    all["points"].push_back({{"rate", p.rate},
                             {"loss", p.loss},
                             {"gradient_distance", p.gradient_distance},
                             {"smoothness", p.smoothness}});
  }
  out << all.dump() << '\n';
}

void print(const landscape& l, std::ostream& out) {
  out << fmt::format("loss {:.6g}, gradient of norm {:.4g}; along a step of rate times it:\n",
                     l.loss, l.gradient_norm);
  out << fmt::format("{:>10} {:>12} {:>18} {:>12}\n", "rate", "loss", "gradient distance",
                     "smoothness");
  for (const landscape_point& p : l.points)
    out << fmt::format("{:>10.3g} {:>12.6g} {:>18.4g} {:>12.4g}\n", p.rate, p.loss,
                       p.gradient_distance, p.smoothness);
  const auto [least, most] = std::ranges::minmax_element(l.points, {}, &landscape_point::loss);
  const auto roughest = std::ranges::max_element(l.points, {}, &landscape_point::smoothness);
  out << fmt::format(
      "loss from {:.6g} (rate {:.3g}) to {:.6g} (rate {:.3g}); largest smoothness {:.4g} (rate "
      "{:.3g})\n",
      least->loss, least->rate, most->loss, most->rate, roughest->smoothness, roughest->rate);
}

}  // namespace

int landscape_command(const context& where, const landscape_options& o) {
  const network_info& network = *where.network.info;
  require_sense(o);
  const std::size_t size = batch_size_of(o.batch, network);
  pool threads(threads_or_default(o.threads));
  const auto trainer = make_trainer(where.network, &threads);
  const weights_about about = weights_of(where, o.weights, trainer->image());
  const training_part part = load_training_part(o.data, o.source, network, about);
  const std::size_t n = std::min(size, part.indices.size());
  batch samples(network, n);
  samples.gather(part.samples, std::span(part.indices).first(n));
  settings s;
  s.seed = o.seed;
  const landscape l = explore_landscape(network, *trainer, samples, s,
                                        logarithmic_rates(o.rates[0], o.rates[1], o.points));
  o.json ? print_json(l, where.out) : print(l, where.out);
  return done;
}

}  // namespace tenon::runtime
