#include <fmt/format.h>

#include <algorithm>

#include "codegen/tool/report/markup.hpp"
#include "codegen/tool/report/sections.hpp"

namespace tenon::tool {
namespace {

using nlohmann::json;

constexpr double width = 1000, left = 76, height = 260, below = 18;

// The arena as one bar, in the order in which it is laid out.
std::string divisions(const json& arena, double all) {
  std::string svg;
  double x = 0;
  std::size_t number = 0;
  for (const auto& [name, bytes] : arena.items()) {
    const double share = bytes.get<double>() / all;
    if (share == 0) continue;
    svg += fmt::format(
        "<rect x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"22\" fill=\"{}\"><title>{}: {} "
        "bytes</title></rect>\n",
        width * x, width * share, colour(number++), name, grouped(bytes));
    if (share > 0.1)
      svg += fmt::format("<text x=\"{:.2f}\" y=\"15\">{} {}</text>\n", width * x + 4, name,
                         bytes_text(bytes.get<double>()));
    x += share;
  }
  return "<svg viewBox=\"0 0 1000 22\" role=\"img\" aria-label=\"parts of the arena\">\n" + svg +
         "</svg>\n";
}

// Tensors of one region: time from left to right, kernel by kernel; places from the bottom up.
class picture {
 public:
  picture(const json& mode, const std::string& region) {
    for (const json& k : mode.at("kernels")) {
      times_.push_back(steps_.size());
      if (k.at("stage") == "block") steps_.push_back(k.at("name"));
    }
    times_.push_back(steps_.size());
    for (const json& t : mode.at("tensors")) {
      if (t.at("region") != region) continue;
      tensors_.push_back(&t);
      top_ = std::max(top_, end_of(t));
    }
  }

  std::string svg() const {
    if (tensors_.empty() || steps_.empty()) return {};
    std::string text = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"lifetimes and places\">\n", width,
        height + below);
    for (int line = 0; line <= 4; ++line) {
      const double at = y(line / 4.0 * top_);
      text += fmt::format(
          "<path d=\"M{} {:.1f}H{}\" class=\"grid\"/><text x=\"{}\" y=\"{:.1f}\" "
          "text-anchor=\"end\">{}</text>\n",
          left, at, width, left - 6, at + 4, bytes_text(4 * line / 4.0 * top_));
    }
    for (std::size_t i = 0; i < tensors_.size(); ++i) text += rectangle(*tensors_[i], i);
    text += fmt::format(
        "<text x=\"{0}\" y=\"{1}\">{2}</text><text x=\"{3}\" y=\"{1}\" "
        "text-anchor=\"end\">{4}</text>\n</svg>\n",
        left, height + 14, escaped(steps_.front()), width, escaped(steps_.back()));
    return text;
  }

 private:
  static double end_of(const json& t) {
    return t.at("offset").get<double>() + t.at("floats").get<double>();
  }
  double y(double floats) const { return height - 4 - (height - 12) * floats / top_; }
  // Of the moment before a kernel; kernels are counted as in the program, from -1 (before all) on.
  double x(long kernel) const {
    const auto at = static_cast<std::size_t>(std::max(kernel, 0L));
    const double step = static_cast<double>(times_[std::min(at, times_.size() - 1)]);
    return left + (width - left) * step / static_cast<double>(steps_.size());
  }

  std::string rectangle(const json& t, std::size_t number) const {
    const double first = x(t.at("first").get<long>()), last = x(t.at("last").get<long>() + 1);
    const double high = y(end_of(t)), low = y(t.at("offset").get<double>());
    const std::string name = escaped(t.at("name").get<std::string>());
    std::string text = fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
        "class=\"tensor\"><title>{} {}: {} bytes at {}</title></rect>\n",
        first, high, std::max(last - first, 0.5), std::max(low - high, 0.5), colour(number), name,
        t.at("shape").dump(), grouped(4 * t.at("floats").get<long>()),
        grouped(4 * t.at("offset").get<long>()));
    const bool fits = last - first > 7.0 * static_cast<double>(name.size()) && low - high > 12;
    if (fits)
      text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", first + 3,
                          (low + high) / 2 + 4, name);
    return text;
  }

  double top_ = 1;
  std::vector<const json*> tensors_;
  std::vector<std::string> steps_;  // kernels of blocks: others touch none of these tensors
  std::vector<std::size_t> times_;  // by kernel: how many steps lie before it
};

}  // namespace

std::string memory_section(const json& network, const std::string& name) {
  const json& mode = network.at(name);
  const double all = mode.at("arena_bytes").get<double>();
  std::string text = fmt::format(
      "<h2>Memory: {}</h2>\n<p>One arena of {} bytes for batches of up to {} samples, in {} blocks "
      "of {} and {} parts; "
      "weights for serving take {} bytes beside it.</p>\n",
      name, grouped(mode.at("arena_bytes")), network.at("batch").get<int>(),
      mode.at("blocks").get<int>(), mode.at("block").get<int>(), mode.at("parts").get<int>(),
      grouped(network.at("eval")["image_bytes"]));
  text += divisions(mode.at("arena"), std::max(all, 1.0));
  const std::vector<std::pair<std::string, std::string>> regions{
      {"part",
       "What a part needs within a phase: tensors whose lifetimes do not meet share memory."},
      {"block", "What outlives a phase, and exists once per block."}};
  for (const auto& [region, sentence] : regions) {
    const std::string svg = picture(mode, region).svg();
    if (!svg.empty())
      text += fmt::format("<p>{} From left to right: kernels in order; upwards: places.</p>\n{}",
                          sentence, svg);
  }
  return text;
}

}  // namespace tenon::tool
