#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/app/class_report.hpp"
#include "runtime/app/commands.hpp"
#include "runtime/app/keep_inputs.hpp"
#include "runtime/app/weights_of.hpp"
#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/evaluate.hpp"

namespace tenon::runtime {
namespace {

constexpr int most_classes = 4096;  // counted in pairs: 128 MiB

nlohmann::ordered_json or_null(std::optional<double> value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

struct chosen_part {
  dataset* data;
  std::vector<std::uint32_t> indices;
};

// The samples that --part asks for: the test part is the one that training set apart.
chosen_part choose(source_data& source, const eval_options& o, const ensemble& model,
                   std::ostream& err) {
  if (o.part != "all" && !source.test && source.splits) model.require_same_test_part(o.data);
  const weights_about& about = model.about();
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

void print(const score& s, const std::optional<confusion_matrix>& confusion,
           const std::vector<std::string>& names, std::ostream& out) {
  constexpr std::size_t most_shown = 20;  // classes; more are unreadable on a terminal
  out << fmt::format("{} samples   loss {:.4f}", s.samples, s.loss);
  if (s.top1) out << fmt::format("   top-1 {:.4f}   top-5 {:.4f}", *s.top1, *s.top5);
  if (s.mse) out << "   " << text_of_errors(s);
  out << '\n';
  if (!confusion) return;
  out << '\n';
  print_rates(*confusion, names, out);
  if (confusion->classes() > most_shown) return;
  out << '\n';
  print_matrix(*confusion, names, out);
}

void print_json(const score& s, const std::optional<confusion_matrix>& confusion,
                const std::vector<std::string>& names, std::ostream& out) {
  const nlohmann::ordered_json line{
      {"samples", s.samples},
      {"loss", s.loss},
      {"top1", or_null(s.top1)},
      {"top5", or_null(s.top5)},
      {"mse", or_null(s.mse)},
      {"mae", or_null(s.mae)},
      {"r2", or_null(s.r2)},
      {"classes", confusion ? rates_json(*confusion, names) : nlohmann::ordered_json()}};
  out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void save_confusion(const eval_options& o, const network_info& network,
                    const std::optional<confusion_matrix>& confusion,
                    const std::vector<std::string>& names) {
  if (!confusion) {
    throw user_error(fmt::format(
        "--confusion {}: network {} {}", o.confusion, network.name,
        network.tells_classes()
            ? fmt::format("has {} classes, counted are at most {}", network.classes, most_classes)
            : "predicts values, not classes"));
  }
  save_confusion_csv(o.confusion, *confusion, names);
}

}  // namespace

int eval_command(const context& where, const eval_options& o) {
  const network_info& network = *where.network.info;
  if (!o.confusion.empty()) {
    const std::string files = o.data.substr(o.data.find(':') + 1);
    require_not_an_input("--confusion", o.confusion, split_at_commas(files));
    require_not_an_input("--confusion", o.confusion, o.weights);
  }
  pool threads(threads_or_default(o.threads));
  ensemble model = ensemble_of(where, o.weights, threads);
  const weights_about& about = model.about();
  source_data source = load_source(o.data, network, to_options(o.source, about.names));
  const chosen_part part = choose(source, o, model, where.err);
  about.target.apply(part.data->targets, count(part.data->target_shape));
  std::optional<confusion_matrix> confusion;
  if (network.tells_classes() && network.classes <= most_classes)
    confusion.emplace(static_cast<std::size_t>(network.classes));
  const score s = evaluate(
      model, network, *part.data, part.indices,
      {.target_deviation = about.target.deviation, .confusion = confusion ? &*confusion : nullptr});
  const auto names = names_or_numbers(source.names.classes, confusion ? confusion->classes() : 0);
  if (model.size() > 1 && !o.json)
    where.out << fmt::format("the mean of {} networks\n", model.size());
  if (!o.confusion.empty()) save_confusion(o, network, confusion, names);
  o.json ? print_json(s, confusion, names, where.out) : print(s, confusion, names, where.out);
  return done;
}

}  // namespace tenon::runtime
