// The rules of networks as a whole, each with its sentence: the input, joints, names, ends, capacities.
#include "tests/dsl/sentences.hpp"

using namespace tenon;

// NOLINTBEGIN: one case a line reads best
// clang-format off

TEST_CASE("a network begins with one input of one to three positive sizes") {
  SAYS("layer 1 of 2: relu stands first; begin with input<C, H, W>, input<C, L> or input<N>",
       relu | relu);
  SAYS("layer 1 of 1: int stands first; begin with input<C, H, W>, input<C, L> or input<N>",
       5);
  SAYS("layer 1 of 2: input<> has one, two or three sizes; write input<C, H, W>, input<C, L> or input<N>",
       input<> | relu);
  SAYS("layer 1 of 2: input<1, 2, 3, 4> has one, two or three sizes; write input<C, H, W>, input<C, L> or input<N>",
       input<1, 2, 3, 4> | relu);
  SAYS("layer 1 of 2: input<3, 0> has a size that is not positive; correct the number",
       input<3, 0> | relu);
  SAYS("layer 3 of 3: input<3> receives [3], but is not the first layer; keep one input, at the front",
       input<3> | relu | input<3>);
  SAYS("layer 1 of 1: the network has no layer behind its input; add one, such as | linear<10>",
       input<3>);
  SAYS("layer 2 of 3: input<6> receives [6], but is not the first layer; keep one input, at the front",
       input<6> | residual(input<6> | relu));
}

TEST_CASE("only layers stand between the bars") {
  SAYS("layer 2 of 2: linear<3> receives [4], but has something in its parentheses that is no option; it knows no_bias, init<he_normal>, weight_norm, weight_standardization, drop_connect<drop(0.5)>, weight_noise<0.01>",
       input<4> | linear<3>(5));
  SAYS("layer 2 of 2: int receives [6], but is not a layer; keep only layers between the bars",
       input<6> | 5);
  SAYS("layer 3 of 4: double receives [6], but is not a layer; keep only layers between the bars",
       input<6> | relu | 2.5 | relu);
  SAYS("layer 2 of 3, round 1 of repeat<2>: int receives [6], but is not a layer; keep only layers between the bars",
       input<6> | repeat<2>(5));
  SAYS("layer 2 of 2: int receives [6], but is not a layer; keep only layers between the bars",
       input<6> | residual(5));
}

TEST_CASE("a name is saved once, before it is used, in a shape that fits") {
  SAYS("layer 3 of 3: save<'a'> receives [6], but uses a name a second time; choose another name",
       input<6> | save<"a"> | save<"a">);
  SAYS("layer 2 of 2: add_with<'a'> receives [6], but names nothing that is saved before it; put save<'a'> before it",
       input<6> | add_with<"a">);
  SAYS("layer 4 of 4: add_with<'a'> receives [6], but names nothing that is saved before it; saved so far: b, c",
       input<6> | save<"b"> | save<"c"> | add_with<"a">);
  SAYS("layer 4 of 4: add_with<'a'> receives [5], but joins [5] with [6]; make their shapes equal",
       input<6> | save<"a"> | linear<5> | add_with<"a">);
  SAYS("layer 4 of 4: concat_with<'a'> receives [6, 3], but joins [6, 3] with [6, 4]; make all but the channels equal",
       input<6, 4> | save<"a"> | conv1d<6, 2> | concat_with<"a">);
  SAYS("layer 2 of 2: save<''> receives [6], but has an empty name; choose one",
       input<6> | save<"">);
}

TEST_CASE("a loss ends the network") {
  SAYS("layer 2 of 3: softmax_cross_entropy receives [6], but is a loss, and more follows it; move it to the end",
       input<6> | softmax_cross_entropy | relu);
  SAYS("layer 2 of 2: softmax_cross_entropy receives [6, 2], but needs a flat input; put flatten | linear<classes> before it",
       input<6, 2> | softmax_cross_entropy);
  SAYS("layer 2 of 2: softmax_cross_entropy receives [1], but needs two classes or more; put linear<classes> before it",
       input<1> | softmax_cross_entropy);
  SAYS("layer 3 of 3: softmax_cross_entropy receives [6], but is a loss, and more follows it; move it to the end",
       input<6> | residual(relu | softmax_cross_entropy));
}

