#include <fmt/format.h>

#include "codegen/tool/report/markup.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

constexpr const char* style = R"(
body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 1040px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.7em; margin-bottom: 0; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; font-size: 13px; } th { text-align: left; border-bottom: 1px solid #999; }
th, td { padding: 2px 10px 2px 0; white-space: nowrap; } .n { text-align: right; font-variant-numeric: tabular-nums; }
tbody tr:nth-child(even) { background: #f6f6f6; } svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
.grid { stroke: #e2e2e2; fill: none; } .tensor { stroke: #fff; stroke-width: 0.5; } .bound { stroke: #777; fill: none; }
.scroll { overflow-x: auto; }
)";

}  // namespace

std::string page(const nlohmann::json& network, const std::vector<nlohmann::json>& measured,
                 const std::vector<std::filesystem::path>& runs) {
  const std::string name = escaped(network.at("network").get<std::string>());
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"/>\n<title>{}</title>\n<style>{}</style>\n"
      "</head>\n<body>\n<h1>{}</h1>\n<p>{} to {}; declared in {}.</p>\n",
      name, style, name, escaped(network.at("input").dump()), escaped(network.at("output").dump()),
      escaped(network.at("source").get<std::string>()));
  text += "<div class=\"scroll\">\n" + layers_section(network) + "</div>\n";
  for (const char* mode : {"eval", "train"}) {
    if (network.contains(mode)) text += memory_section(network, mode);
  }
  if (!measured.empty())
    text += "<div class=\"scroll\">\n" + kernels_section(measured) + "</div>\n";
  for (const std::filesystem::path& run : runs) text += run_section(run);
  return text + "</body>\n</html>\n";
}

}  // namespace tenon::tool
