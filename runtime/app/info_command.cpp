#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/app/device.hpp"
#include "runtime/app/magnitude_report.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/weights.hpp"

namespace tenon::runtime {
namespace {

using json = nlohmann::ordered_json;

json entries(const network_info& network, bool buffers) {
  json list = json::array();
  for (const parameter_info& p : network.parameters) {
    if (p.buffer != buffers) continue;
    list.push_back({{"name", p.name},
                    {"layer", p.layer},
                    {"kind", p.kind},
                    {"shape", std::vector<int>(p.shape.begin(), p.shape.end())}});
  }
  return list;
}

// What the network takes on a GPU, and those of this machine.
json cuda_json(const network_entry& entry) {
  const network_info& there = *entry.cuda().info;
  return {{"arena_bytes", {{"eval", there.eval_arena_bytes}, {"train", there.train_arena_bytes}}},
          {"devices", cuda_devices(entry)}};
}

json as_json(const network_entry& entry) {
  const network_info& network = *entry.info;
  const auto sizes = [](std::span<const int> shape) {
    return std::vector<int>(shape.begin(), shape.end());
  };
  json all{
      {"name", network.name},
      {"input_shape", sizes(network.input_shape)},
      {"output_shape", sizes(network.output_shape)},
      {"parameter_count", network.parameter_count},
      {"macs", network.macs},
      {"flops_eval", network.flops_eval},
      {"flops_train", network.flops_train},
      {"batch", network.batch},
      {"arena_bytes", {{"eval", network.eval_arena_bytes}, {"train", network.train_arena_bytes}}},
      {"parameters", entries(network, false)},
      {"buffers", entries(network, true)}};
  if (entry.cuda) all["cuda"] = cuda_json(entry);
  return all;
}

void print(const network_entry& entry, std::ostream& out) {
  const network_info& network = *entry.info;
  out << fmt::format("{}: {} -> {}, batch {}\n", network.name, text(network.input_shape),
                     text(network.output_shape), network.batch);
  out << fmt::format("  parameters   {}\n  MACs         {} per sample\n", network.parameter_count,
                     network.macs);
  out << fmt::format("  FLOPs        {} (eval), {} (train) per sample\n", network.flops_eval,
                     network.flops_train);
  out << fmt::format("  arena        {} bytes (eval), {} (train)\n", network.eval_arena_bytes,
                     network.train_arena_bytes);
  out << fmt::format("  signature    {}\n", network.signature);
  if (entry.cuda) {
    const network_info& there = *entry.cuda().info;
    out << fmt::format("  on a GPU     {} bytes (eval), {} (train)\n", there.eval_arena_bytes,
                       there.train_arena_bytes);
  }
  out << fmt::format("  devices      {}\n\n", text_of_devices(entry));
  for (const parameter_info& p : network.parameters) {
    out << fmt::format("  {:<32} {:<20} {}\n", p.name, text(p.shape), p.buffer ? "buffer" : "");
  }
  for (const std::string_view note : network.notes) out << "  " << note << '\n';
}

json as_json(const magnitude& m) {
  json quantiles = json::object(), kept = json::object();
  for (std::size_t q = 0; q < magnitude_quantiles.size(); ++q)
    quantiles[fmt::format("{}", magnitude_quantiles[q])] = m.quantiles[q];
  for (std::size_t k = 0; k < magnitude_shares.size(); ++k)
    kept[fmt::format("{}", magnitude_shares[k])] = m.kept[k];
  return {{"parameter", m.name},
          {"count", m.count},
          {"zeros", m.zeros},
          {"quantiles", std::move(quantiles)},
          {"kept", std::move(kept)}};
}

void print(std::span<const magnitude> all, std::ostream& out) {
  out << fmt::format("{:<28} {:>9} {:>9}   |w| of", "weight", "values", "zeros");
  for (const double q : magnitude_quantiles) out << fmt::format(" {:>8.0f} %", 100 * q);
  out << "   left of the largest";
  for (const double s : magnitude_shares) out << fmt::format(" {:>5.0f} %", 100 * s);
  out << '\n';
  for (const magnitude& m : all) {
    out << fmt::format("{:<28} {:>9} {:>7.1f} %         ", m.name, m.count,
                       100 * static_cast<double>(m.zeros) / static_cast<double>(m.count));
    for (const float q : m.quantiles) out << fmt::format(" {:>10.4g}", q);
    out << std::string(22, ' ');
    for (const double k : m.kept) out << fmt::format(" {:>5.1f} %", 100 * k);
    out << '\n';
  }
}

int report_magnitudes(const context& where, const info_options& o) {
  if (o.weights.empty()) {
    throw user_error("--magnitude: is of trained weights; give a safetensors file with --weights");
  }
  aligned_floats image(where.network.info->image_floats);
  load_weights(o.weights, *where.network.info, image.span());
  const auto all = magnitudes(*where.network.info, image.span());
  if (!o.json) print(all, where.out);
  for (const magnitude& m : all) {
    if (o.json) where.out << as_json(m).dump() << '\n';
  }
  return done;
}

}  // namespace

int info_command(const context& where, const info_options& o) {
  if (o.magnitude) return report_magnitudes(where, o);
  if (!o.weights.empty())
    throw user_error("--weights: `info` looks at weights with --magnitude alone; give that too");
  if (o.json) {
    where.out << as_json(where.network).dump() << '\n';
  } else {
    print(where.network, where.out);
  }
  return done;
}

}  // namespace tenon::runtime
