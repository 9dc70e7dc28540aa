// The whole vocabulary under `using namespace tenon`, beside C's headers and all of the standard
// library: every name stays unambiguous. (::tanh, ::floor, ::fork, ::index and their like are why
// some names have an underscore, or are others.)
#include <doctest/doctest.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <barrier>
#include <bit>
#include <bitset>
#include <charconv>
#include <chrono>
#include <compare>
#include <complex>
#include <concepts>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <execution>
#include <filesystem>
#include <forward_list>
#include <fstream>
#include <functional>
#include <future>
#include <initializer_list>
#include <iomanip>
#include <ios>
#include <iosfwd>
#include <iostream>
#include <istream>
#include <iterator>
#include <latch>
#include <limits>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numbers>
#include <numeric>
#include <optional>
#include <ostream>
#include <queue>
#include <random>
#include <ranges>
#include <ratio>
#include <regex>
#include <scoped_allocator>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <source_location>
#include <span>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <stop_token>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <tenon/dsl.hpp>
#include <tenon/forms.hpp>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>
#include <version>

using namespace tenon;

namespace {

constexpr auto activations = relu | leaky_relu<0.01> | leaky_relu<> | tanh_ | sigmoid | gelu |
                             gelu_tanh | silu | elu<1.0> | elu<> | selu | mish | softplus |
                             hard_swish | prelu | softmax;
struct maxima final : network<input<3, 8> | global_max_pool | binary_cross_entropy> {};
struct absolute final : network<input<3, 8> | mean_absolute_error> {};
struct robust final : network<input<3, 8> | huber<1.0>> {};
struct robust_too final : network<input<3, 8> | huber<>> {};
struct weighed final : network<input<3, 8> | huber<0.5>(weighted)> {};
struct shared final
    : network<input<8> | softmax_cross_entropy(soft_targets, weighted, label_smoothing<0.1>)> {};
struct one_dimension final
    : network<input<3, 40> | conv1d<8, 5>(same, stride<2>, dilation<1>, groups<1>, no_bias) |
              max_pool<2>(stride<2>, padding<1>, floor_) | avg_pool<2>(floor_) | global_avg_pool |
              mean_squared_error> {};
struct larger final
    : network<input<3, 8> | spatial_dropout<drop(0.1)> | gaussian_noise<0.1> | pad<1> |
              upsample<2> | conv1d_transpose<4, 3>(stride<2>, padding<1>, output_padding<1>) |
              stochastic_depth<drop(0.1)>(relu, per_batch, linear_decay) |
              stochastic_depth<keep(0.9)>(relu, per_sample) | freeze(conv1d<3, 1>) |
              mean_squared_error> {};
struct larger_too final
    : network<input<3, 8, 8> | pad<1, 2> | upsample<2, 1> |
              conv2d_transpose<4, kernel<3, 2>>(groups<1>, dilation<1>, no_bias) |
              mean_squared_error> {};
struct two_dimensions final
    : network<input<3, 8, 8> | conv2d<6, kernel<3, 3>>(depthwise, padding<1, 1>) | activations |
              batch_norm(epsilon<1e-3>, momentum<0.01>) | save<"a"> | dropout<drop(0.2)> |
              add_with<"a"> | concat_with<"a"> | residual(relu) | residual(relu, tanh_) |
              branches(relu, tanh_) | concat | branches(relu, tanh_) | add | repeat<2>(relu) |
              dropout<drop(0.1)>(vanilla) | flatten |
              linear<10>(no_bias, drop_connect<drop(0.1)>, weight_noise<0.01>) |
              dropout<keep(0.8)> | softmax_cross_entropy(label_smoothing<0.1>)> {};

struct begun final
    : network<input<9> | linear<8>(init<he_normal>, weight_norm) |
              linear<8>(init<he_uniform, fan_in>) | linear<8>(init<glorot_normal, gain<tanh_>>) |
              linear<8>(init<glorot_uniform, fan_average>) |
              linear<8>(init<lecun_normal>, weight_standardization) |
              linear<8>(init<lecun_uniform, fan_out>) | linear<8>(init<orthogonal, gain<0.5>>) |
              linear<8>(init<normal<0.01>>) | linear<8>(init<uniform<0.05>>) |
              linear<8>(init<constant<0>>) | mean_squared_error> {};

struct normed final
    : network<input<6, 5> | batch_norm(no_affine, cumulative) | mean_only_batch_norm | layer_norm |
              instance_norm(epsilon<1e-3>, no_affine) | group_norm<3> | mean_squared_error> {};

static_assert(valid<begun> && valid<normed>);
static_assert(valid<one_dimension> && valid<two_dimensions>);
static_assert(valid<larger> && valid<larger_too>);
static_assert(trainable_parameters<larger> == parameters<larger> - 15);
static_assert(contains<eval_mc<larger>, gaussian_noise_layer> &&
              !contains<eval<larger>, gaussian_noise_layer>);
static_assert(valid<maxima> && valid<absolute> && valid<robust> && valid<robust_too> &&
              valid<weighed> && valid<shared>);
static_assert(contains<two_dimensions, dropout_layer> &&
              !contains<eval<two_dimensions>, dropout_layer>);
static_assert(parameters<one_dimension> == 8 * 3 * 5 &&
              flops<train<one_dimension>> > flops<eval<one_dimension>>);
static_assert(std::is_same_v<output_shape<two_dimensions>, shape<10>>);

}  // namespace

TEST_CASE("the vocabulary is usable under `using namespace tenon`, whatever else is included") {
  CHECK(verdict_of<one_dimension>.legal);
  CHECK(verdict_of<two_dimensions>.sentence().view() == "");
}
