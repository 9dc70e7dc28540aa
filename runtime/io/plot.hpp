// Line charts as SVG: panels side by side, each with axes, a grid, labelled lines and a legend.
#pragma once
#include <string>
#include <vector>

namespace tenon::runtime {

struct line {
  std::string label;
  std::vector<double> y;  // at x = 1, 2, …; values that are not numbers are left out
};

struct panel {
  std::string title;
  std::vector<line> lines;
};

// The same bytes for the same panels.
std::string svg(const std::string& title, const std::string& x_label,
                const std::vector<panel>& panels);

}  // namespace tenon::runtime
