// What becomes of rows in a mode: exact merging or none, and what can be switched off.
#include <doctest/doctest.h>

#include <boost/hana/count_if.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/remove_if.hpp>
#include <string>
#include <tenon/dsl.hpp>

using namespace tenon;

namespace {

// One letter a row: k(ept), d(ropped), m(erged).
template <class Network>
std::string fates_in(mode m, detail::settling how = {}) {
  constexpr int size = detail::table_of<Network>::size;
  const auto f = detail::settle<size>(detail::table_of<Network>::rows, m, how);
  std::string s;
  for (int i = 0; i < size; ++i) s += "kdm"[static_cast<int>(f.of[i])];
  return s;
}

}  // namespace

TEST_CASE("a norm merges into the layer before it, in eval only") {
  struct net final : network<input<4> | linear<4> | batch_norm | relu | dropout<drop(0.5)> |
                             linear<2> | softmax_cross_entropy> {};
  CHECK_EQ(fates_in<net>(mode::train), "kkkkkkk");
  CHECK_EQ(fates_in<net>(mode::eval), "kkmkdkd");
  CHECK_EQ(fates_in<net>(mode::eval, {.merge_affine = false}), "kkkkdkd");
  CHECK_EQ(fates_in<net>(mode::eval, {.drop_identities = false}), "kkmkkkd");
  constexpr auto f = detail::settle<7>(detail::table_of<net>::rows, mode::eval);
  CHECK_EQ(f.into[2], 1);
}

TEST_CASE("nothing but what vanishes may lie between a norm and what absorbs it") {
  struct behind_dropout final : network<input<4> | linear<4> | dropout<drop(0.5)> | batch_norm> {};
  CHECK_EQ(fates_in<behind_dropout>(mode::eval), "kkdm");
  CHECK_EQ(fates_in<behind_dropout>(mode::eval, {.drop_identities = false}), "kkkk");
  struct behind_relu final : network<input<4> | linear<4> | relu | batch_norm> {};
  CHECK_EQ(fates_in<behind_relu>(mode::eval), "kkkk");
  struct first final : network<input<4> | batch_norm | linear<4>> {};
  CHECK_EQ(fates_in<first>(mode::eval), "kkk");
  struct twice final : network<input<4> | linear<4> | batch_norm | batch_norm> {};
  CHECK_EQ(fates_in<twice>(mode::eval), "kkmk");
  struct saved final : network<input<4> | linear<4> | save<"a"> | batch_norm | add_with<"a">> {};
  CHECK_EQ(fates_in<saved>(mode::eval), "kkkkk");
  // The norm behind a join sees a sum, not the convolution in the branch; the one that begins a
  // branch sees both branches' input.
  struct joined final : network<input<4> | residual(linear<4>) | batch_norm> {};
  CHECK_EQ(fates_in<joined>(mode::eval), "kkkkkkk");
  struct begins final : network<input<4> | linear<4> | residual(batch_norm)> {};
  CHECK_EQ(fates_in<begins>(mode::eval), "kkkkkkk");
  struct inside final
      : network<input<4> | residual(linear<4> | batch_norm, linear<4> | batch_norm)> {};
  CHECK_EQ(fates_in<inside>(mode::eval), "kkkmkkmkk");
  // A mark of a repeat is no tensor.
  struct rounds final : network<input<4> | linear<4> | repeat<2>(batch_norm | linear<4>)> {};
  CHECK_EQ(fates_in<rounds>(mode::eval), "kkkmkkmkk");
}

TEST_CASE("dropout that drops nothing vanishes in training too") {
  struct net final : network<input<4> | dropout<drop(0)> | dropout<keep(0.9)> | dropout<keep(1)>> {
  };
  CHECK_EQ(fates_in<net>(mode::train), "kdkd");
}

TEST_CASE("the lists of modes hold what is kept") {
  struct net final : network<input<4> | linear<4> | batch_norm | relu | dropout<drop(0.5)> |
                             softmax_cross_entropy> {};
  CHECK(std::is_same_v<train<net>::list, net::list>);
  CHECK(std::is_same_v<eval<net>::list, detail::list_of<decltype(input<4> | linear<4> | relu)>>);
  CHECK(train<net>::in == mode::train);
}

TEST_CASE("evaluation by Monte Carlo keeps the noise, and all else is as in evaluation") {
  struct net final : network<input<4> | linear<4> | batch_norm | relu | dropout<drop(0.5)> |
                             gaussian_noise<0.1> | linear<2> | softmax_cross_entropy> {};
  CHECK_EQ(fates_in<net>(mode::eval_mc), "kkmkkkkd");
  CHECK(eval_mc<net>::in == mode::eval_mc);
  CHECK(contains<eval_mc<net>, dropout_layer>);
  CHECK(!contains<eval_mc<net>, batch_norm_layer>);
  CHECK(!contains<eval<net>, gaussian_noise_layer>);
  // Noise between a norm and the layer that could take it in.
  struct between final : network<input<4> | linear<4> | dropout<drop(0.5)> | batch_norm> {};
  CHECK_EQ(fates_in<between>(mode::eval_mc), "kkkk");
  CHECK_EQ(fates_in<between>(mode::eval), "kkdm");
}

TEST_CASE("a frozen block counts as parameters and not as trained ones; its marks are no tensors") {
  struct net final : network<input<4> | linear<4> | freeze(batch_norm | linear<3>) | linear<2>> {};
  CHECK_EQ(fates_in<net>(mode::eval), "kkkmkkk");
  CHECK(parameters<net> == 20 + 8 + 15 + 8);
  CHECK(trainable_parameters<net> == 20 + 8);
  // Multiply-adds 16, 12 and 6: forward; of the weights where they are trained; of the input
  // behind what is trained.
  CHECK(flops<train<net>> == 2 * (2 * 16 + 2 * 12 + 3 * 6));
}

TEST_CASE("a list of layers is a structure of Hana") {
  constexpr auto list = input<4> | linear<4> | relu | linear<2> | relu;
  const auto is_relu = [](auto l) {
    return boost::hana::bool_c<std::is_same_v<decltype(l), relu_layer>>;
  };
  CHECK_EQ(decltype(boost::hana::length(list))::value, 5);
  CHECK_EQ(decltype(boost::hana::count_if(list, is_relu))::value, 2);
  CHECK(std::is_same_v<decltype(boost::hana::remove_if(list, is_relu)),
                       detail::list_of<decltype(input<4> | linear<4> | linear<2>)>>);
  CHECK_EQ(boost::hana::fold_left(list, 0,
                                  [](int n, auto l) { return n + decltype(l)::absorbs_affine; }),
           2);
}
