#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codegen/tool/report/markup.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

using nlohmann::json;

std::string shape_text(const json& sizes) {
  return fmt::format("[{}]", fmt::join(sizes.get<std::vector<int>>(), ", "));
}

long elements(const json& sizes) {
  long n = 1;
  for (const json& size : sizes) n *= size.get<long>();
  return n;
}

std::string count(long n) { return n == 0 ? "" : grouped(n); }

// The layer's share of all multiply-adds, as a bar.
std::string shares(const json& network) {
  const double all = std::max(1.0, network.at("macs").get<double>());
  std::string svg;
  double x = 0;
  std::size_t number = 0;
  for (const json& layer : network.at("eval")["layers"]) {
    const double share = layer.at("macs").get<double>() / all;
    if (share == 0) continue;
    svg += fmt::format(
        "<rect x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"22\" fill=\"{}\"><title>{}: {:.1f} "
        "%</title></rect>\n",
        1000 * x, 1000 * share, colour(number++), escaped(layer.at("name").get<std::string>()),
        100 * share);
    if (share > 0.08)
      svg += fmt::format("<text x=\"{:.2f}\" y=\"15\">{}</text>\n", 1000 * x + 4,
                         escaped(layer.at("name").get<std::string>()));
    x += share;
  }
  if (svg.empty()) return {};
  return "<p>Multiply-adds of a forward pass, by layer:</p>\n"
         "<svg viewBox=\"0 0 1000 22\" role=\"img\" aria-label=\"multiply-adds by layer\">\n" +
         svg + "</svg>\n";
}

}  // namespace

std::string layers_section(const json& network) {
  std::vector<std::vector<std::string>> rows;
  for (const json& layer : network.at("eval")["layers"]) {
    rows.push_back({layer.at("name"), layer.at("declared"), shape_text(layer.at("output")),
                    count(layer.at("parameters")), count(layer.at("macs")),
                    grouped(4 * elements(layer.at("output"))), layer.at("became")});
  }
  const long macs = network.at("macs"), training = network.at("macs_training");
  std::string text = "<h2>Layers</h2>\n";
  text += table("lllrrrl",
                {"layer", "declared as", "output", "parameters", "MACs", "bytes", "when serving"},
                rows);
  text += fmt::format("<p>{} parameters, {} bytes. Per sample: {} MACs = {} FLOP forward",
                      grouped(network.at("parameters")),
                      grouped(4 * network.at("parameters").get<long>()), grouped(macs),
                      grouped(2 * macs));
  if (training > 0) text += fmt::format(", {} FLOP in a training step", grouped(2 * training));
  return text + ". Bytes are those of one sample's output, in float32.</p>\n" + shares(network);
}

}  // namespace tenon::tool
