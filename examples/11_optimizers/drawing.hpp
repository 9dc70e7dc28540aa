// Paths over a landscape as SVG: bands of equal height, a line for each path.
#pragma once
#include <string>
#include <vector>

#include "optimizers.hpp"

namespace lesson11 {

struct frame {
  double left, right, bottom, top;
};

struct labelled_path {
  std::string label;
  std::vector<point> points;
};

// The same bytes for the same paths. Each band is twice as high as the one below it.
std::string draw(const landscape& land, const frame& view, const std::vector<labelled_path>& paths);

}  // namespace lesson11
