#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/app/commands.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/train/evaluate.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

nlohmann::ordered_json or_null(std::optional<double> value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

struct chosen_part {
  dataset* data;
  std::vector<std::uint32_t> indices;
};

// The samples that --part asks for: the test part is the one that training set apart.
chosen_part choose(source_data& source, const eval_options& o, const weights_about& about,
                   std::ostream& err) {
  split parts = make_split(
      source, {.validation_fraction = 0, .test_fraction = about.test_fraction, .seed = about.seed});
  if (o.part == "test" && !parts.test.empty())
    return {source.test ? &*source.test : &source.train, parts.test};
  if (o.part == "train") return {&source.train, parts.train};
  if (o.part == "test")
    err << fmt::format("note: {} has no test part; all its samples are evaluated\n", o.data);
  std::vector<std::uint32_t> all(source.train.samples());
  std::iota(all.begin(), all.end(), 0U);
  return {&source.train, std::move(all)};
}

}  // namespace

int eval_command(const context& where, const eval_options& o) {
  const network_info& network = *where.network.info;
  pool threads(threads_or_default(o.threads));
  aligned_floats image(network.image_floats);
  const weights_about about = load_weights(o.weights, network, image.span());
  source_data source = load_source(o.data, network);
  const chosen_part part = choose(source, o, about, where.err);
  about.standardize.apply(part.data->x, part.data->sample_size());
  folded_network folded(where.network, image.span(), &threads);
  const score s = evaluate(folded.run(), network, *part.data, part.indices);
  if (o.json) {
    const nlohmann::ordered_json line{{"samples", s.samples},
                                      {"loss", s.loss},
                                      {"top1", or_null(s.top1)},
                                      {"top5", or_null(s.top5)}};
    where.out << line.dump() << '\n';
  } else {
    where.out << fmt::format("{} samples   loss {:.4f}", s.samples, s.loss);
    if (s.top1) where.out << fmt::format("   top-1 {:.4f}   top-5 {:.4f}", *s.top1, *s.top5);
    where.out << '\n';
  }
  return done;
}

}  // namespace tenon::runtime
