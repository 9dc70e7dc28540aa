// What docs/language.md and docs/modes.md show.
// clang-format off: a network reads one stage a line
#include <tenon/dsl.hpp>
#include <type_traits>

namespace {

using namespace tenon;

// [mlp]
struct mlp final : network<
    input<784>
  | linear<512> | batch_norm | relu | dropout<drop(0.5)>
  | linear<512> | batch_norm | relu | dropout<drop(0.5)>
  | linear<10>  | softmax_cross_entropy> {};

static_assert(valid<mlp>);
// [/mlp]

// [options]
constexpr auto a = conv2d<64, 3>(same, stride<2>, groups<4>, no_bias);
constexpr auto b = conv2d<64, kernel<3, 5>>(padding<1, 2>, dilation<2>);
constexpr auto c = max_pool<3>(stride<2>, padding<1>, floor_);
constexpr auto d = batch_norm(momentum<0.01>, epsilon<1e-3>);
constexpr auto e = leaky_relu<>;
constexpr auto f = linear<10>(init<he_normal>, weight_norm);
constexpr auto g = conv1d<8, 3>(init<glorot_uniform, gain<tanh_>>, weight_standardization);
// [/options]

// [blocks]
template <int Channels>
constexpr auto conv_bn = conv2d<Channels, 3>(same) | batch_norm;

template <int Channels>
constexpr auto block = residual(conv_bn<Channels> | relu | conv_bn<Channels>) | relu;

template <int Channels>
constexpr auto down =
    residual(conv2d<Channels, 3>(same, stride<2>) | batch_norm | relu | conv_bn<Channels>,
             conv2d<Channels, 1>(stride<2>) | batch_norm)  // the shortcut
  | relu;

struct resnet20 final : network<
    input<3, 32, 32>
  | conv_bn<16> | relu | repeat<3>(block<16>)
  | down<32> | repeat<2>(block<32>)
  | down<64> | repeat<2>(block<64>)
  | global_avg_pool | linear<10> | softmax_cross_entropy> {};
// [/blocks]

// [noise]
struct frozen_and_noisy final : network<
    input<3, 16, 16>
  | freeze(conv_bn<16> | relu)  // weights from elsewhere: train --init
  | repeat<4>(stochastic_depth<drop(0.2)>(conv_bn<16> | relu, linear_decay))
  | global_avg_pool | dropout<drop(0.5)>
  | linear<10>(drop_connect<drop(0.1)>) | softmax_cross_entropy> {};

static_assert(parameters<frozen_and_noisy> - trainable_parameters<frozen_and_noisy> == 480);
// [/noise]

// [branches]
struct two_windows final : network<
    input<3, 16, 16>
  | branches(conv2d<8, 3>(same), conv2d<8, 5>(same), max_pool<3>(stride<1>, padding<1>)) | concat
  | flatten | linear<4> | softmax_cross_entropy> {};

static_assert(parameters<two_windows> == 20'292);
// [/branches]

// [skips]
struct small_unet final : network<
    input<1, 16>
  | conv1d<4, 3>(same) | relu | save<"fine">
  | conv1d<4, 3>(same) | relu
  | concat_with<"fine">
  | conv1d<1, 1> | mean_squared_error> {};

static_assert(valid<small_unet>);
// [/skips]

// [proofs]
static_assert(parameters<mlp> == 671'754);
static_assert(flops<eval<mlp>> < 1'400'000);
static_assert(std::is_same_v<output_shape<resnet20>, shape<10>>);
// [/proofs]

// [contains]
static_assert(contains<train<mlp>, dropout_layer>);
static_assert(!contains<eval<mlp>, dropout_layer>);
static_assert(!contains<eval<mlp>, batch_norm_layer>);
// [/contains]

[[maybe_unused]] constexpr auto used = [](auto...) { return true; }(a, b, c, d, e);

}  // namespace
