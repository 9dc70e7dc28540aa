// Line charts as SVG: panels side by side, each with axes, a grid, labelled lines and a legend.
#pragma once
#include <string>
#include <vector>

namespace tenon::runtime {

struct line {
  std::string label;
  std::vector<double>
      y;  // at x = 1, 2, … of the panel's steps; values that are not numbers are left out
};

struct panel {
  std::string title;
  std::vector<line> lines;
  double first_x = 1, x_step = 1;
};

// The same bytes for the same panels.
std::string svg(const std::string& title, const std::string& x_label,
                const std::vector<panel>& panels);

}  // namespace tenon::runtime
