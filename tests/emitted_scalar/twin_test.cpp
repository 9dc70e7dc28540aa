// The printed twins, compiled, against run_scalar on the same numbers: loss, outputs, gradients of
// parameters and input.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <random>

#include "codegen/print/scalar.hpp"
#include "codegen/run_scalar.hpp"
#include "runtime/core/network.hpp"
#include "tests/emitted_scalar/networks.hpp"

using loss_function = decltype(tenon::scalar_twin::loss);

#define DECLARE(name)                                                                  \
  namespace emitted::name::scalar {                                                    \
  double loss(const double*, const double*, const double*, std::size_t, std::uint64_t, \
              std::uint64_t, double*, double*, double*, double*);                      \
  }
DECLARE(residual_mlp)
DECLARE(pooled)
DECLARE(in_one_dimension)
#undef DECLARE

namespace {

using namespace tenon;
using codegen::program;
using codegen::role;
using numbers = std::vector<double>;

const std::map<std::string, loss_function> compiled = {
    {"residual_mlp", &emitted::residual_mlp::scalar::loss},
    {"pooled", &emitted::pooled::scalar::loss},
    {"in_one_dimension", &emitted::in_one_dimension::scalar::loss}};

// Both take the same operations in the same order; what remains is the freedom of the compiler.
constexpr double tolerance = 1e-12;

void check_equal(const numbers& found, const numbers& wanted) {
  REQUIRE(found.size() == wanted.size());
  double largest = 0;
  for (double v : wanted) largest = std::max(largest, std::abs(v));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(found[i] - wanted[i]) <= tolerance * (largest + 1e-300));
  }
}

double deviation(const numbers& values) {
  const double n = static_cast<double>(values.size());
  double mean = 0, square = 0;
  for (const double v : values) mean += v / n;
  for (const double v : values) square += (v - mean) * (v - mean) / n;
  return std::sqrt(square);
}

struct step_of {
  const program& p;
  std::size_t n;
  numbers parameters, x, target;
  codegen::scalar_state state;

  step_of(const program& program, std::size_t samples)
      : p(program), n(samples), state(make_state(program, samples)) {
    std::mt19937 bits(7);
    std::uniform_real_distribution<double> value(-1, 1);
    const auto fill = [&](int tensor, numbers& all) {
      for (double& v : state.of(tensor)) v = value(bits);
      all.insert(all.end(), state.of(tensor).begin(), state.of(tensor).end());
    };
    fill(p.input, x);
    fill(p.target, target);
    if (p.target_is_class) {
      for (std::size_t i = 0; i < n; ++i)
        state.of(p.target)[i] = target[i] =
            static_cast<double>(i % static_cast<std::size_t>(p.classes));
    }
    if (p.sample_weight >= 0) fill(p.sample_weight, target);
    for_each_stored([&](int id) { fill(id, parameters); });
  }

  template <class F>
  void for_each_stored(F f) const {
    for (std::size_t i = 0; i < p.tensors.size(); ++i) {
      if (p.tensors[i].what == role::parameter || p.tensors[i].what == role::buffer)
        f(static_cast<int>(i));
    }
  }
  numbers gradient(int of) const {
    for (std::size_t i = 0; i < p.tensors.size(); ++i) {
      if (p.tensors[i].what == role::gradient && p.tensors[i].of == of)
        return state.of(static_cast<int>(i));
    }
    return numbers(static_cast<std::size_t>(p.of(of).shape.count()));
  }
};

}  // namespace

TEST_CASE("the printed twin computes what run_scalar computes") {
  twins::for_each_network([]<class Network>(const char* name) {
    const program p = twins::program_of<Network>(name);
    const loss_function loss = compiled.at(name);
    for (const std::size_t n : {std::size_t{1}, std::size_t{5}}) {
      CAPTURE(std::string(name));
      CAPTURE(n);
      if (n * static_cast<std::size_t>(p.norm_positions) == 1)
        continue;  // a batch norm has no variance
      step_of step(p, n);
      const std::uint64_t seed = (1ULL << 40) + 11,
                          number = 3;  // a seed that needs both halves of the key
      run_scalar(p, step.state, n, seed, number);
      const double wanted = step.state.of(p.loss)[0];
      REQUIRE(std::isfinite(wanted));

      const numbers before = step.parameters;
      numbers y(step.state.of(p.output).size()), d_parameters(before.size(), 1e9),
          d_x(step.x.size());
      const auto call = [&](double* out, double* d_p, double* d_in) {
        return loss(step.parameters.data(), step.x.data(), step.target.data(), n, seed, number, out,
                    d_p, d_in, nullptr);
      };
      check_equal({call(y.data(), d_parameters.data(), d_x.data())}, {wanted});
      CHECK(step.parameters == before);
      check_equal(y, step.state.of(p.output));
      check_equal(d_x, step.gradient(p.input));
      numbers gradients;
      step.for_each_stored([&](int id) {
        const numbers g = step.gradient(id);
        gradients.insert(gradients.end(), g.begin(), g.end());
      });
      check_equal(d_parameters, gradients);

      numbers d_x_alone(d_x.size()), d_parameters_alone(d_parameters.size());
      CHECK(call(nullptr, nullptr, nullptr) == call(y.data(), nullptr, d_x_alone.data()));
      call(nullptr, d_parameters_alone.data(), nullptr);
      CHECK(d_x_alone == d_x);
      CHECK(d_parameters_alone == d_parameters);
    }
  });
}