TEST_CASE("branches are joined, by shapes that agree") {
  SAYS("layer 3 of 3: the network ends with branches that nothing joins; add | concat, or | add",
       input<6> | branches(relu, tanh_));
  SAYS("layer 4 of 4: relu receives [6], but comes right after branches(...); join the branches first: branches(...) | concat, or | add",
       input<6> | branches(relu, tanh_) | relu);
  SAYS("layer 3 of 3: a branch receives [6], but ends with branches that nothing joins; add | concat, or | add",
       input<6> | residual(branches(relu, tanh_)));
  SAYS("layer 2 of 2: add receives [6], but joins branches, and there are none; write branches(a, b) before it",
       input<6> | add);
  SAYS("layer 2 of 2: concat receives [6], but joins branches, and there are none; write branches(a, b) before it",
       input<6> | concat);
  SAYS("layer 4 of 4: add receives [6], but joins [6] with [5]; make their shapes equal",
       input<6> | branches(relu, linear<5>) | add);
  SAYS("layer 4 of 4: concat receives [6, 4], but joins [6, 4] with [3, 3]; make all but the channels equal",
       input<6, 4> | branches(relu, conv1d<3, 2>) | concat);
  SAYS("layer 2 of 2: residual main gives [5], shortcut gives [6]; add a second argument: residual(main, linear<5>)",
       input<6> | residual(linear<5>));
  SAYS("layers 2 to 3 of 3: residual main gives [32, 16, 16], shortcut gives [16, 32, 32]; add a second argument: residual(main, conv2d<32, 1>(stride<2>))",
       input<16, 32, 32> | residual(conv2d<32, 3>(same, stride<2>) | batch_norm));
  SAYS("layer 2 of 2: residual main gives [32, 16], shortcut gives [16, 32]; add a second argument: residual(main, conv1d<32, 1>(stride<2>))",
       input<16, 32> | residual(conv1d<32, 3>(same, stride<2>)));
  SAYS("layer 2 of 2: residual main gives [30], shortcut gives [6, 5]; make their shapes equal",
       input<6, 5> | residual(flatten));
  SAYS("layers 2 to 3 of 3: residual main gives [6], shortcut gives [5]; make their shapes equal",
       input<6> | residual(relu, linear<5>));
  SAYS("layers 3 to 4 of 10, round 1 of repeat<3>: residual main gives [6], shortcut gives [5]; add a second argument: residual(main, linear<6>)",
       input<6> | repeat<3>(linear<5> | residual(linear<5> | linear<6>)));
  SAYS("layer 2 of 2: the network ends with branches that nothing joins; add | concat, or | add",
       input<6> | branches(relu));
  SAYS("layer 11 of 11: a branch receives [3, 32, 32], but is nested more than 8 deep; nest fewer branches",
       input<3, 32, 32> | repeat<9>(residual(conv2d<3, 3>(same))) | residual(residual(residual(residual(residual(residual(residual(residual(residual(relu))))))))));
}

TEST_CASE("blocks repeat once or more") {
  SAYS("layer 1 of 1: repeat<0> receives [6], but repeats its block less than once; repeat it once or more",
       input<6> | repeat<0>(relu));
}

TEST_CASE("sizes stay within 31 bits") {
  SAYS("layer 1 of 2: input<65536, 65536> gives [65536, 65536], more than 2147483647 values; use smaller sizes",
       input<65536, 65536> | relu);
  SAYS("layer 3 of 3: linear<2> receives [2147450880], but has more than 2147483647 parameters; use smaller sizes",
       input<65535, 32768> | flatten | linear<2>);
  SAYS("layer 2 of 2: linear<2147483647> receives [2147483647], but has more than 2147483647 parameters; use smaller sizes",
       input<2147483647> | linear<2147483647>);
}

