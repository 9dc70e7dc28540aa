#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/app/class_report.hpp"
#include "runtime/app/commands.hpp"
#include "runtime/app/keep_inputs.hpp"
#include "runtime/app/predict_inputs.hpp"
#include "runtime/app/weights_of.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

// The classes with the `top` greatest values, equal ones by number.
std::vector<std::size_t> best(std::span<const float> row, int top) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t k) { return row[k]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(top)));
  return order;
}

class printer {
 public:
  printer(const context& where, const predict_options& o, const std::vector<std::string>& classes)
      : where_(where), o_(o), classes_(classes) {}

  // spread: of each value of the row; empty without samples.
  void print(const std::string& label, std::span<const float> row,
             std::span<const float> spread) const {
    const bool is_class = where_.network.info->tells_classes();
    if (o_.json) {
      const json line = is_class ? json{{"input", label}, {"top", top_json(row, spread)}}
                                 : values_json(label, row, spread);
      where_.out << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
      return;
    }
    where_.out << label << ": " << (is_class ? top_text(row, spread) : values_text(row, spread))
               << '\n';
  }

 private:
  std::string top_text(std::span<const float> row, std::span<const float> spread) const {
    std::string text;
    for (const std::size_t k : best(row, o_.top)) {
      text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", classes_[k], row[k]);
      if (!spread.empty()) text += fmt::format(" ± {:.4f}", spread[k]);
    }
    return text;
  }
  json top_json(std::span<const float> row, std::span<const float> spread) const {
    json all = json::array();
    for (const std::size_t k : best(row, o_.top)) {
      all.push_back(
          {{"class", k}, {"name", classes_[k]}, {o_.logits ? "logit" : "probability", row[k]}});
      if (!spread.empty()) all.back()["spread"] = spread[k];
    }
    return all;
  }
  static std::string values_text(std::span<const float> row, std::span<const float> spread) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += fmt::format("{}{}", text.empty() ? "" : " ", row[i]);
      if (!spread.empty()) text += fmt::format(" ± {:.4g}", spread[i]);
    }
    return text;
  }
  static json values_json(const std::string& label, std::span<const float> row,
                          std::span<const float> spread) {
    json line{{"input", label}, {"values", row}};
    if (!spread.empty()) line["spread"] = spread;
    return line;
  }

  const context& where_;
  const predict_options& o_;
  const std::vector<std::string>& classes_;
};

// Both [n, …output shape]; targets that were standardised for training come back in their own
// units.
struct answers {
  std::vector<float> values, spread;  // spread: empty without samples
};

std::string first_of(const std::vector<std::string>& files) {
  return files.empty() ? std::string() : files.front();
}

// x as the source gives it.
answers sampled(const context& where, const predict_options& o, std::vector<float> x,
                pool* threads) {
  if (o.weights.size() > 1) {
    throw user_error(fmt::format(
        "--samples {}: draws from one network, and --weights names {}; give one of them", o.draws,
        o.weights.size()));
  }
  if (where.on_gpu()) where.err << "note: --samples draws on the CPU; GPUs serve without noise\n";
  const network_info& network = *where.network.info;
  aligned_floats image(network.image_floats);
  const weights_about about = weights_of(where, first_of(o.weights), image.span());
  about.standardize.apply(x, count(network.input_shape));
  const std::size_t size = count(network.output_shape);
  sampled_outputs drawn = sample(where.network, image.span(), threads, x,
                                 {.seed = o.seed, .draws = o.draws, .logits = o.logits});
  if (!o.logits) {
    about.target.restore(drawn.mean, size);
    about.target.restore_spread(drawn.deviation, size);
  }
  return {std::move(drawn.mean), std::move(drawn.deviation)};
}

answers outputs(const context& where, const predict_options& o, ensemble& model,
                std::vector<float> x, pool* threads) {
  if (o.draws > 0) return sampled(where, o, std::move(x), threads);
  const network_info& network = *where.network.info;
  const std::size_t n = x.size() / count(network.input_shape), size = count(network.output_shape);
  std::vector<float> y(n * size);
  if (n > 0 && o.logits) model.run(x.data(), n, y.data());
  if (n > 0 && !o.logits) model.probabilities(x.data(), n, y.data());
  if (!o.logits) model.about().target.restore(y, size);
  return {std::move(y), {}};
}

void write(const context& where, const predict_options& o, const std::string& path, std::size_t n,
           std::span<const float> values) {
  if (path.empty()) return;
  std::vector<std::size_t> shape{n};
  const auto output = where.network.info->output_shape;
  shape.insert(shape.end(), output.begin(), output.end());
  write_npy(path, shape, values);
  if (!o.json) where.out << fmt::format("{}: float32 {}\n", path, text(shape));
}

void require_separate(const std::string& flag, const std::string& path, const predict_options& o) {
  if (path.empty()) return;
  require_not_an_input(flag, path, o.inputs);
  require_not_an_input(flag, path, o.weights);
}

}  // namespace

int predict_command(const context& where, const predict_options& o) {
  const network_info& network = *where.network.info;
  require_separate("--output", o.output, o);
  require_separate("--spread", o.spread, o);
  if (!o.spread.empty() && o.spread == o.output)
    throw user_error(
        fmt::format("--spread {}: is the file of --output too; name another one", o.spread));
  pool threads(threads_or_default(o.threads));
  ensemble model = ensemble_of(where, o.weights, threads);
  const weights_about& about = model.about();
  const auto names = to_options(o.source, about.names).names.classes;
  require_names_fit(names, network,
                    o.source.classes.empty() ? first_of(o.weights) : o.source.classes);
  const prediction_inputs in = load_inputs(o, network, about);
  const answers y = outputs(where, o, model, in.x, &threads);
  const std::size_t n = in.labels.size(), size = count(network.output_shape);
  write(where, o, o.output, n, y.values);
  write(where, o, o.spread, n, y.spread);
  if (!o.output.empty() && !o.json) return done;
  const auto classes =
      names_or_numbers(names, static_cast<std::size_t>(std::max(network.classes, 0)));
  const printer lines(where, o, classes);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = [&](const std::vector<float>& all) {
      return all.empty() ? std::span<const float>{} : std::span(all).subspan(i * size, size);
    };
    lines.print(in.labels[i], row(y.values), row(y.spread));
  }
  return done;
}

}  // namespace tenon::runtime
