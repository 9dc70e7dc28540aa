#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/app/commands.hpp"
#include "runtime/data/source.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

// The samples as the network takes them: scaled and standardised. The array's first dimension
// counts them.
std::vector<float> load_inputs(const predict_options& o, const network_info& network,
                               const statistics& standardize) {
  const npy_array array = read_npy(o.input);
  if (array.shape.empty())
    throw user_error(fmt::format("{}: holds a single number, not [n, …input shape]", o.input));
  require_input_fit(std::span(array.shape).subspan(1), network, o.input);
  std::vector<float> x = scaled(array);
  standardize.apply(x, count(network.input_shape));
  return x;
}

void print_classes(std::span<const float> row, int top, std::ostream& out) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return row[a] != row[b] ? row[a] > row[b] : a < b;
  });
  for (std::size_t k = 0; k < std::min(order.size(), static_cast<std::size_t>(top)); ++k) {
    out << fmt::format("{}{} {:.4f}", k == 0 ? "" : ", ", order[k], row[order[k]]);
  }
  out << '\n';
}

void print(std::span<const float> y, const network_info& network, int top, std::ostream& out) {
  const std::size_t outputs = count(network.output_shape);
  for (std::size_t i = 0; i < y.size() / outputs; ++i) {
    const auto row = y.subspan(i * outputs, outputs);
    out << i << ": ";
    if (network.target_is_class) {
      print_classes(row, top, out);
      continue;
    }
    for (std::size_t k = 0; k < outputs; ++k) out << fmt::format("{}{}", k == 0 ? "" : " ", row[k]);
    out << '\n';
  }
}

}  // namespace

int predict_command(const context& where, const predict_options& o) {
  const network_info& network = *where.network.info;
  pool threads(threads_or_default(o.threads));
  aligned_floats image(network.image_floats);
  const weights_about about = load_weights(o.weights, network, image.span());
  const std::vector<float> x = load_inputs(o, network, about.standardize);
  folded_network folded(where.network, image.span(), &threads);
  const std::size_t n = x.size() / count(network.input_shape);
  std::vector<float> y(n * count(network.output_shape));
  if (n > 0 && o.logits) folded.run().run(x.data(), n, y.data());
  if (n > 0 && !o.logits) folded.run().probabilities(x.data(), n, y.data());
  if (o.output.empty()) {
    print(y, network, o.top, where.out);
    return done;
  }
  std::vector<std::size_t> shape{n};
  shape.insert(shape.end(), network.output_shape.begin(), network.output_shape.end());
  write_npy(o.output, shape, y);
  where.out << fmt::format("{}: float32 {}\n", o.output, text(shape));
  return done;
}

}  // namespace tenon::runtime