TEST_CASE("what stands close to an error and is legal") {
  IS_LEGAL(input<1> | relu);
  IS_LEGAL(input<1, 1, 1> | conv2d<1, 1> | flatten);
  IS_LEGAL(input<3, 8, 8> | conv2d<4, 8> | max_pool<1>);
  IS_LEGAL(input<3, 8, 8> | conv2d<4, 5>(dilation<3>, same));
  IS_LEGAL(input<3, 7, 8> | conv2d<4, 9>(same));
  IS_LEGAL(input<3, 8, 8> | conv2d<4, 9>(padding<1>));
  IS_LEGAL(input<3, 9, 9> | conv2d<4, 3>(stride<4>));  // a convolution drops the remainder
  IS_LEGAL(input<3, 8> | avg_pool<3>(floor_));
  IS_LEGAL(input<3, 8, 9> | max_pool<kernel<2, 3>>);
  IS_LEGAL(input<3, 8, 9> | max_pool<3>(stride<2>, padding<1>, floor_));
  IS_LEGAL(input<4> | dropout<drop(0)> | dropout<keep(1)> | dropout<drop(0.999)> | dropout<keep(0.001)>);
  IS_LEGAL(input<4> | linear<3>(init<he_normal, fan_average, gain<leaky_relu<0.2>>>, no_bias, weight_norm));
  IS_LEGAL(input<2> | linear<1>(weight_standardization, init<constant<0>>));
  IS_LEGAL(input<4> | leaky_relu<> | leaky_relu<0> | leaky_relu<1>);
  IS_LEGAL(input<2> | layer_norm | group_norm<1>(no_affine, epsilon<1e-3>));
  IS_LEGAL(input<6, 2> | instance_norm | group_norm<6> | mean_only_batch_norm(no_affine, cumulative));
  IS_LEGAL(input<4> | batch_norm(momentum<0.0>) | batch_norm(momentum<1.0>, epsilon<1e-12>));
  IS_LEGAL(input<2> | softmax_cross_entropy(label_smoothing<0.999>));
  IS_LEGAL(input<2, 3, 4> | mean_squared_error);
  IS_LEGAL(input<6> | branches(relu) | add);
  IS_LEGAL(input<6, 4> | branches(relu, conv1d<3, 1>) | concat);
  IS_LEGAL(input<6> | residual(residual(relu) | save<"in">) | add_with<"in"> | add_with<"in">);
  IS_LEGAL(input<6> | repeat<1>(relu) | repeat<40>(repeat<4>(linear<6>)));
}

TEST_CASE("capacities complain instead of overflowing") {
  static constexpr auto one = residual(relu);
  static constexpr auto eight = residual(residual(residual(residual(residual(residual(residual(one)))))));
  IS_LEGAL(input<6> | eight);
  SAYS("layer 2 of 2: a branch receives [6], but is nested more than 8 deep; nest fewer branches", input<6> | residual(eight));
  IS_LEGAL(input<6> | branches(relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu) | add);
  SAYS("layer 18 of 19: a branch receives [6], but is one of more than 16 branches; use fewer branches",
       input<6> | branches(relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu, relu) | add);
}
// clang-format on
// NOLINTEND

TEST_CASE("a message says which round of a repeat it means, and counts layers as written out") {
  struct net final : network<input<8> | repeat<4>(relu | linear<8>) |
                             repeat<2>(linear<8> | residual(linear<4> | relu)) | linear<2>> {};
  CHECK_EQ(verdict_of<net>.layer, 12);
  CHECK_EQ(
      verdict_of<net>.sentence().view(),
      "layers 11 to 12 of 16, round 1 of repeat<2>: residual main gives [4], shortcut gives [8]; "
      "add a second argument: residual(main, linear<4>)");
}
