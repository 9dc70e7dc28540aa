// Initial weights: spreads, orthogonality, fans and gains as they reach the tables, activations
// through fifty layers, and what begins alike.
#include "runtime/train/initialize.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/io/error.hpp"
#include "runtime/train/image.hpp"
#include "runtime/train/orthogonal.hpp"

namespace {

using namespace tenon::runtime;
using tenon::initializer;
using tenon::network_info;
using tenon::parameter_info;

parameter_info weight(std::span<const int> shape, initializer how, double value = 0) {
  parameter_info p{};
  p.name = "linear_1.weight", p.layer = "linear_1", p.kind = "weight";
  p.shape = shape;
  p.rows = static_cast<std::size_t>(shape[0]), p.row = static_cast<std::size_t>(shape[1]);
  p.stride = p.row;
  p.how = how, p.value = value;
  p.fan_in = shape[1], p.fan_out = shape[0];
  return p;
}

double variance(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v, squares += double{v} * v;
  const auto n = static_cast<double>(values.size());
  return squares / n - sum / n * sum / n;
}

TEST_CASE("normal, uniform and lecun: variances within 1 % over a million draws") {
  constexpr std::array shape{1000, 1000};
  const auto drawn = [&](initializer how, double value) {
    std::vector<float> values(1'000'000);
    draw(weight(shape, how, value), 42, 0, values);
    return values;
  };
  CHECK(variance(drawn(initializer::normal, 0.02)) == doctest::Approx(4e-4).epsilon(0.01));
  CHECK(variance(drawn(initializer::lecun_normal, 0)) == doctest::Approx(1e-3).epsilon(0.01));
  CHECK(variance(drawn(initializer::lecun_uniform, 0)) == doctest::Approx(1e-3).epsilon(0.01));
  const auto uniform = drawn(initializer::uniform, 0.3);
  CHECK(variance(uniform) == doctest::Approx(0.03).epsilon(0.01));
  CHECK(std::abs(*std::ranges::max_element(uniform, {}, [](float v) { return std::abs(v); })) <=
        0.3F);
  CHECK(std::ranges::count(drawn(initializer::constant, 0.25), 0.25F) == 1'000'000);
}

TEST_CASE("orthogonal: products of rows, or of columns, are those of the identity") {
  for (const auto& [rows, columns] : {std::pair{40, 40}, {7, 60}, {60, 7}, {1, 5}}) {
    CAPTURE(rows);
    const std::array shape{rows, columns};
    std::vector<float> m(static_cast<std::size_t>(rows * columns));
    draw(weight(shape, initializer::orthogonal, 1.5), 42, 3, m);
    const int vectors = std::min(rows, columns), size = std::max(rows, columns);
    const auto at = [&](int v, int i) {
      return double{
          m[static_cast<std::size_t>(rows <= columns ? v * columns + i : i * columns + v)]};
    };
    for (int a = 0; a < vectors; ++a) {
      for (int b = 0; b <= a; ++b) {
        double product = 0;
        for (int i = 0; i < size; ++i) product += at(a, i) * at(b, i);
        CHECK(std::fabs(product - (a == b ? 2.25 : 0)) < 1e-6);
      }
    }
  }
}

TEST_CASE("orthogonal: rows that are almost the same come out orthogonal too") {
  std::vector<double> m{1, 1, 1, 1, 1, 1 + 1e-9, 1, 1 - 1e-9, 1};
  make_orthogonal(m, 3, 3, 1);
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < 3; ++i) product += m[a * 3 + i] * m[b * 3 + i];
      CHECK(std::fabs(product) < 1e-14);
    }
  }
}

TEST_CASE("weight_g begins as the lengths of the rows of weight_v") {
  constexpr std::array shape{3, 4}, lengths{3, 1};
  parameter_info v = weight(shape, initializer::normal, 1),
                 g = weight(lengths, initializer::row_norms);
  g.offset = 12;
  const std::array both{v, g};
  network_info network{};
  network.parameters = both;
  network.image_floats = 15;
  std::vector<float> image(15);
  initialize(network, image, 42);
  for (std::size_t r = 0; r < 3; ++r) {
    double squares = 0;
    for (std::size_t i = 0; i < 4; ++i) squares += double{image[r * 4 + i]} * image[r * 4 + i];
    CHECK(image[12 + r] == doctest::Approx(std::sqrt(squares)).epsilon(1e-6));
  }
}

