// What layers write down in forms: parameters as PyTorch names and shapes them, prepared
// parameters, index maps. That the forms compute the right values and gradients is tested in
// tests/codegen, over every layer's samples.
#include <doctest/doctest.h>

#include <string>
#include <tenon/dsl.hpp>
#include <tenon/forms.hpp>
#include <vector>

using namespace tenon;

namespace {

struct page {  // a builder and what it writes to
  std::vector<forms::tensor> tensors;
  std::vector<forms::kernel> kernels;
  forms::builder k{tensors, kernels};

  explicit page(bool train = true) { k.train = train; }
  forms::value input(dims shape) { return k.add({.name = "x", .shape = shape}); }
  const forms::tensor& tensor(const std::string& name) const {
    for (const forms::tensor& t : tensors) {
      if (t.name == name) return t;
    }
    FAIL("no tensor " << name);
    return tensors.front();
  }
  bool has(const std::string& name) const {
    for (const forms::tensor& t : tensors) {
      if (t.name == name) return true;
    }
    return false;
  }
};

template <class L>
forms::value write(page& p, L, dims shape) {
  const forms::value x = p.input(shape);
  p.k.begin_layer(std::string(L::kind) + "_1", 1);
  return L::forward(p.k, x);
}

const forms::expr* find(const forms::expr& e, forms::op kind) {
  if (e->kind == kind) return &e;
  for (const forms::expr& a : e->args) {
    if (const forms::expr* found = find(a, kind)) return found;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("weights have the shapes, names and fans of PyTorch") {
  page p;
  write(p, conv2d<6, kernel<3, 2>>(groups<2>), {4, 6, 5});
  const forms::tensor& w = p.tensor("conv2d_1.weight");
  CHECK(w.shape == dims(6, 2, 3, 2));
  CHECK(w.decays);
  CHECK(w.initial.how == forms::initialiser::kind::fan_in_uniform);
  CHECK_EQ(w.initial.fan_in, 2 * 3 * 2);
  CHECK_EQ(w.initial.fan_out, 3 * 3 * 2);
  const forms::tensor& b = p.tensor("conv2d_1.bias");
  CHECK(b.shape == dims(6));
  CHECK_FALSE(b.decays);
  CHECK_EQ(b.initial.fan_in, w.initial.fan_in);

  write(p, conv1d<6, 5>(depthwise, no_bias), {3, 9});
  CHECK(p.tensor("conv1d_1.weight").shape == dims(6, 1, 5));
  CHECK_FALSE(p.has("conv1d_1.bias"));
  write(p, linear<5>, {7});
  CHECK(p.tensor("linear_1.weight").shape == dims(5, 7));

  write(p, batch_norm, {3, 4, 4});
  CHECK_EQ(p.tensor("batch_norm_1.weight").initial.value, 1);
  CHECK_EQ(p.tensor("batch_norm_1.running_var").initial.value, 1);
  CHECK_FALSE(p.tensor("batch_norm_1.weight").decays);
  CHECK(p.tensor("batch_norm_1.running_mean").what == forms::role::buffer);
}

TEST_CASE("a layer declares the same parameters in both modes") {
  for (const char* name : {"batch_norm_1.weight", "batch_norm_1.bias", "batch_norm_1.running_mean",
                           "batch_norm_1.running_var"}) {
    page train(true), eval(false);
    write(train, batch_norm, {3, 4});
    write(eval, batch_norm, {3, 4});
    CHECK(train.has(name));
    CHECK(eval.has(name));
  }
}

TEST_CASE("what folding prepares reads parameters alone") {
  page p(false);
  const forms::value x = p.input({4, 6, 6});
  p.k.begin_layer("batch_norm_1", 1);
  const auto [scale, shift] = decltype(batch_norm)::affine(p.k, 8);
  p.k.begin_layer("conv2d_1", 0);
  const forms::value y = decltype(conv2d<8, 3>(same))::forward_scaled(p.k, x, scale, shift);
  CHECK(y.shape == dims(8, 6, 6));
  for (const char* name : {"batch_norm_1.scale", "batch_norm_1.shift", "conv2d_1.folded_weight",
                           "conv2d_1.folded_bias"}) {
    CHECK(p.tensor(name).where == forms::home::parameter);
  }
  CHECK(p.k.home_of(y) == forms::home::sample);

  // Without a bias of its own, a layer takes the norm's shift as it is.
  p.k.begin_layer("linear_1", 0);
  const forms::value flat = p.input({5});
  decltype(linear<8>(no_bias))::forward_scaled(p.k, flat, scale, shift);
  CHECK_FALSE(p.has("linear_1.folded_bias"));
}

TEST_CASE("a convolution reduces over what it must and nothing else") {
  page p;
  write(p, conv2d<6, 1>, {4, 5, 5});  // 1x1: channels
  CHECK_EQ((*find(p.kernels.back().value, forms::op::sum))->axes.size(), 1);
  write(p, conv2d<4, 3>(depthwise, same), {4, 5, 5});  // depthwise: taps
  CHECK_EQ((*find(p.kernels.back().value, forms::op::sum))->axes.size(), 2);
  write(p, conv1d<4, 1>, {1, 5});  // one channel, one tap: a product
  CHECK_EQ(find(p.kernels.back().value, forms::op::sum), nullptr);
  CHECK_EQ(p.kernels.back().extents.size(), 2);
}

TEST_CASE("`same` pads half of the reach before, rounded down, whatever the stride") {
  page p;
  const forms::value y = write(p, conv1d<1, 4>(same, stride<2>, no_bias), {1, 9});
  CHECK(y.shape == dims(1, 5));
  const forms::expr& read = (*find(p.kernels.back().value, forms::op::sum))->args[0]->args[1];
  CHECK_EQ(read->index[1].constant, -1);  // reach 4: one zero before, two behind
  const forms::value dilated = write(p, conv1d<1, 3>(same, dilation<3>), {1, 9});
  CHECK(dilated.shape == dims(1, 9));
}

TEST_CASE("dropout in evaluation is a copy, and draws one number per element in training") {
  page eval(false);
  write(eval, dropout<drop(0.5)>, {3, 4});
  CHECK_EQ(find(eval.kernels.back().value, forms::op::uniform), nullptr);
  page train(true);
  write(train, dropout<drop(0.25)>, {3, 4});
  const forms::expr* u = find(train.kernels.front().value, forms::op::uniform);
  REQUIRE(u != nullptr);
  CHECK_EQ((*u)->stream, 1);
  CHECK_EQ((*u)->index[0].terms.size(), 2);
  CHECK_EQ((*u)->index[0].coefficient(0), 4);  // row-major
}

TEST_CASE("concat writes each input at its channel offset") {
  page p;
  const std::vector<forms::value> in{p.input({2, 3}), p.input({5, 3}), p.input({1, 3})};
  p.k.begin_layer("concat_1", 0);
  const forms::value y = concat_layer::join(p.k, in);
  CHECK(y.shape == dims(8, 3));
  REQUIRE_EQ(p.kernels.size(), 3);
  CHECK_EQ(p.kernels[1].at[0].constant, 2);
  CHECK_EQ(p.kernels[2].at[0].constant, 7);
}

TEST_CASE("losses state what their target is") {
  CHECK(softmax_cross_entropy_layer::target_is_class);
  CHECK(softmax_cross_entropy_layer::target_shape({10}) == dims());
  CHECK_FALSE(mean_squared_error_layer::target_is_class);
  CHECK(mean_squared_error_layer::target_shape({2, 3}) == dims(2, 3));
}
