#include "tests/emitted/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "codegen/passes.hpp"

namespace tenon::tests {
namespace {

deviation compare(const std::string& what, const std::vector<double>& expected,
                  const std::vector<float>& found, double at_least = 0) {
  if (expected.size() != found.size())
    return {what + ": sizes", std::numeric_limits<double>::infinity()};
  const double scale = std::max({agreement::floor, at_least, largest(expected)});
  double error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double e = std::abs(expected[i] - static_cast<double>(found[i]));
    error = e >= 0 ? std::max(error, e) : std::numeric_limits<double>::infinity();
  }
  return {what, error / scale};
}

std::vector<float> taken(std::span<const float> image, const parameter_info& p) {
  std::vector<float> values(runtime::count(p));
  runtime::unpack(p, image, values);
  return values;
}

}  // namespace

agreement::agreement(const codegen::declaration& d, const network_entry& entry, std::uint64_t seed)
    : info_(*entry.info),
      entry_(entry),
      train_(codegen::lower(d, mode::train, info_.batch)),
      eval_(codegen::lower(d, mode::eval, info_.batch)),
      eval_mc_(codegen::lower(d, mode::eval_mc, info_.batch)),
      random_(seed),
      image_(info_.image_floats) {
  codegen::differentiate(train_);
  draw_parameters();
}

// Float values, so that both sides begin with the same numbers. Variances are positive.
void agreement::draw_parameters() {
  for (const parameter_info& p : info_.parameters) {
    std::vector<float> values(runtime::count(p));
    const double scale = p.fan_in > 0 ? 5 / std::sqrt(static_cast<double>(p.fan_in)) : 1.0;
    // What begins at 1 scales a norm: near 0, another norm behind it would enlarge rounding errors.
    const double middle = p.how == initializer::constant ? p.value : 0;
    for (float& v : values)
      v = static_cast<float>(random_.between(middle - scale / 2, middle + scale / 2));
    if (p.kind == "running_var")
      for (float& v : values) v = 0.5F + std::abs(v);
    runtime::pack(p, values, image_.span());
    parameters_[std::string(p.name)].assign(values.begin(), values.end());
  }
}

void agreement::draw(std::size_t n) {
  n_ = n;
  const auto fill = [this](std::vector<float>& v, std::size_t size) {
    v.resize(size);
    for (float& each : v) each = static_cast<float>(random_.between(-2, 2));
  };
  fill(x_, n * static_cast<std::size_t>(train_.of(train_.input).shape.count()));
  fill(values_, n * static_cast<std::size_t>(train_.of(train_.target).shape.count()));
  classes_.resize(n);
  for (std::int32_t& c : classes_) c = random_.below(std::max(1, info_.classes));
  weights_.resize(n);
  for (float& w : weights_) w = static_cast<float>(random_.between(0.25, 2));
  expected_eval_ = expected(eval_, 0);
  if (can_train()) expected_train_ = expected(train_, settings{}.step);
  for (std::uint64_t each = 0; entry_.make_sampler && each < 2; ++each)
    expected_draw_[each] = expected(eval_mc_, each);
}

codegen::scalar_state agreement::expected(const codegen::program& p, std::uint64_t step) const {
  codegen::scalar_state s = codegen::make_state(p, n_);
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    const codegen::role r = p.tensors[t].what;
    if (r == codegen::role::parameter || r == codegen::role::buffer)
      s.values[t] = parameters_.at(p.tensors[t].name);
  }
  s.of(p.input).assign(x_.begin(), x_.end());
  if (p.target >= 0 && p.target_is_class) s.of(p.target).assign(classes_.begin(), classes_.end());
  if (p.target >= 0 && !p.target_is_class) s.of(p.target).assign(values_.begin(), values_.end());
  if (p.sample_weight >= 0) s.of(p.sample_weight).assign(weights_.begin(), weights_.end());
  codegen::run_scalar(p, s, n_, settings{}.seed, step);
  return s;
}

std::vector<deviation> agreement::check_eval(pool* threads) const {
  runtime::aligned_floats folded(info_.eval_image_floats);
  entry_.fold(image_.data(), folded.data());
  const auto network = entry_.make_evaluator(folded.span(), threads);
  std::vector<float> y(expected_eval_.of(eval_.output).size());
  network->run(x_.data(), n_, y.data());
  std::vector<deviation> all{compare("eval output", expected_eval_.of(eval_.output), y)};
  network->probabilities(x_.data(), n_, y.data());
  all.push_back(compare("probabilities", expected_eval_.of(eval_.probabilities), y));
  return all;
}

std::vector<deviation> agreement::check_sampling(pool* threads) const {
  if (!entry_.make_sampler) return {};
  std::vector<deviation> all;
  const auto network = entry_.make_sampler(image_.span(), threads);
  for (std::uint64_t draw = 0; draw < 2; ++draw) {
    const codegen::scalar_state& s = expected_draw_[draw];
    std::vector<float> y(s.of(eval_mc_.output).size());
    network->run(x_.data(), n_, y.data(), settings{}.seed, draw);
    all.push_back(compare("sampled output", s.of(eval_mc_.output), y));
    network->probabilities(x_.data(), n_, y.data(), settings{}.seed, draw);
    all.push_back(compare("sampled probabilities", s.of(eval_mc_.probabilities), y));
  }
  return all;
}

std::vector<deviation> agreement::check_train(pool* threads) const {
  const auto network = entry_.make_trainer(threads);
  std::copy_n(image_.data(), info_.image_floats, network->image().begin());
  const codegen::scalar_state& s = expected_train_;
  const void* target =
      info_.target_is_class ? static_cast<const void*>(classes_.data()) : values_.data();
  const settings how{.sample_weights = weights_.data()};
  const float loss = network->gradients(x_.data(), target, n_, how);
  std::vector<deviation> all{compare("loss", s.of(train_.loss), {loss})};
  std::vector<float> y(s.of(train_.output).size());
  network->outputs(n_, y.data());
  all.push_back(compare("train output", s.of(train_.output), y));
  // Some gradients are zero but for epsilon (a norm behind a norm), and some are what is left of
  // large terms (a bias before a norm over nearly equal values): the others, and the gradients of
  // samples, say what cancelled.
  double steepest = 0;
  for (std::size_t t = 0; t < train_.tensors.size(); ++t) {
    const codegen::tensor& each = train_.tensors[t];
    if (each.what == codegen::role::gradient ||
        (each.where == codegen::home::sample && each.name.ends_with("_gradient")))
      steepest = std::max(steepest, largest(s.values[t]));
  }
  runtime::aligned_floats gradient(info_.image_floats);
  network->gradient(gradient.span());
  for (const parameter_info& p : info_.parameters) {
    for (std::size_t t = 0; t < train_.tensors.size(); ++t) {
      const codegen::tensor& each = train_.tensors[t];
      if (each.what == codegen::role::gradient && train_.of(each.of).name == p.name)
        all.push_back(compare("gradient of " + std::string(p.name), s.values[t],
                              taken(gradient.span(), p), steepest / 4));
      if (p.buffer && each.name == p.name)
        all.push_back(compare(std::string(p.name), s.values[t], taken(network->image(), p)));
    }
  }
  return all;
}

}  // namespace tenon::tests
