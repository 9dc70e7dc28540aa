#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/app/commands.hpp"
#include "runtime/data/dataset.hpp"

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

json as_json(const network_info& network) {
  const auto sizes = [](std::span<const int> shape) {
    return std::vector<int>(shape.begin(), shape.end());
  };
  return {
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
}

void print(const network_info& network, std::ostream& out) {
  out << fmt::format("{}: {} -> {}, batch {}\n", network.name, text(network.input_shape),
                     text(network.output_shape), network.batch);
  out << fmt::format("  parameters   {}\n  MACs         {} per sample\n", network.parameter_count,
                     network.macs);
  out << fmt::format("  FLOPs        {} (eval), {} (train) per sample\n", network.flops_eval,
                     network.flops_train);
  out << fmt::format("  arena        {} bytes (eval), {} (train)\n", network.eval_arena_bytes,
                     network.train_arena_bytes);
  out << fmt::format("  signature    {}\n\n", network.signature);
  for (const parameter_info& p : network.parameters) {
    out << fmt::format("  {:<32} {:<20} {}\n", p.name, text(p.shape), p.buffer ? "buffer" : "");
  }
  for (const std::string_view note : network.notes) out << "  " << note << '\n';
}

}  // namespace

int info_command(const context& where, bool want_json) {
  const network_info& network = *where.network.info;
  if (want_json) {
    where.out << as_json(network).dump() << '\n';
  } else {
    print(network, where.out);
  }
  return done;
}

}  // namespace tenon::runtime
