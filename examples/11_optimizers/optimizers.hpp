// The optimizers of Tenon as this lesson uses them: the very formulas of emitted code, on two
// weights in double instead of lanes of floats.
#pragma once
#include <hwy/highway.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <tenon/core.hpp>

namespace lesson11 {

struct point {
  double x, y;
};

// A landscape: its height, its slope, where one begins, and where its valley ends.
struct landscape {
  const char* name;
  double (*height)(point);
  point (*slope)(point);
  point begin, minimum;
};

struct contestant {
  const char* name;
  tenon::basic_settings<double> settings;
};

// Where an optimizer comes by in so many steps, the beginning first.
inline std::vector<point> descend(const landscape& land, tenon::basic_settings<double> s,
                                  int steps) {
  namespace optimizers = tenon::HWY_NAMESPACE;
  const optimizers::plain<double> arithmetic;
  double w[2] = {land.begin.x, land.begin.y}, state[2][2] = {};
  std::vector<point> path{land.begin};
  for (int i = 0; i < steps; ++i, ++s.step) {
    const point slope = land.slope({w[0], w[1]});
    const double g[2] = {slope.x, slope.y};
    optimizers::with_rule(s, [&](const auto& rule) {
      double direction[2];
      for (int k = 0; k < 2; ++k)
        direction[k] = rule.direction(arithmetic, g[k], w[k], state[0][k], state[1][k]);
      double rate = rule.rate;
      if (s.method == tenon::optimizer::lamb)  // the trust ratio: of a whole weight, here of both
        rate *= std::hypot(w[0], w[1]) / std::hypot(direction[0], direction[1]);
      for (int k = 0; k < 2; ++k) w[k] -= rate * direction[k];
    });
    path.push_back({w[0], w[1]});
  }
  return path;
}

}  // namespace lesson11
