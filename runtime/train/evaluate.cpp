#include "runtime/train/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

user_error built_without(const network_info& network, const char* mode) {
  return user_error(
      fmt::format("this executable of {} was built without the {} mode; build it again with both",
                  network.name, mode));
}

// What make() returns; a network that cannot be opened (this CPU lacks the instruction sets it was
// built for) says so in an exception of its own.
template <class Make>
auto opened(Make make, const network_info& network) {
  try {
    return make();
  } catch (const device_error&) {
    throw;
  } catch (const std::runtime_error& e) {
    throw user_error(fmt::format("{}: {}", network.name, e.what()));
  }
}

}  // namespace

folded_network::folded_network(const network_entry& network, std::span<const float> image,
                               pool* threads)
    : weights_(network.info->eval_image_floats) {
  if (!network.make_evaluator || !network.fold) throw built_without(*network.info, "eval");
  network.fold(image.data(), weights_.data());
  evaluator_ =
      opened([&] { return network.make_evaluator(weights_.span(), threads); }, *network.info);
}

std::unique_ptr<trainer_core> make_trainer(const network_entry& network, pool* threads) {
  if (!network.make_trainer) throw built_without(*network.info, "train");
  return opened([&] { return network.make_trainer(threads); }, *network.info);
}

sampled_outputs sample(const network_entry& network, std::span<const float> image, pool* threads,
                       std::span<const float> x, const sampling& how) {
  if (!network.make_sampler)
    throw user_error(fmt::format(
        "{} has no noise that could be left on: every draw would be the same; declare some, such "
        "as dropout<drop(0.2)>, or predict without --samples",
        network.info->name));
  const auto model = opened([&] { return network.make_sampler(image, threads); }, *network.info);
  const std::size_t n = x.size() / count(network.info->input_shape),
                    values = n * count(network.info->output_shape);
  // Welford's recurrence: no difference of large sums.
  std::vector<double> mean(values), squares(values);
  std::vector<float> y(values);
  for (std::size_t draw = 0; draw < how.draws; ++draw) {
    if (how.logits)
      model->run(x.data(), n, y.data(), how.seed, draw);
    else
      model->probabilities(x.data(), n, y.data(), how.seed, draw);
    for (std::size_t i = 0; i < values; ++i) {
      const double off = double{y[i]} - mean[i];
      mean[i] += off / static_cast<double>(draw + 1);
      squares[i] += off * (double{y[i]} - mean[i]);
    }
  }
  sampled_outputs out{std::vector<float>(values), std::vector<float>(values)};
  for (std::size_t i = 0; i < values; ++i) {
    out.mean[i] = static_cast<float>(mean[i]);
    out.deviation[i] =
        static_cast<float>(std::sqrt(squares[i] / static_cast<double>(how.draws - 1)));
  }
  return out;
}

score evaluate(evaluator& model, const network_info& network, const dataset& data,
               std::span<const std::uint32_t> part, const evaluation& how) {
  const auto capacity = static_cast<std::size_t>(network.batch);
  const std::size_t outputs = count(network.output_shape);
  batch samples(network, capacity);
  std::vector<float> y(capacity * outputs);
  score_keeper keeper(network);
  regression_keeper errors(network.tells_classes() ? 0 : outputs, how.target_deviation);
  for (std::size_t at = 0; at < part.size(); at += capacity) {
    samples.gather(data, part.subspan(at, std::min(capacity, part.size() - at)));
    model.run(samples.x(), samples.size(), y.data());
    const auto outputs_of_batch = std::span(y).first(samples.size() * outputs);
    keeper.add(outputs_of_batch, samples.classes(), samples.values());
    if (!network.tells_classes()) errors.add(outputs_of_batch, samples.values());
    if (how.confusion) how.confusion->add(outputs_of_batch, samples.classes());
  }
  score s = keeper.result();
  if (!network.tells_classes()) errors.put_into(s);
  return s;
}

}  // namespace tenon::runtime