TEST_CASE("the twin says how far values and gradients spread behind each layer") {
  twins::for_each_network([]<class Network>(const char* name) {
    CAPTURE(std::string(name));
    const program p = twins::program_of<Network>(name);
    constexpr std::size_t n = 5;
    step_of step(p, n);
    run_scalar(p, step.state, n, 11, 3);
    const std::vector<codegen::layer_spread> layers = codegen::spreads_of(p);
    REQUIRE(layers.size() >= 3);
    numbers found(2 * layers.size()), d_x(step.x.size());
    compiled.at(name)(step.parameters.data(), step.x.data(), step.target.data(), n, 11, 3, nullptr,
                      nullptr, d_x.data(), found.data());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      CAPTURE(layers[i].layer);
      CHECK(found[2 * i] ==
            doctest::Approx(deviation(step.state.of(layers[i].output))).epsilon(1e-10));
      if (layers[i].gradient < 0) {  // that of the sum behind it
        CHECK(layers[i].layer == "dropout_1");
        CHECK(std::isnan(found[2 * i + 1]));
        continue;
      }
      CHECK(found[2 * i + 1] ==
            doctest::Approx(deviation(step.state.of(layers[i].gradient))).epsilon(1e-10));
    }
  });
}

TEST_CASE("the twin's loss changes with the seed only where there is dropout") {
  twins::for_each_network([]<class Network>(const char* name) {
    CAPTURE(std::string(name));
    const program p = twins::program_of<Network>(name);
    const step_of step(p, 4);
    const auto with = [&](std::uint64_t seed) {
      return compiled.at(name)(step.parameters.data(), step.x.data(), step.target.data(), 4, seed,
                               0, nullptr, nullptr, nullptr, nullptr);
    };
    CHECK((with(1) != with(2)) == (std::string(name) != "in_one_dimension"));
  });
}

TEST_CASE(
    "the same network prints the same text, within 100 columns and without a place or a time") {
  twins::for_each_network([]<class Network>(const char* name) {
    CAPTURE(std::string(name));
    const std::string text = codegen::print_scalar(twins::program_of<Network>(name), "Heading.");
    CHECK(text == codegen::print_scalar(twins::program_of<Network>(name), "Heading."));
    CHECK(text.starts_with("// " + std::string(name) + ", the scalar twin. Heading.\n"));
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      longest = std::max(longest, end - at);
      at = end + 1;
    }
    CHECK(longest <= 100);
  });
}

TEST_CASE("the numbers of options reach the text, whichever compiler built the generator") {
  // Clang 19 can read floating-point members of a template argument at a wrong address.
  const std::string norms = codegen::print_scalar(twins::program_of<twins::pooled>("pooled"), "");
  CHECK(norms.find("+ 1e-05)") != std::string::npos);
  CHECK(norms.find("1.4285714285714286") != std::string::npos);  // 1 / keep(0.7)
  CHECK(norms.find(": x[s][c][i][j] * 0.1") != std::string::npos);
  const std::string smooth =
      codegen::print_scalar(twins::program_of<twins::residual_mlp>("residual_mlp"), "");
  CHECK(smooth.find("? 0.925 : 0.025") != std::string::npos);  // 1 - 0.1 + 0.1 / 4, and 0.1 / 4
}

TEST_CASE("a program without the gradient of its input is refused") {
  codegen::program p =
      codegen::lower(codegen::declaration_of<twins::residual_mlp>("residual_mlp"), mode::train, 8);
  CHECK_THROWS_AS(codegen::print_scalar(p, ""), std::logic_error);
}
