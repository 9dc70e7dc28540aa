#include "tests/emitted/networks.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <tenon/dsl.hpp>

#include "tests/codegen/random_networks.hpp"
#include "tests/codegen/samples.hpp"

namespace tenon::tests {
namespace {

// Not 0: nobody can have tuned a network to it. Printed with each network, for its name holds it.
constexpr std::uint64_t first_seed = 1000;
constexpr int few = 20, fifty = 50, many = 200;
// Small, so that two hundred compile in minutes: what matters is how layers meet.
constexpr network_limits small{.layers = 7, .elements = 2'000, .macs = 60'000};

// Lists and not networks: a list is a value of the vocabulary before it is a type of the user's.
std::vector<network_value> layers() {
  int count = 0;
  const auto net = [&count](auto list) {
    return as_network("layers_" + std::to_string(++count), list);
  };
  return {
      net(input<1> | linear<1> | tanh_ | linear<16>(no_bias) | sigmoid | linear<15> | gelu |
          linear<17> | silu | linear<1> | mean_squared_error),
      net(input<33> | linear<31> | relu | residual(linear<31> | leaky_relu<0.1>) | linear<10> |
          softmax_cross_entropy),
      net(input<127> | linear<64> | batch_norm | relu | dropout<drop(0.3)> | linear<37> |
          batch_norm(momentum<0.3>, epsilon<1e-3>) | tanh_ | linear<3> |
          softmax_cross_entropy(label_smoothing<0.1>)),
      net(input<1, 40> | conv1d<25, 5>(stride<2>, padding<1>) | relu |
          conv1d<25, 3>(stride<2>, padding<1>) | batch_norm | relu | conv1d<7, 4>(same) | flatten |
          linear<10> | softmax_cross_entropy),
      net(input<4, 33> | conv1d<6, 3>(groups<2>, dilation<2>, no_bias) | batch_norm | silu |
          conv1d<12, 3>(depthwise, same) | max_pool<3>(stride<2>, padding<1>) | tanh_ |
          avg_pool<3>(stride<2>, floor_) | flatten | linear<5> | softmax_cross_entropy),
      net(input<1, 28, 28> | conv2d<6, 5>(same) | tanh_ | avg_pool<2> | conv2d<16, 5> | tanh_ |
          avg_pool<2> | flatten | linear<10> | softmax_cross_entropy),
      net(input<3, 13, 11> | conv2d<16, 3>(same, no_bias) | batch_norm | relu |
          max_pool<2>(floor_) | conv2d<17, 3>(stride<2>, padding<1>) | batch_norm | relu |
          dropout<keep(0.9)> | flatten | linear<10> | softmax_cross_entropy),
      net(input<2, 9, 11> | conv2d<15, kernel<2, 3>>(dilation<2, 3>, stride<1, 2>, padding<0, 2>) |
          gelu | conv2d<4, 4>(same) | max_pool<3>(stride<2>, padding<1>, floor_) | tanh_ |
          conv2d<5, 2> | mean_squared_error),
      net(input<4, 8, 7> | conv2d<6, 3>(groups<2>, padding<2>) | relu |
          conv2d<12, 3>(depthwise, stride<2>, padding<1>) | batch_norm | conv2d<33, 1> | relu |
          global_avg_pool | linear<4> | softmax_cross_entropy),
      // Samples that leave L2 within a kernel: positions become the outer loop.
      net(input<1, 12, 12> | conv2d<64, 1> | relu | conv2d<16, 1> | relu | global_avg_pool |
          linear<3> | softmax_cross_entropy),
      // Weights whose gradient is summed over the whole batch, beside a norm's barriers.
      net(input<290> | linear<230> | batch_norm | relu | linear<7> | softmax_cross_entropy),
      // Norms before which nothing can take them up, and norms between two norms.
      net(input<3, 6, 6> | batch_norm | conv2d<4, 3>(same) | relu | batch_norm | batch_norm |
          max_pool<2>(stride<1>) | batch_norm | flatten | linear<3> | softmax_cross_entropy),
      net(input<8, 8, 8> |
          residual(conv2d<16, 3>(same, stride<2>, no_bias) | batch_norm | relu |
                       conv2d<16, 3>(same, no_bias) | batch_norm,
                   conv2d<16, 1>(stride<2>, no_bias) | batch_norm) |
          relu | residual(conv2d<16, 3>(same, no_bias) | batch_norm) | relu | global_avg_pool |
          linear<10> | softmax_cross_entropy),
      net(input<5, 6, 6> |
          branches(conv2d<4, 1> | relu, conv2d<6, 3>(same) | batch_norm,
                   avg_pool<3>(stride<1>, padding<1>)) |
          concat | conv2d<7, 1> | branches(relu, tanh_, sigmoid) | add | flatten | linear<3> |
          softmax_cross_entropy),
      net(input<2, 7, 5> | conv2d<3, 3>(same) | save<"a"> | relu | conv2d<3, 3>(same) |
          add_with<"a"> | batch_norm | save<"b"> | tanh_ | conv2d<2, 1> | concat_with<"b"> |
          concat_with<"a"> | conv2d<1, 1> | mean_squared_error),
      net(input<17> | repeat<3>(residual(linear<17> | batch_norm | relu | dropout<drop(0.2)>)) |
          linear<2> | softmax_cross_entropy),
      net(input<97> | linear<101> | leaky_relu<> | linear<13> | save<"s"> | linear<13> | relu |
          add_with<"s"> | linear<7> | mean_squared_error),
      net(input<1, 1, 1> | conv2d<3, 1> | batch_norm | dropout<drop(0.5)> | dropout<keep(0.8)> |
          flatten | linear<2> | softmax_cross_entropy),
      // All kinds of noise, and what is frozen.
      net(input<3, 6, 5> | gaussian_noise<0.3> | conv2d<8, 3>(same) | batch_norm | relu |
          spatial_dropout<drop(0.25)> | stochastic_depth<drop(0.4)>(conv2d<8, 1> | tanh_) |
          stochastic_depth<keep(0.7)>(conv2d<8, 3>(same), per_batch, linear_decay) |
          freeze(conv2d<5, 3> | batch_norm | relu) |
          conv2d<5, 1>(drop_connect<drop(0.3)>, weight_noise<0.1>) |
          conv2d_transpose<6, 3>(stride<2>) | tanh_ | upsample<2> | pad<1> |
          dropout<keep(0.6)>(vanilla) | flatten | linear<4> | softmax_cross_entropy),
      net(input<5> | tanh_ | mean_squared_error),  // without parameters
      // Tiles of 4 x 4 in strips, and of 2 x 2.
      net(input<3, 16, 16> | conv2d<16, 3>(same, stride<2>) | batch_norm | relu |
          residual(conv2d<16, 3>(same, no_bias) | batch_norm | tanh_ | conv2d<16, 3>(same)) |
          max_pool<2> | conv2d<5, 1> | flatten | linear<3> | softmax_cross_entropy),
      net(input<24, 6, 6> | conv2d<24, 3>(same) | relu | conv2d<24, 3>(same, no_bias) | batch_norm |
          relu | global_avg_pool | linear<3> | mean_squared_error),
      // Single samples: columns as lanes, steps of two and three, pieces that begin within a panel.
      net(input<2, 12, 33> | conv2d<3, 5>(same) | relu |
          max_pool<3>(stride<2>, padding<1>, floor_) | conv2d<5, 3>(stride<3>) |
          branches(conv2d<3, 1>, conv2d<19, 1> | tanh_) | concat |
          conv2d_transpose<3, 2>(stride<2>) | mean_squared_error),
      // Long enough for threads to share the kernels of a single sample, with a rest of positions.
      net(input<15, 17, 15> | conv2d<16, 3>(same) | relu | conv2d<18, 3> | global_avg_pool |
          linear<3> | softmax_cross_entropy),
      net(input<16, 4, 4> | conv2d<32, 3>(same) | relu | conv2d<8, 3>(same, groups<4>) |
          avg_pool<2> | flatten | linear<16> | relu | linear<10> | softmax_cross_entropy),
  };
}

std::vector<network_value> randoms(std::uint64_t seed, int count) {
  std::vector<network_value> all;
  for (int i = 0; i < count; ++i)
    all.push_back(random_network(seed + static_cast<std::uint64_t>(i), small).make());
  return all;
}

// Something for every pass to do: moves, maps to fuse, equal kernels, identities, norms to merge.
std::vector<network_value> for_passes() {
  return {as_network("passes_1",
                     input<3, 6, 6> | conv2d<8, 3>(same, no_bias) | batch_norm | relu |
                         repeat<2>(residual(conv2d<8, 3>(same, no_bias) | batch_norm | relu)) |
                         max_pool<2> | dropout<drop(0.2)> | flatten | linear<5> |
                         softmax_cross_entropy),
          as_network("passes_2", input<12> | branches(linear<9> | tanh_, linear<4> | batch_norm) |
                                     concat | residual(linear<13> | gelu) | linear<3> |
                                     mean_squared_error),
          as_network("passes_3", input<16, 8, 8> | conv2d<16, 3>(same, no_bias) | batch_norm |
                                     relu | residual(conv2d<16, 3>(same)) | global_avg_pool |
                                     linear<3> | softmax_cross_entropy),
          // A large weight gradient, and windows half in the halo.
          as_network("passes_4", input<1, 17, 17> | conv2d<3, 5>(stride<2>, padding<2>) | tanh_ |
                                     conv2d<4, 5> | flatten | linear<660> | relu | linear<3> |
                                     mean_squared_error)};
}

// One convolution each: tiles of 4 x 4 and of 2 x 2, few and many channels.
std::vector<network_value> for_winograd() {
  return {as_network("winograd_4_16", input<16, 8, 8> | conv2d<16, 3>(same) | mean_squared_error),
          as_network("winograd_4_64", input<64, 8, 8> | conv2d<16, 3>(same) | mean_squared_error),
          as_network("winograd_2_16", input<16, 6, 6> | conv2d<24, 3>(same) | mean_squared_error),
          as_network("winograd_2_64", input<64, 6, 6> | conv2d<16, 3>(same) | mean_squared_error)};
}

// Rows enough for fragments, some of them beyond a whole number; smooth, so that a rounded number
// does not take another branch.
std::vector<network_value> for_tensor_cores() {
  return {as_network("rows_alone", input<37> | linear<40> | tanh_ | linear<21>(no_bias) | sigmoid |
                                       linear<3> | softmax_cross_entropy),
          as_network("rows_and_positions", input<3, 6, 5> | conv2d<20, 3>(same) | batch_norm |
                                               tanh_ | conv2d<33, 3>(stride<2>, padding<1>) |
                                               tanh_ | flatten | linear<4> | mean_squared_error)};
}

// Integers and halves of halves throughout, whatever the order of sums: no transforms of 3 x 3
// windows, and means over powers of two.
std::vector<network_value> for_integers() {
  return {as_network("integers", input<2, 6, 6> | conv2d<16, 5>(same) | relu | max_pool<2> |
                                     conv2d<8, 2>(stride<1>) | relu | flatten | linear<20> | relu |
                                     linear<4> | mean_squared_error)};
}

std::vector<network_value> all_of(std::string_view list) {
  if (list == "layers") return layers();
  if (list == "samples") return samples();
  if (list == "passes") return for_passes();
  if (list == "winograd") return for_winograd();
  if (list == "integers") return for_integers();
  if (list == "tensor_cores") return for_tensor_cores();
  if (list == "few") return randoms(first_seed + many, few);
  if (list == "random") return randoms(first_seed, many);
  if (list == "fifty") return randoms(first_seed, fifty);
  throw std::invalid_argument(fmt::format("no list of networks is called '{}'", list));
}

std::string after_colon(std::string_view list) {
  const std::size_t colon = list.find(':');
  return colon == std::string_view::npos ? "" : std::string(list.substr(colon + 1));
}

}  // namespace

std::string precision_of(std::string_view list) {
  const std::string word = after_colon(list);
  return word == "tf32" || word == "bf16" ? word : "";
}

std::string pass_off(std::string_view list) {
  return precision_of(list).empty() ? after_colon(list) : "";
}

std::vector<network_value> networks_of(std::string_view list) {
  std::vector<network_value> all = all_of(list.substr(0, list.find(':')));
  if (const std::string off = pass_off(list); !off.empty())
    for (network_value& net : all) net.name += "_without_" + off;
  if (const std::string products = precision_of(list); !products.empty())
    for (network_value& net : all) net.name += "_in_" + products;
  return all;
}

}  // namespace tenon::tests
