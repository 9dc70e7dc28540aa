// Emitted code against run_scalar: the same parameters, inputs and seeds through both.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "codegen/lower.hpp"
#include "codegen/passes.hpp"
#include "codegen/run_scalar.hpp"
#include "runtime/core/network.hpp"
#include "runtime/core/pool.hpp"

namespace tenon::test {

// Largest difference relative to the largest expected value of a tensor.
struct difference {
  std::string what;
  double relative = 0;
};

class agreement {
 public:
  agreement(const codegen::declaration& d, const network_entry& entry, std::uint64_t seed)
      : info_(*entry.info), entry_(entry), train_(codegen::lower(d, mode::train, info_.batch)), eval_(codegen::lower(d, mode::eval, info_.batch)), random_(seed) {
    codegen::differentiate(train_);
    for (std::size_t t = 0; t < train_.tensors.size(); ++t) ids_[train_.tensors[t].name] = static_cast<int>(t);
    draw_parameters();
  }

  // Random data for n samples.
  void draw(std::size_t n) {
    n_ = n;
    std::normal_distribution<float> normal;
    x_.resize(n * static_cast<std::size_t>(train_.of(train_.input).shape.count()));
    for (float& v : x_) v = normal(random_);
    const std::size_t per_target = train_.target < 0 ? 0 : static_cast<std::size_t>(train_.of(train_.target).shape.count());
    values_.resize(n * per_target);
    classes_.resize(n);
    for (float& v : values_) v = normal(random_);
    for (std::int32_t& c : classes_) c = static_cast<std::int32_t>(random_() % static_cast<unsigned>(std::max(1, info_.classes)));
  }

  std::vector<difference> check_eval(pool* threads) {
    std::vector<float> folded(info_.eval_image_floats + 16);
    float* const image = aligned(folded);
    entry_.fold(image_of_parameters().data(), image);
    const auto network = entry_.make_evaluator({image, info_.eval_image_floats}, threads);
    codegen::scalar_state s = codegen::make_state(eval_, n_);
    fill(eval_, s);
    codegen::run_scalar(eval_, s, n_, settings_.seed, settings_.step);
    std::vector<float> y(s.of(eval_.output).size());
    network->run(x_.data(), n_, y.data());
    std::vector<difference> out{compare("eval output", s.of(eval_.output), y)};
    network->probabilities(x_.data(), n_, y.data());
    out.push_back(compare("probabilities", s.of(eval_.probabilities), y));
    return out;
  }

  std::vector<difference> check_train(pool* threads) {
    const auto network = entry_.make_trainer(threads);
    const std::vector<float> image = image_of_parameters();
    std::copy(image.begin(), image.end(), network->image().begin());
    codegen::scalar_state s = codegen::make_state(train_, n_);
    fill(train_, s);
    codegen::run_scalar(train_, s, n_, settings_.seed, settings_.step);
    const void* target = info_.target_is_class ? static_cast<const void*>(classes_.data()) : values_.data();
    const float loss = network->gradients(x_.data(), target, n_, settings_);
    std::vector<difference> out{{"loss", std::abs(static_cast<double>(loss) - s.of(train_.loss)[0]) / std::max(1.0, std::abs(s.of(train_.loss)[0]))}};
    std::vector<float> y(s.of(train_.output).size());
    network->outputs(n_, y.data());
    out.push_back(compare("train output", s.of(train_.output), y));
    std::vector<float> gradient(info_.image_floats);
    network->gradient(gradient);
    for (std::size_t t = 0; t < train_.tensors.size(); ++t) {
      const codegen::tensor& d = train_.tensors[t];
      if (d.what != codegen::role::gradient) continue;
      out.push_back(compare("gradient of " + train_.of(d.of).name, s.values[t], taken(gradient, train_.of(d.of).name)));
    }
    const std::vector<float> after(network->image().begin(), network->image().end());
    for (const parameter_info& p : info_.parameters) {
      if (p.buffer) out.push_back(compare(std::string(p.name), s.of(ids_.at(std::string(p.name))), taken(after, std::string(p.name))));
    }
    return out;
  }

  settings& step_settings() { return settings_; }

  std::vector<float> image_of_parameters() const {
    std::vector<float> image(info_.image_floats);
    for (const parameter_info& p : info_.parameters) {
      const std::vector<double>& v = parameters_.at(std::string(p.name));
      for (std::size_t r = 0; r < p.rows; ++r) {
        for (std::size_t i = 0; i < p.row; ++i) image[p.offset + r * p.stride + i] = static_cast<float>(v[r * p.row + i]);
      }
    }
    return image;
  }
  const std::vector<float>& x() const { return x_; }
  const std::vector<std::int32_t>& classes() const { return classes_; }
  const std::vector<float>& target_values() const { return values_; }

 private:
  static float* aligned(std::vector<float>& v) {
    return reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(v.data()) + 63) / 64 * 64);
  }

  // Float values, so that both sides begin with the same numbers. Variances are positive.
  void draw_parameters() {
    std::normal_distribution<float> normal;
    for (const parameter_info& p : info_.parameters) {
      std::vector<double> v(p.rows * p.row);
      const float scale = p.fan_in > 0 ? 1.5F / std::sqrt(static_cast<float>(p.fan_in)) : 1.0F;
      for (double& w : v) w = static_cast<double>(normal(random_) * scale);
      if (p.kind == "running_var") for (double& w : v) w = static_cast<double>(static_cast<float>(0.5 + std::abs(w)));
      parameters_[std::string(p.name)] = std::move(v);
    }
  }

  void fill(const codegen::program& p, codegen::scalar_state& s) const {
    for (std::size_t t = 0; t < p.tensors.size(); ++t) {
      const codegen::role r = p.tensors[t].what;
      if (r == codegen::role::parameter || r == codegen::role::buffer) s.values[t] = parameters_.at(p.tensors[t].name);
    }
    s.of(p.input).assign(x_.begin(), x_.end());
    if (p.target < 0) return;
    if (p.target_is_class) s.of(p.target).assign(classes_.begin(), classes_.end());
    else s.of(p.target).assign(values_.begin(), values_.end());
  }

  std::vector<float> taken(const std::vector<float>& image, const std::string& name) const {
    for (const parameter_info& p : info_.parameters) {
      if (p.name != name) continue;
      std::vector<float> v;
      for (std::size_t r = 0; r < p.rows; ++r) {
        for (std::size_t i = 0; i < p.row; ++i) v.push_back(image[p.offset + r * p.stride + i]);
      }
      return v;
    }
    return {};
  }

  static difference compare(const std::string& what, const std::vector<double>& expected, const std::vector<float>& found) {
    double largest = 1e-3, error = 0;  // below a thousandth: absolute
    for (double v : expected) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double e = std::abs(expected[i] - static_cast<double>(found.at(i)));
      error = e == e ? std::max(error, e) : INFINITY;
    }
    return {what, error / largest};
  }

  const network_info& info_;
  const network_entry& entry_;
  codegen::program train_, eval_;
  std::mt19937_64 random_;
  std::map<std::string, int> ids_;
  std::map<std::string, std::vector<double>> parameters_;
  std::size_t n_ = 0;
  std::vector<float> x_, values_;
  std::vector<std::int32_t> classes_;
  settings settings_{};
};

}  // namespace tenon::test
