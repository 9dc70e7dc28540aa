// Lesson 11: what the optimizers do, on landscapes of two weights that one can look at.
//
// A bowl that is ten times as steep one way as the other, 10 x^2 + 100 y^2, and Rosenbrock's curved
// valley, (x - 1)^2 + 10 (y - x^2)^2. The program prints how high each optimizer stands after some
// steps, and draws where it went: quadratic.svg, rosenbrock.svg in the folder that it is given.
//
//   optimizers FOLDER
//
// To see: plain descent crosses the bowl to and fro where 200 rate is above 1, and crawls along the
// valley (height 0.84 after 100 steps, 8e-5 after 1000). Momentum swings past the bottom and comes
// back; averaged, it is the same path at ten times the rate. Adam's steps have about the rate's
// length however steep it is: 0.26 after 100 steps in the valley, 2e-30 after 1000. RMSprop, without
// momentum, comes close and then circles at a constant rate (6e-4); Adadelta finds its own steps, and
// does not settle (0.1). LAMB's are in proportion to the weights, so it begins slowly.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "drawing.hpp"
#include "optimizers.hpp"

namespace {

using namespace lesson11;
using tenon::optimizer;

const landscape quadratic{
    "10 x^2 + 100 y^2", [](point p) { return 10 * p.x * p.x + 100 * p.y * p.y; },
    [](point p) { return point{20 * p.x, 200 * p.y}; }, {-1.8, 0.9}, {0, 0}};

const landscape rosenbrock{
    "(x - 1)^2 + 10 (y - x^2)^2",
    [](point p) {
      const double dip = p.y - p.x * p.x;
      return (p.x - 1) * (p.x - 1) + 10 * dip * dip;
    },
    [](point p) {
      const double dip = p.y - p.x * p.x;
      return point{2 * (p.x - 1) - 40 * p.x * dip, 20 * dip};
    },
    {-1, 1.5},
    {1, 1}};

contestant make(const char* name, optimizer method, double rate) {
  auto s = tenon::defaults<double>(method);
  s.learning_rate = rate;
  return {name, s};
}

// Rates in proportion: `descent` is for plain gradient descent, `step` for those whose steps have
// the rate's length.
std::vector<contestant> contestants(double descent, double step) {
  std::vector<contestant> all{make("gradient descent", optimizer::sgd, descent),
                              make("momentum", optimizer::sgd, descent / 10),
                              make("momentum, averaged", optimizer::sgd, descent),
                              make("Nesterov", optimizer::sgd, descent / 10),
                              make("Adagrad", optimizer::adagrad, 10 * step),
                              make("Adadelta", optimizer::adadelta, 1),
                              make("RMSprop", optimizer::rmsprop, step / 10),
                              make("RMSprop, TensorFlow", optimizer::rmsprop_tf, step / 100),
                              make("Adam", optimizer::adam, step),
                              make("Adamax", optimizer::adamax, step),
                              make("Nadam", optimizer::nadam, step),
                              make("LAMB", optimizer::lamb, step / 10)};
  all[0].settings.momentum = 0;
  all[2].settings.ema_momentum = true;
  all[3].settings.nesterov = true;
  return all;
}

// False if an optimizer did not come down to `bar`.
bool compare(const landscape& land, const frame& view, const std::vector<contestant>& all,
             double bar, const std::string& file) {
  constexpr int counts[] = {20, 100, 1000, 5000};
  std::printf("%s from (%g, %g)\n%-20s %8s", land.name, land.begin.x, land.begin.y, "height after",
              "rate");
  for (const int n : counts) std::printf(" %9d", n);
  std::printf("  steps\n");
  std::vector<labelled_path> paths;
  bool arrived = true;
  for (const contestant& c : all) {
    std::vector<point> path = descend(land, c.settings, counts[3]);
    std::printf("%-20s %8g", c.name, c.settings.learning_rate);
    for (const int n : counts)
      std::printf(" %9.2g", land.height(path[static_cast<std::size_t>(n)]));
    std::printf("\n");
    const double height = land.height(path.back());
    if (!(height < bar)) std::printf("  %s stays above %g\n", c.name, bar);
    arrived = arrived && height < bar;
    path.resize(1001);
    paths.push_back({c.name, std::move(path)});
  }
  std::ofstream out(file, std::ios::binary);
  out << draw(land, view, paths);
  out.close();
  if (!out) std::printf("%s: cannot be written\n", file.c_str());
  return arrived && out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? std::string(argv[1]) + "/" : "";
  const bool bowl = compare(quadratic, {-2, 2, -1.2, 1.2}, contestants(0.009, 0.05), 0.2,
                            folder + "quadratic.svg");
  std::printf("\n");
  const bool valley = compare(rosenbrock, {-1.6, 1.8, -0.6, 2}, contestants(0.01, 0.05), 0.2,
                              folder + "rosenbrock.svg");
  return bowl && valley ? 0 : 1;
}