// The deviation behind each of 50 ReLU layers (or of linear ones), before the activation, for
// weights of one initialiser.
template <int Width = 512>
std::vector<double> spreads(initializer how, double value, bool relu, std::uint64_t layers = 50) {
  constexpr std::size_t width = Width;
  constexpr std::array shape{Width, Width};
  std::vector<float> x(width), w(width * width), y(width);
  draw(weight(shape, initializer::normal, 1), 7, 1000, x);
  std::vector<double> found;
  for (std::uint64_t layer = 0; layer < layers; ++layer) {
    draw(weight(shape, how, value), 7, layer, w);
    double squares = 0;
    for (std::size_t o = 0; o < width; ++o) {
      y[o] = 0;
      for (std::size_t i = 0; i < width; ++i) y[o] += w[o * width + i] * x[i];
      squares += double{y[o]} * y[o];
    }
    found.push_back(std::sqrt(squares / double{width}));
    for (std::size_t i = 0; i < width; ++i) x[i] = relu ? std::max(y[i], 0.0F) : y[i];
  }
  return found;
}

// By which the deviation grows per layer, in the geometric mean over layers 2 to 50.
double growth(const std::vector<double>& s) {
  return std::pow(s.back() / s.front(), 1 / static_cast<double>(s.size() - 1));
}

// A layer's second moment fluctuates by sqrt(5 / 512) (the fourth moment of half a Gaussian), its
// deviation by half of that, 0.05; a mean over 49 layers by 0.007. Three of these are allowed.
TEST_CASE(
    "fifty ReLU layers of width 512: He keeps the deviation, Glorot halves it in two layers") {
  constexpr double tolerance = 0.021;
  const auto he = spreads(initializer::he_normal, 0, true);
  CHECK(growth(he) == doctest::Approx(1).epsilon(tolerance));
  for (std::size_t l = 1; l < he.size(); ++l) {
    CHECK(he[l] / he[l - 1] > 0.8);
    CHECK(he[l] / he[l - 1] < 1.2);
  }
  const auto glorot = spreads(initializer::glorot_normal, 0, true);
  CHECK(growth(glorot) == doctest::Approx(std::sqrt(0.5)).epsilon(tolerance));
  CHECK(glorot.back() < 1e-6);
  // Too small or too large by a constant factor: gone, or grown beyond use.
  CHECK(spreads(initializer::normal, 0.01, true, 20).back() < 1e-12);
  CHECK(spreads(initializer::normal, 0.2, true, 20).back() > 1e8);
}

TEST_CASE("fifty linear layers: orthogonal weights keep the length exactly") {
  const auto s = spreads<128>(initializer::orthogonal, 1, false);
  CHECK(s.back() == doctest::Approx(s.front()).epsilon(1e-5));
}

TEST_CASE("--initializer: names with and without a number, and what is none") {
  CHECK_FALSE(initializer_named("default"));
  CHECK(initializer_named("he_normal")->how == initializer::he_normal);
  CHECK(initializer_named("orthogonal")->value == 1);
  CHECK(initializer_named("normal:0.01")->value == 0.01);
  CHECK(initializer_named("constant:0")->how == initializer::constant);
  const auto refused = [](const char* name) -> std::string {
    try {
      initializer_named(name);
    } catch (const user_error& e) {
      return e.what();
    }
    return "";
  };
  CHECK(refused("he") ==
        "--initializer he: not known; there are default, he_normal, he_uniform, glorot_normal, "
        "glorot_uniform, lecun_normal, lecun_uniform, orthogonal, normal:VALUE, uniform:VALUE, "
        "constant:VALUE");
  CHECK(refused("normal").starts_with("--initializer normal: not known"));
  CHECK(refused("he_normal:2").starts_with("--initializer he_normal:2: not known"));
  CHECK(refused("normal:0") ==
        "--initializer normal:0: '0' is no number that can stand there; write normal:0.01");
  CHECK(refused("uniform:abc") ==
        "--initializer uniform:abc: 'abc' is no number that can stand there; write uniform:0.01");
}

TEST_CASE("a layer whose units begin alike and are read alike is named") {
  constexpr std::array first{4, 3}, second{2, 4};
  std::array both{weight(first, initializer::constant, 0.5),
                  weight(second, initializer::constant, 0)};
  both[1].layer = "linear_2", both[1].offset = 12;
  network_info network{};
  network.parameters = both;
  std::vector<float> image(20);
  initialize(network, image, 42);
  REQUIRE(symmetries(network, image).size() == 1);
  CHECK(
      symmetries(network, image)[0] ==
      "linear_1: its 4 units begin alike, and linear_2 reads them alike, so they stay alike "
      "however long they are trained; let their weights begin at random, as init<he_normal> does");
  image[13] = 1;  // linear_2 tells them apart
  CHECK(symmetries(network, image).empty());
  both[0].how = initializer::he_normal;  // they tell themselves apart; zeros behind are harmless
  initialize(network, image, 42);
  CHECK(symmetries(network, image).empty());
}

}  // namespace
