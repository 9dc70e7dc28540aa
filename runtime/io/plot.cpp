#include "runtime/io/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tenon::runtime {
namespace {

constexpr double panel_width = 460, height = 340, left = 62, right = 18, top = 62, bottom = 48;
// Okabe and Ito's colours, which colour-blind readers can tell apart.
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7"};

struct range {
  double least, most, step;
};

// Ends and steps of 1, 2 or 5 times a power of ten, about `wanted` of them.
range nice(double least, double most, int wanted) {
  if (!(most > least)) {
    const double around = std::max(std::abs(least), 1.0) / 2;
    least -= around;
    most += around;
  }
  const double rough = (most - least) / wanted, power = std::pow(10, std::floor(std::log10(rough)));
  const double digit = rough / power;
  const double step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  return {std::floor(least / step + 1e-9) * step, std::ceil(most / step - 1e-9) * step, step};
}

range of_values(const panel& p) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const line& l : p.lines) {
    for (const double y : l.y) {
      if (!std::isfinite(y)) continue;
      least = std::min(least, y);
      most = std::max(most, y);
    }
  }
  return std::isfinite(least) ? nice(least, most, 6) : range{0, 1, 0.2};
}

range of_epochs(const panel& p) {
  std::size_t n = 2;
  for (const line& l : p.lines) n = std::max(n, l.y.size());
  const double last = p.first_x + p.x_step * static_cast<double>(n - 1);
  const range r = nice(p.first_x, last, 7);
  return {p.first_x, last, std::max(1.0, r.step)};
}

// Maps values to the plane of one panel.
struct frame {
  double x0;
  range x, y;
  double at_x(double v) const {
    return x0 + left + (v - x.least) / (x.most - x.least) * (panel_width - left - right);
  }
  double at_y(double v) const {
    return height - bottom - (v - y.least) / (y.most - y.least) * (height - top - bottom);
  }
};

std::string label(double v) { return fmt::format("{:.6g}", std::abs(v) < 1e-12 ? 0 : v); }

std::string grid(const frame& f) {
  std::string text;
  const double low = f.at_y(f.y.least), begin = f.at_x(f.x.least), end = f.at_x(f.x.most);
  const auto ticks = static_cast<int>(std::lround((f.y.most - f.y.least) / f.y.step));
  for (int i = 0; i <= ticks; ++i) {
    const double v = f.y.least + i * f.y.step, y = f.at_y(v);
    text += fmt::format("<path d='M{:.1f} {:.1f}H{:.1f}' stroke='#e4e4e4'/>", begin, y, end);
    text += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='end'>{}</text>\n", begin - 8,
                        y + 4, label(v));
  }
  for (double v = std::ceil(f.x.least / f.x.step) * f.x.step; v <= f.x.most; v += f.x.step) {
    text += fmt::format("<path d='M{0:.1f} {1:.1f}v5' stroke='#555'/>", f.at_x(v), low);
    text += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{}</text>\n", f.at_x(v),
                        low + 18, label(v));
  }
  return text + fmt::format("<path d='M{:.1f} {:.1f}V{:.1f}H{:.1f}' fill='none' stroke='#555'/>\n",
                            begin, f.at_y(f.y.most), low, end);
}

std::string curve(const frame& f, const panel& p, const line& l, const char* colour) {
  std::string path;
  bool pen_down = false;
  for (std::size_t i = 0; i < l.y.size(); ++i) {
    const bool known = std::isfinite(l.y[i]);
    if (known)
      path += fmt::format("{}{:.1f} {:.1f}", pen_down ? 'L' : 'M',
                          f.at_x(p.first_x + p.x_step * static_cast<double>(i)), f.at_y(l.y[i]));
    pen_down = known;
  }
  if (path.empty()) return path;
  // A round cap makes a single point visible.
  return fmt::format(
      "<path d='{0}{3}' fill='none' stroke='{1}' stroke-width='{2}' stroke-linejoin='round' "
      "stroke-linecap='round'/>\n",
      path, colour, l.y.size() == 1 ? 6 : 2, l.y.size() == 1 ? "h0" : "");
}

std::string legend(const frame& f, const panel& p) {
  std::string text;
  double x = f.x0 + left;
  for (std::size_t i = 0; i < p.lines.size(); ++i) {
    text += fmt::format("<path d='M{:.1f} {:.1f}h18' stroke='{}' stroke-width='3'/>", x, top - 14,
                        colours[i % colours.size()]);
    text +=
        fmt::format("<text x='{:.1f}' y='{:.1f}'>{}</text>\n", x + 24, top - 10, p.lines[i].label);
    x += 40 + 7.2 * static_cast<double>(p.lines[i].label.size());
  }
  return text;
}

std::string draw(const panel& p, double x0, const std::string& x_label) {
  const frame f{.x0 = x0, .x = of_epochs(p), .y = of_values(p)};
  std::string text = fmt::format("<text x='{:.1f}' y='{:.1f}' font-weight='bold'>{}</text>\n",
                                 x0 + left, top - 32, p.title);
  text += grid(f);
  for (std::size_t i = 0; i < p.lines.size(); ++i)
    text += curve(f, p, p.lines[i], colours[i % colours.size()]);
  text += legend(f, p);
  return text + fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{}</text>\n",
                            x0 + (left + panel_width - right) / 2, height - 10, x_label);
}

}  // namespace

std::string svg(const std::string& title, const std::string& x_label,
                const std::vector<panel>& panels) {
  const double width = panel_width * static_cast<double>(panels.size());
  std::string text = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' height='{1}' "
      "font-family='sans-serif' "
      "font-size='12' fill='#222'>\n<rect width='100%' height='100%' fill='white'/>\n"
      "<text x='{2}' y='18' text-anchor='middle' font-size='14'>{3}</text>\n",
      width, height, width / 2, title);
  for (std::size_t i = 0; i < panels.size(); ++i)
    text += draw(panels[i], panel_width * static_cast<double>(i), x_label);
  return text + "</svg>\n";
}

}  // namespace tenon::runtime
