#include "drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace lesson11 {
namespace {

constexpr int width = 420, height = 320, cell = 4, legend = 150, title = 24;
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
                             "#000000", "#8B4513", "#6A3D9A", "#666666", "#B2182B", "#1B7837"};

template <class... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 256> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, values...);
  return buffer.data();
}

double column(const frame& view, double x) {
  return (x - view.left) / (view.right - view.left) * width;
}
double row(const frame& view, double y) {
  return title + (view.top - y) / (view.top - view.bottom) * height;
}

int band(const landscape& land, const frame& view, int i, int j) {
  const point at{view.left + (i + 0.5) * cell / width * (view.right - view.left),
                 view.top - (j + 0.5) * cell / height * (view.top - view.bottom)};
  return std::clamp(static_cast<int>(std::floor(std::log2(land.height(at) + 1e-9))), -6, 9);
}

// A row of cells, runs of one band together.
std::string bands(const landscape& land, const frame& view) {
  std::string all;
  for (int j = 0; j < height / cell; ++j) {
    for (int i = 0, next = 0; i < width / cell; i = next) {
      const int b = band(land, view, i, j);
      for (next = i; next < width / cell && band(land, view, next, j) == b; ++next) {
      }
      const int gray = 255 - 6 * (b + 6);
      all += text("<rect x='%d' y='%d' width='%d' height='%d' fill='rgb(%d,%d,%d)'/>\n", i * cell,
                  title + j * cell, (next - i) * cell, cell, gray, gray, gray);
    }
  }
  return all;
}

// Where it leaves the picture a path ends; steps of less than half a pixel are left out.
std::string line(const frame& view, const labelled_path& path, const char* colour) {
  std::string data;
  double last_x = -1e9, last_y = -1e9;
  for (const point& p : path.points) {
    if (!(p.x >= view.left && p.x <= view.right && p.y >= view.bottom && p.y <= view.top)) break;
    const double x = column(view, p.x), y = row(view, p.y);
    if (std::hypot(x - last_x, y - last_y) < 0.5) continue;
    data += text("%c%.1f %.1f", data.empty() ? 'M' : 'L', x, y);
    last_x = x, last_y = y;
  }
  return "<path d='" + data + "' fill='none' stroke-width='1.6' stroke='" + colour + "'/>\n";
}

}  // namespace

std::string draw(const landscape& land, const frame& view,
                 const std::vector<labelled_path>& paths) {
  std::string all = text(
      "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' "
      "font-size='12'>\n<rect width='100%%' height='100%%' fill='white'/>\n<text x='6' "
      "y='16'>%s</text>\n",
      width + legend, height + title, land.name);
  all += bands(land, view);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const char* const colour = colours[i % colours.size()];
    all += line(view, paths[i], colour);
    const int y = title + 16 + 18 * static_cast<int>(i);
    all += text("<path d='M%d %dh18' stroke='%s' stroke-width='3'/>", width + 10, y, colour);
    all += text("<text x='%d' y='%d'>%s</text>\n", width + 34, y + 4, paths[i].label.c_str());
  }
  all += text("<circle cx='%.1f' cy='%.1f' r='4' fill='none' stroke='#222'/>\n",
              column(view, land.minimum.x), row(view, land.minimum.y));
  return all + "</svg>\n";
}

}  // namespace lesson11
