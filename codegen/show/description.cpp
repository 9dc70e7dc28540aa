#include <nlohmann/json.hpp>

#include "codegen/passes/lifetimes.hpp"
#include "codegen/print/files.hpp"  // plan_of
#include "codegen/print/names.hpp"
#include "codegen/show/view.hpp"

namespace tenon::codegen {
namespace {

using json = nlohmann::ordered_json;

json sizes(const dims& d) {
  json j = json::array();
  for (int i = 0; i < d.rank; ++i) j.push_back(d[i]);
  return j;
}

json layers_of(const program& p) {
  json list = json::array();
  for (const layer_record& l : p.layers) {
    list.push_back({{"name", l.name},
                    {"declared", l.spelling},
                    {"output", sizes(l.out)},
                    {"parameters", l.parameters},
                    {"macs", l.macs},
                    {"became", fate_of(p, l.name)}});
  }
  return list;
}

json kernels_of(const program& p) {
  constexpr const char* stages[] = {"prepare", "block", "collect", "renew", "whole"};
  json list = json::array();
  for (std::size_t i = 0; i < p.kernels.size(); ++i) {
    const kernel& k = p.kernels[i];
    json layers = json::array();  // all that it computes something of
    for (const layer_record& l : p.layers) {
      if (belongs_to(k, l.name)) layers.push_back(l.name);
    }
    list.push_back({{"name", identifier(k.name)},
                    {"function", identifier(function_of(p, i))},
                    {"layer", k.layer},
                    {"layers", std::move(layers)},
                    {"stage", stages[static_cast<int>(p.schedules[i].when)]},
                    {"phase", p.schedules[i].phase},
                    {"flops", p.schedules[i].flops},
                    {"formula", formula(p, k)}});
  }
  return list;
}

// Tensors with a place: from which kernel to which one (positions in `kernels`; -1 before all,
// their number after all), and where, in floats from the beginning of the region.
json tensors_of(const program& p) {
  constexpr const char* regions[] = {"none", "image",     "gradients", "batch",
                                     "part", "part_sums", "block"};
  const std::vector<lifetime> lives = lifetimes_of(p);
  json list = json::array();
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    const storage& s = p.storages[t];
    if (s.where == region::none || lives[t].last < lives[t].first) continue;
    list.push_back({{"name", p.tensors[t].name},
                    {"shape", sizes(p.tensors[t].shape)},
                    {"region", regions[static_cast<int>(s.where)]},
                    {"offset", s.offset},
                    {"floats", p.layouts[t].floats},
                    {"first", lives[t].first},
                    {"last", lives[t].last}});
  }
  return list;
}

json mode_of(const program& p) {
  const arena_plan a = plan_of(p);
  return {{"arena_bytes", 4 * a.total},
          {"parts", p.parts()},
          {"blocks", p.blocks()},
          {"block", p.block},
          {"arena",
           {{"image", 4 * (p.in == mode::train ? a.image : 0)},
            {"gradients", 4 * a.gradient},
            {"optimizer", 4 * a.state},
            {"batch", 4 * (p.in == mode::train ? a.batch : 0)},
            {"part_sums", 4 * a.part_sums},
            {"parts", 4 * a.parts},
            {"blocks", 4 * a.blocks}}},
          {"image_bytes", 4 * a.image},
          {"layers", layers_of(p)},
          {"kernels", kernels_of(p)},
          {"tensors", tensors_of(p)},
          {"notes", p.notes}};
}

}  // namespace

std::string description(const declaration& d, const emit_options& o) {
  const program eval = program_after(d, {.emit = o, .in = mode::eval, .pass = {}, .layer = {}}, {});
  const program train =
      program_after(d, {.emit = o, .in = mode::train, .pass = {}, .layer = {}}, {});
  const program single = program_after(d, {.emit = o, .single = true, .pass = {}, .layer = {}}, {});
  const serving_plan serving = plan_of_serving(eval, single);
  json serves = mode_of(eval);
  serves["arena_bytes"] = 4 * serving.arena, serves["image_bytes"] = 4 * serving.image;
  json j{{"network", std::string(d.name)},
         {"source", o.source},
         {"batch", o.batch},
         {"input", sizes(d.result.input)},
         {"output", sizes(d.result.output)},
         {"parameters", d.result.parameters},
         {"macs", d.result.macs},
         {"macs_training", train.loss >= 0 ? d.result.macs_training : 0},
         {"eval", std::move(serves)},
         {"eval_single", mode_of(single)}};
  if (train.loss >= 0) j["train"] = mode_of(train);
  return j.dump() + "\n";
}

}  // namespace tenon::codegen
