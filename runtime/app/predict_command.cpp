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

  void print(const std::string& label, std::span<const float> row) const {
    const bool is_class = where_.network.info->target_is_class;
    if (o_.json) {
      const json line = is_class ? json{{"input", label}, {"top", top_json(row)}}
                                 : json{{"input", label}, {"values", row}};
      where_.out << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
      return;
    }
    where_.out << label << ": " << (is_class ? top_text(row) : values_text(row)) << '\n';
  }

 private:
  std::string top_text(std::span<const float> row) const {
    std::string text;
    for (const std::size_t k : best(row, o_.top)) {
      text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", classes_[k], row[k]);
    }
    return text;
  }
  json top_json(std::span<const float> row) const {
    json all = json::array();
    for (const std::size_t k : best(row, o_.top)) {
      all.push_back(
          {{"class", k}, {"name", classes_[k]}, {o_.logits ? "logit" : "probability", row[k]}});
    }
    return all;
  }
  static std::string values_text(std::span<const float> row) {
    std::string text;
    for (const float value : row) text += fmt::format("{}{}", text.empty() ? "" : " ", value);
    return text;
  }

  const context& where_;
  const predict_options& o_;
  const std::vector<std::string>& classes_;
};

// [n, …output shape]; targets that were standardised for training come back in their own units.
std::vector<float> outputs(const context& where, const predict_options& o,
                           std::span<const float> image, const weights_about& about,
                           std::span<const float> x) {
  const network_info& network = *where.network.info;
  pool threads(threads_or_default(o.threads));
  folded_network folded(where.network, image, &threads);
  const std::size_t n = x.size() / count(network.input_shape), size = count(network.output_shape);
  std::vector<float> y(n * size);
  if (n > 0 && o.logits) folded.run().run(x.data(), n, y.data());
  if (n > 0 && !o.logits) folded.run().probabilities(x.data(), n, y.data());
  if (!o.logits) about.target.restore(y, size);
  return y;
}

}  // namespace

int predict_command(const context& where, const predict_options& o) {
  const network_info& network = *where.network.info;
  if (!o.output.empty()) {
    require_not_an_input("--output", o.output, o.inputs);
    require_not_an_input("--output", o.output, std::span(&o.weights, 1));
  }
  aligned_floats image(network.image_floats);
  const weights_about about = weights_of(where, o.weights, image.span());
  const auto names = to_options(o.source, about.names).names.classes;
  require_names_fit(names, network, o.source.classes.empty() ? o.weights : o.source.classes);
  const prediction_inputs in = load_inputs(o, network, about);
  const std::vector<float> y = outputs(where, o, image.span(), about, in.x);
  const std::size_t n = in.labels.size(), size = count(network.output_shape);
  if (!o.output.empty()) {
    std::vector<std::size_t> shape{n};
    shape.insert(shape.end(), network.output_shape.begin(), network.output_shape.end());
    write_npy(o.output, shape, y);
    if (!o.json) where.out << fmt::format("{}: float32 {}\n", o.output, text(shape));
  }
  if (!o.output.empty() && !o.json) return done;
  const auto classes =
      names_or_numbers(names, static_cast<std::size_t>(std::max(network.classes, 0)));
  const printer lines(where, o, classes);
  for (std::size_t i = 0; i < n; ++i) {
    lines.print(in.labels[i], std::span(y).subspan(i * size, size));
  }
  return done;
}

}  // namespace tenon::runtime
