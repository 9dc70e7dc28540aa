#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/report/markup.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

using nlohmann::json;

constexpr double width = 1000, height = 360, left = 60, below = 34;

struct point {
  std::string name;
  double intensity, gflops,
      bound;  // FLOP/byte; GFLOP/s measured, and at most by the machine's limits
};

// Kernels that only move or compare have no FLOP, and no place on logarithmic axes.
std::vector<point> points_of(const json& measured) {
  std::vector<point> points;
  for (const json& k : measured.at("kernels")) {
    const double flops = k.at("flops"), bytes = k.at("bytes"), gflops = k.at("gflops"),
                 share = k.at("roofline");
    if (flops > 0 && bytes > 0 && gflops > 0 && share > 0)
      points.push_back({k.at("name"), flops / bytes, gflops, gflops / share});
  }
  return points;
}

// A logarithmic axis from a power of ten below the least value to one above the greatest.
struct axis {
  double low, high, from, to;

  axis(double least, double most, double begin, double end)
      : low(std::floor(std::log10(least))),
        high(std::ceil(std::log10(most))),
        from(begin),
        to(end) {
    if (high <= low) high = low + 1;
  }
  double at(double value) const {
    return from + (to - from) * (std::log10(value) - low) / (high - low);
  }
};

std::string grid(const axis& x, const axis& y) {
  std::string text;
  for (int e = static_cast<int>(x.low); e <= static_cast<int>(x.high); ++e) {
    const double at = x.at(std::pow(10, e));
    text += fmt::format(
        "<path d=\"M{:.1f} 8V{}\" class=\"grid\"/><text x=\"{:.1f}\" y=\"{}\" "
        "text-anchor=\"middle\">{:g}</text>\n",
        at, height, at, height + 14, std::pow(10, e));
  }
  for (int e = static_cast<int>(y.low); e <= static_cast<int>(y.high); ++e) {
    const double at = y.at(std::pow(10, e));
    text += fmt::format(
        "<path d=\"M{} {:.1f}H{}\" class=\"grid\"/><text x=\"{}\" y=\"{:.1f}\" "
        "text-anchor=\"end\">{:g}</text>\n",
        left, at, width, left - 6, at + 4, std::pow(10, e));
  }
  return text + fmt::format(
                    "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">FLOP per byte</text><text "
                    "x=\"{}\" y=\"20\">GFLOP/s</text>\n",
                    width, height + 30, left + 6);
}

std::string roofline(const std::vector<point>& points) {
  if (points.empty()) return {};
  const auto least = [&](auto of) { return of(*std::ranges::min_element(points, {}, of)); };
  const auto most = [&](auto of) { return of(*std::ranges::max_element(points, {}, of)); };
  const auto intensity = [](const point& p) { return p.intensity; };
  const auto low = [](const point& p) { return std::min(p.gflops, p.bound); };
  const auto high = [](const point& p) { return std::max(p.gflops, p.bound); };
  const axis x(least(intensity), most(intensity), left, width - 10);
  const axis y(least(low), most(high), height, 8);
  std::string text = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"roofline\">\n", width, height + below);
  text += grid(x, y);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const point& p = points[i];
    const double at = x.at(p.intensity);
    text +=
        fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {2:.1f}h10\" class=\"bound\"/>\n",
                    at, y.at(p.gflops), y.at(p.bound), at - 5);
    text += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\" class=\"tensor\"><title>{}: "
        "{:.1f} GFLOP/s of {:.1f}, {:.2f} FLOP/byte</title></circle>\n",
        at, y.at(p.gflops), colour(i), escaped(p.name), p.gflops, p.bound, p.intensity);
  }
  return text +
         "</svg>\n<p>Dots: measured, on one thread. Dashes: what the measured peak and the "
         "measured speed of copying allow at most.</p>\n";
}

std::string kernel_table(const json& measured) {
  double all = 0;
  for (const json& k : measured.at("kernels")) all += k.at("median_us").get<double>();
  std::vector<std::vector<std::string>> rows;
  for (const json& k : measured.at("kernels")) {
    const double flops = k.at("flops"), bytes = k.at("bytes"), time = k.at("median_us");
    rows.push_back({k.at("name"), fmt::format("{:.2f}", time),
                    fmt::format("{:.1f}", 100 * time / std::max(all, 1e-12)),
                    flops > 0 ? fmt::format("{:.1f}", k.at("gflops").get<double>()) : "",
                    flops > 0 && bytes > 0 ? fmt::format("{:.2f}", flops / bytes) : "",
                    fmt::format("{:.0f}", 100 * k.at("roofline").get<double>())});
  }
  return table("lrrrrr",
               {"kernel, one call", "µs", "% of all", "GFLOP/s", "FLOP/byte", "% of bound"}, rows);
}

std::string one_mode(const json& m) {
  std::string text = fmt::format(
      "<h2>Kernels: {}</h2>\n<p>Batch {}, {} thread{}, {}: median {:.1f} µs, {:.1f} GFLOP/s of a "
      "peak of {:.1f}.</p>\n",
      escaped(m.at("mode").get<std::string>()), m.at("batch").get<int>(),
      m.at("threads").get<int>(), m.at("threads") == 1 ? "" : "s",
      escaped(m.value("target", "unknown target")), m.at("median_us").get<double>(),
      m.at("gflops").get<double>(), m.at("peak_gflops").get<double>());
  return text + roofline(points_of(m)) + kernel_table(m);
}

// Throws where a measurement misses a field, or names kernels that the network has not.
void check(const json& measured, const json& network, const std::string& origin) {
  const std::string mode = measured.at("mode");
  static_cast<void>(one_mode(measured));
  std::set<std::string> known;
  if (network.contains(mode)) {
    for (const json& k : network.at(mode)["kernels"]) known.insert(k.at("name"));
  }
  for (const json& k : measured.at("kernels")) {
    const std::string name = k.at("name");
    if (known.contains(name) || name == "none") continue;
    throw failure(
        fmt::format("{}: measures a kernel {} ({}), which {} has not; was it another network?",
                    origin, name, mode, network.at("network").get<std::string>()));
  }
}

}  // namespace

std::vector<json> read_measurements(const std::string& lines, const std::string& origin,
                                    const json& network) {
  std::vector<json> found;
  std::istringstream in(lines);
  int number = 0;
  try {
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line.empty()) continue;
      found.push_back(json::parse(line));
      check(found.back(), network, origin);
    }
  } catch (const json::exception& error) {
    throw failure(fmt::format("{}: line {} is not what `bench --json` writes ({})", origin, number,
                              error.what()));
  }
  if (found.empty())
    throw failure(
        fmt::format("{}: is empty; write it with: EXE bench --json > {}", origin, origin));
  return found;
}

std::string kernels_section(const std::vector<json>& measured) {
  std::string text;
  for (const json& m : measured) text += one_mode(m);
  return text;
}

}  // namespace tenon::tool
