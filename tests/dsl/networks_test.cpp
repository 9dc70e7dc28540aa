// Whole networks as users write them: shapes, counts, blocks, modes, and layers of one's own.
#include <doctest/doctest.h>

#include <tenon/dsl.hpp>
#include <tenon/forms.hpp>

using namespace tenon;

namespace {

struct lenet final : network<input<1, 28, 28> | conv2d<6, 5>(same) | tanh_ | avg_pool<2> |
                             conv2d<16, 5> | tanh_ | avg_pool<2> | flatten | linear<120> | tanh_ |
                             linear<84> | tanh_ | linear<10> | softmax_cross_entropy> {};
static_assert(valid<lenet> && valid<train<lenet>> && valid<eval<lenet>>);
static_assert(parameters<lenet> == 61'706 && parameters<eval<lenet>> == 61'706);
static_assert(flops<lenet> == 833'040 && flops<eval<lenet>> == 833'040);
// Forward and both gradients, but no gradient of the picture: 2 (3 * 416,520 - 117,600).
static_assert(flops<train<lenet>> == 2'263'920);
static_assert(std::is_same_v<output_shape<lenet>, shape<10>> &&
              std::is_same_v<output_shape<eval<lenet>>, shape<10>>);

struct mlp final
    : network<input<784> | linear<512> | batch_norm | relu | dropout<drop(0.5)> | linear<512> |
              batch_norm | relu | dropout<drop(0.5)> | linear<10> | softmax_cross_entropy> {};
static_assert(contains<mlp, dropout_layer> && contains<train<mlp>, dropout_layer> &&
              !contains<eval<mlp>, dropout_layer>);
static_assert(contains<train<mlp>, batch_norm_layer> && !contains<eval<mlp>, batch_norm_layer>);
static_assert(contains<train<mlp>, softmax_cross_entropy_layer> &&
              !contains<eval<mlp>, softmax_cross_entropy_layer>);
static_assert(contains<eval<mlp>, linear_layer> && !contains<mlp, conv2d_layer>);
static_assert(parameters<mlp> == 785 * 512 + 513 * 512 + 513 * 10 + 4 * 512);

template <int C>
constexpr auto conv_bn = conv2d<C, 3>(same, no_bias) | batch_norm;
template <int C>
constexpr auto block = residual(conv_bn<C> | relu | conv_bn<C>) | relu;
template <int C>
constexpr auto down = residual(conv2d<C, 3>(same, stride<2>, no_bias) | batch_norm | relu |
                                   conv_bn<C>,
                               conv2d<C, 1>(stride<2>, no_bias) | batch_norm) |
                      relu;
struct resnet20 final : network<input<3, 32, 32> | conv_bn<16> | relu | repeat<3>(block<16>) |
                                down<32> | repeat<2>(block<32>) | down<64> | repeat<2>(block<64>) |
                                global_avg_pool | linear<10> | softmax_cross_entropy> {};
static_assert(std::is_same_v<output_shape<resnet20>, shape<10>>);
// 269,722 of He et al.'s shortcut A, and 2,752 of the two 1x1 shortcuts and their norms.
static_assert(parameters<resnet20> == 272'474);
static_assert(contains<train<resnet20>, batch_norm_layer> &&
              !contains<eval<resnet20>, batch_norm_layer>);

// A norm behind an activation has nothing to go into, and stays.
struct norm_behind final : network<input<4> | linear<4> | relu | batch_norm | linear<2>> {};
static_assert(contains<eval<norm_behind>, batch_norm_layer>);

struct unet final
    : network<input<1, 16, 16> | conv2d<4, 3>(same) | relu | save<"enc1"> | max_pool<2> |
              conv2d<8, 3>(same) | relu | conv2d<4, 1> | save<"enc2"> |
              residual(conv2d<4, 3>(same)) | concat_with<"enc2"> | flatten | linear<3>> {};
static_assert(std::is_same_v<output_shape<unet>, shape<3>>);

// The order of options leaves no trace in the type.
static_assert(std::is_same_v<decltype(conv2d<8, 3>(same, stride<2>, no_bias)),
                             decltype(conv2d<8, 3>(no_bias, same, stride<2>))>);
static_assert(std::is_same_v<decltype(conv2d<8, 3>()), decltype(conv2d<8, 3>(stride<1>))>);

}  // namespace

// In user code, in a namespace of its own: forms derive its gradient.
namespace mine {

struct scaled_square : layer {
  static constexpr std::string_view kind = "scaled_square";
  static constexpr long parameters(dims in) { return in[0]; }
  static forms::value forward(forms::builder& k, forms::value x) {
    const forms::value scale = k.parameter("scale", {x.shape[0]}, k.filled(1), true);
    const auto axes = k.over(x.shape);
    return k.define(axes, scale(axes[0]) * x.at(axes) * x.at(axes));
  }
};
constexpr scaled_square square{};

struct net final : network<input<3, 5> | square | flatten | mine::scaled_square{} | linear<2>> {};
static_assert(valid<net> && parameters<net> == 3 + 15 + 32 && contains<net, scaled_square>);

}  // namespace mine

TEST_CASE("a layer of one's own works as a built-in one") {
  std::vector<forms::tensor> tensors;
  std::vector<forms::kernel> kernels;
  forms::builder k(tensors, kernels);
  const forms::value x = k.add({.name = "x", .shape = {3, 5}});
  k.begin_layer("scaled_square_1", 0);
  const forms::value y = mine::scaled_square::forward(k, x);
  CHECK(y.shape == dims(3, 5));
  CHECK_EQ(tensors[1].name, "scaled_square_1.scale");
  CHECK_EQ(kernels.size(), 1);

  struct nameless : layer {};
  struct net final : network<input<4> | nameless{}> {};
  CHECK(verdict_of<net>.needs == "has no kind that can be part of a name");
}

TEST_CASE("a legal network has an empty sentence, its shapes and its counts") {
  constexpr verdict v = verdict_of<resnet20>;
  CHECK(v.legal);
  CHECK_EQ(v.sentence().view(), "");
  CHECK(v.input == dims(3, 32, 32));
  CHECK(v.output == dims(10));
  CHECK_EQ(
      v.macs,
      40'813'184);  // 40.5 M in its 3x3 convolutions and the linear layer, 0.26 M in the shortcuts
}

// Clang stops at 256 elements of a fold.
TEST_CASE("hundreds of layers are one flat list") {
  struct deep final : network<input<8> | repeat<400>(linear<8> | relu) | linear<2>> {};
  CHECK(verdict_of<deep>.legal);
  CHECK_EQ(parameters<deep>, 400 * 72 + 18);
  CHECK(contains<eval<deep>, relu_layer>);
}
