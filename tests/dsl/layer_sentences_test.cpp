// The rules of single layers, each with its sentence: sizes, windows, options, settings.
#include "tests/dsl/sentences.hpp"

using namespace tenon;

// NOLINTBEGIN: one case a line reads best
// clang-format off

TEST_CASE("linear layers are flat and of positive size") {
  SAYS("layer 2 of 2: linear<10> receives [1, 28, 28], but needs a flat input; put flatten before it",
       input<1, 28, 28> | linear<10>);
  SAYS("layer 2 of 2: linear<0> receives [4], but has a size that is not positive; correct the number",
       input<4> | linear<0>);
  SAYS("layer 2 of 2: linear<3> receives [4], but does not know the option same; it knows no_bias, init<he_normal>, weight_norm, weight_standardization, drop_connect<drop(0.5)>, weight_noise<0.01>",
       input<4> | linear<3>(same));
  SAYS("layer 2 of 2: linear<3>(no_bias) receives [4], but has the option no_bias twice; keep one of them",
       input<4> | linear<3>(no_bias, no_bias));
}

TEST_CASE("initial weights have one scheme, whose spread and gain are positive") {
  SAYS("layer 2 of 2: linear<3>(init<?>) receives [4], but has an init<...> that says no scheme; write init<he_normal>, init<he_uniform, gain<relu>> or init<normal<0.01>>",
       input<4> | linear<3>(init<>));
  SAYS("layer 2 of 2: linear<3>(init<?, gain<2>>) receives [4], but has an init<...> that says no scheme; write init<he_normal>, init<he_uniform, gain<relu>> or init<normal<0.01>>",
       input<4> | linear<3>(init<gain<2>>));
  SAYS("layer 2 of 2: linear<3>(init<he_normal, gain<1>>) receives [4], but has an init<...> that says no scheme; write init<he_normal>, init<he_uniform, gain<relu>> or init<normal<0.01>>",
       input<4> | linear<3>(init<he_normal, gain<gelu>>));  // PyTorch has no gain for it
  SAYS("layer 2 of 2: linear<3>(init<lecun_normal>) receives [4], but has an init<...> that says no scheme; write init<he_normal>, init<he_uniform, gain<relu>> or init<normal<0.01>>",
       input<4> | linear<3>(init<he_normal, lecun_normal>));
  SAYS("layer 2 of 2: linear<3>(init<he_normal, gain<0>>) receives [4], but has a gain that is not positive; write a number, such as gain<1.5>",
       input<4> | linear<3>(init<he_normal, gain<0>>));
  SAYS("layer 2 of 2: linear<3>(init<normal<0>>) receives [4], but has initial weights whose spread is not positive; write a number, such as init<normal<0.01>>",
       input<4> | linear<3>(init<normal<0>>));
  SAYS("layer 2 of 2: conv1d<3, 1>(init<normal<0.1>, fan_out>) receives [4, 2], but has a gain or a fan for weights of a given size; leave it out",
       input<4, 2> | conv1d<3, 1>(init<normal<0.1>, fan_out>));
  SAYS("layer 2 of 2: conv1d<3, 1>(init<orthogonal, fan_out>) receives [4, 2], but has a fan for orthogonal weights; leave it out",
       input<4, 2> | conv1d<3, 1>(init<orthogonal, fan_out>));
  SAYS("layer 2 of 2: linear<3>(init<he_normal>) receives [4], but has the option init twice; keep one of them",
       input<4> | linear<3>(init<he_uniform>, init<he_normal>));
}

TEST_CASE("weights are rescaled once, and where there are some") {
  SAYS("layer 2 of 2: linear<3>(weight_standardization) receives [4], but rescales its weights twice; keep one of weight_norm and weight_standardization",
       input<4> | linear<3>(weight_norm, weight_standardization));
  SAYS("layer 2 of 2: linear<3>(weight_norm) receives [4], but rescales its weights twice; keep one of weight_norm and weight_standardization",
       input<4> | linear<3>(weight_norm, weight_norm));
  SAYS("layer 2 of 2: linear<3> receives [4], but drops connections with a bare number; say which: drop_connect<drop(0.5)> or drop_connect<keep(0.5)>",
       input<4> | linear<3>(drop_connect<0.5>));
  SAYS("layer 2 of 2: linear<3>(drop_connect<drop(1)>) receives [4], but drops connections with a probability outside [0, 1); write a number from 0 to below 1, such as drop_connect<drop(0.5)>",
       input<4> | linear<3>(drop_connect<drop(1)>));
  SAYS("layer 2 of 2: linear<3>(weight_noise<-1>) receives [4], but has weight noise of a standard deviation that is negative or not finite; write a number from 0 upwards, such as weight_noise<0.01>",
       input<4> | linear<3>(weight_noise<-1.0>));
  SAYS("layer 2 of 2: linear<3>(weight_standardization) receives [1], but standardises a single weight per output, which leaves nothing; use weight_norm, or no option",
       input<1> | linear<3>(weight_standardization));
  SAYS("layer 2 of 2: conv2d<4, 1>(depthwise, weight_standardization) receives [4, 3, 3], but standardises a single weight per output, which leaves nothing; use weight_norm, or no option",
       input<4, 3, 3> | conv2d<4, 1>(depthwise, weight_standardization));
  SAYS("layer 2 of 2: max_pool<2> receives [4, 4, 4], but does not know the option weight_norm; it knows stride<S>, padding<P>, floor_",
       input<4, 4, 4> | max_pool<2>(weight_norm));
  SAYS("layer 2 of 2: batch_norm receives [4], but does not know the option weight_norm; it knows epsilon<1e-5>, momentum<0.1>, cumulative, no_affine",
       input<4> | batch_norm(weight_norm));
}

TEST_CASE("windows are positive, fit their input and know their options") {
  SAYS("layer 2 of 2: conv2d<16> receives [3, 8, 8], but has no kernel size; write conv2d<16, 3>",
       input<3, 8, 8> | conv2d<16>);
  SAYS("layer 2 of 2: conv2d<0, 3> receives [3, 8, 8], but has a number of channels that is not positive; correct the number",
       input<3, 8, 8> | conv2d<0, 3>);
  SAYS("layer 2 of 2: conv2d<4, 0> receives [3, 8, 8], but has a size that is not positive; correct the number",
       input<3, 8, 8> | conv2d<4, 0>);
  SAYS("layer 2 of 2: conv2d<4, ?> receives [3, 8, 8], but has a kernel that is no whole number; write one number, or kernel<3, 1>",
       input<3, 8, 8> | conv2d<4, 2.5>);
  SAYS("layer 2 of 2: conv2d<4, 3>(stride<0>) receives [3, 8, 8], but has a size that is not positive; correct the number",
       input<3, 8, 8> | conv2d<4, 3>(stride<0>));
  SAYS("layer 2 of 2: conv2d<4, 3>(padding<-1>) receives [3, 8, 8], but has a negative padding; correct the number",
       input<3, 8, 8> | conv2d<4, 3>(padding<-1>));
  SAYS("layer 2 of 2: conv2d<4, 70000> receives [3, 8, 8], but has a size over 65535; correct the number",
       input<3, 8, 8> | conv2d<4, 70000>);
  SAYS("layer 2 of 2: conv2d<4, 9> receives [3, 8, 8], but has a window of 9x9, larger than its input; use a smaller window, or padding<P>",
       input<3, 8, 8> | conv2d<4, 9>);
  SAYS("layer 2 of 2: conv2d<4, 3>(same, padding<1>) receives [3, 8, 8], but has two options for padding; keep one of same and padding<P>",
       input<3, 8, 8> | conv2d<4, 3>(same, padding<1>));
  SAYS("layer 2 of 2: conv2d<4, 3>(groups<2>, depthwise) receives [3, 8, 8], but has two options for groups; keep one of groups<G> and depthwise",
       input<3, 8, 8> | conv2d<4, 3>(groups<2>, depthwise));
  SAYS("layer 2 of 2: conv2d<4, 3>(groups<2>) receives [3, 8, 8], but its 2 groups do not divide the input channels; choose groups that divide both channel counts",
       input<3, 8, 8> | conv2d<4, 3>(groups<2>));
  SAYS("layer 2 of 2: conv2d<5, 3>(groups<2>) receives [4, 8, 8], but its 2 groups do not divide its 5 channels; choose groups that divide both channel counts",
       input<4, 8, 8> | conv2d<5, 3>(groups<2>));
  SAYS("layer 2 of 2: conv2d<5, 3>(groups<0>) receives [4, 8, 8], but has a size that is not positive; correct the number",
       input<4, 8, 8> | conv2d<5, 3>(groups<0>));
  SAYS("layer 2 of 2: conv2d<5, 3> receives [4, 8, 8], but does not know the option floor_; it knows same, padding<P>, stride<S>, dilation<D>, groups<G>, depthwise, no_bias, init<he_normal>, weight_norm, weight_standardization, drop_connect<drop(0.5)>, weight_noise<0.01>",
       input<4, 8, 8> | conv2d<5, 3>(floor_));
  SAYS("layer 2 of 2: conv2d<5, 3>(stride<2>) receives [4, 8, 8], but has the option stride twice; keep one of them",
       input<4, 8, 8> | conv2d<5, 3>(stride<2>, stride<2>));
  SAYS("layer 2 of 2: conv2d<5, 3> receives [784], but needs [channels, height, width]; move it before flatten, or declare input<C, H, W>",
       input<784> | conv2d<5, 3>);
  SAYS("layer 2 of 2: conv2d<5, 3> receives [4, 8], but needs [channels, height, width]; use conv1d, or declare input<C, H, W>",
       input<4, 8> | conv2d<5, 3>);
  SAYS("layer 2 of 2: conv1d<5, 3> receives [4, 8, 8], but needs [channels, length]; use conv2d, or declare input<C, L>",
       input<4, 8, 8> | conv1d<5, 3>);
  SAYS("layer 2 of 2: conv1d<5, 3> receives [4], but needs [channels, length]; move it before flatten, or declare input<C, L>",
       input<4> | conv1d<5, 3>);
  SAYS("layer 2 of 2: conv1d<5, kernel<3, 1>> receives [4, 8], but has options of two numbers for one length; give one number, such as kernel<3>",
       input<4, 8> | conv1d<5, kernel<3, 1>>);
  SAYS("layer 2 of 2: conv1d<5> receives [4, 8], but has no kernel size; write conv1d<5, 3>",
       input<4, 8> | conv1d<5>);
}

TEST_CASE("pooling windows cover their input") {
  SAYS("layer 2 of 2: max_pool<4> receives [6, 14, 14], but its windows leave 2 rows over; use max_pool<2>, or add floor_ to drop what is left",
       input<6, 14, 14> | max_pool<4>);
  SAYS("layer 2 of 2: max_pool<4> receives [6, 15, 15], but its windows leave 3 rows over; use max_pool<3>, or add floor_ to drop what is left",
       input<6, 15, 15> | max_pool<4>);
  SAYS("layer 2 of 2: avg_pool<4> receives [6, 15], but its windows leave 3 elements over; use avg_pool<3>, or add floor_ to drop what is left",
       input<6, 15> | avg_pool<4>);
  SAYS("layer 2 of 2: avg_pool<3>(padding<2>) receives [6, 15], but has a padding of more than half its window; use at most half the window",
       input<6, 15> | avg_pool<3>(padding<2>));
  SAYS("layer 2 of 2: max_pool<16> receives [6, 15], but has a window of 16, larger than its input; use a smaller window, or padding<P>",
       input<6, 15> | max_pool<16>);
  SAYS("layer 2 of 2: max_pool<2> receives [6], but needs [channels, length] or [channels, height, width]; move it before flatten",
       input<6> | max_pool<2>);
  SAYS("layer 2 of 2: max_pool<> receives [6, 15], but has no window size; write max_pool<2>",
       input<6, 15> | max_pool<>);
  SAYS("layer 2 of 2: max_pool<3> receives [6, 15], but does not know the option same; it knows stride<S>, padding<P>, floor_",
       input<6, 15> | max_pool<3>(same));
  SAYS("layer 2 of 2: max_pool<2> receives [6, 15], but has the option stride twice; keep one of them",
       input<6, 15> | max_pool<2>(stride<1>, stride<2>));
  SAYS("layer 2 of 2: global_avg_pool receives [6], but needs [channels, ...]; remove it: its input is flat already",
       input<6> | global_avg_pool);
}

TEST_CASE("probabilities are named and between 0 and 1") {
  SAYS("layer 2 of 2: dropout<0.5> receives [6], but has a bare number; say which: dropout<drop(0.5)> or dropout<keep(0.5)>",
       input<6> | dropout<0.5>);
  SAYS("layer 2 of 2: dropout<> receives [6], but has no probability; write dropout<drop(0.5)> or dropout<keep(0.5)>",
       input<6> | dropout<>);
  SAYS("layer 2 of 2: dropout<drop(1)> receives [6], but drops with a probability outside [0, 1); write a number from 0 to below 1, such as drop(0.5)",
       input<6> | dropout<drop(1)>);
  SAYS("layer 2 of 2: dropout<keep(0)> receives [6], but keeps with a probability outside (0, 1]; write a number over 0 and up to 1, such as keep(0.8)",
       input<6> | dropout<keep(0)>);
  SAYS("layer 2 of 2: dropout<keep(1.5)> receives [6], but keeps with a probability outside (0, 1]; write a number over 0 and up to 1, such as keep(0.8)",
       input<6> | dropout<keep(1.5)>);
  SAYS("layer 2 of 2: dropout<drop(-0.5)> receives [6], but drops with a probability outside [0, 1); write a number from 0 to below 1, such as drop(0.5)",
       input<6> | dropout<drop(-0.5)>);
  SAYS("layer 2 of 2: dropout<2> receives [6], but has a bare number; say which: dropout<drop(0.5)> or dropout<keep(0.5)>",
       input<6> | dropout<2>);
  SAYS("layer 2 of 2: dropout<> receives [6], but has no probability; write dropout<drop(0.5)> or dropout<keep(0.5)>",
       input<6> | dropout<relu>);
}

TEST_CASE("noise has a probability or a deviation that makes sense") {
  SAYS("layer 2 of 2: spatial_dropout<0.5> receives [6, 5], but has a bare number; say which: spatial_dropout<drop(0.5)> or spatial_dropout<keep(0.5)>",
       input<6, 5> | spatial_dropout<0.5>);
  SAYS("layer 2 of 2: spatial_dropout<drop(1)> receives [6, 5], but drops with a probability outside [0, 1); write a number from 0 to below 1, such as drop(0.5)",
       input<6, 5> | spatial_dropout<drop(1)>);
  SAYS("layer 2 of 2: gaussian_noise<-0.5> receives [6], but has a standard deviation that is negative or not finite; write a number from 0 upwards, such as gaussian_noise<0.1>",
       input<6> | gaussian_noise<-0.5>);
}

TEST_CASE("vanilla dropout stands before weights that can take its factor") {
  SAYS("layer 2 of 4: dropout<drop(0.5)>(vanilla) receives [6], but leaves evaluation a factor for the weights behind it, and relu has none that are linear in its input; put it directly before a linear layer or a convolution, or leave out vanilla",
       input<6> | dropout<drop(0.5)>(vanilla) | relu | linear<3>);
  SAYS("layer 3 of 3: dropout<drop(0.5)>(vanilla) receives [3], but leaves evaluation a factor for the weights behind it, and there are none; put it directly before a linear layer or a convolution, or leave out vanilla",
       input<6> | linear<3> | dropout<drop(0.5)>(vanilla));
  SAYS("layer 2 of 2: dropout<drop(0.5)> receives [6], but does not know the option same; it knows vanilla",
       input<6> | dropout<drop(0.5)>(same));
}

TEST_CASE("stochastic depth bypasses a block that keeps its shape") {
  SAYS("layer 2 of 2: stochastic_depth<drop(0.5)>(block) main gives [5], shortcut gives [6]; make their shapes equal",
       input<6> | stochastic_depth<drop(0.5)>(linear<5>));
  SAYS("layer 2 of 2: stochastic_depth<0.5>(block) has a bare number; say which: stochastic_depth<drop(0.5)> or stochastic_depth<keep(0.5)>",
       input<6> | stochastic_depth<0.5>(relu));
  SAYS("layer 2 of 2: stochastic_depth<drop(0.5)>(block, per_batch) has two options for who is dropped together; keep one of per_sample and per_batch",
       input<6> | stochastic_depth<drop(0.5)>(relu, per_batch, per_sample));
  SAYS("layer 2 of 2: stochastic_depth<drop(0.5)>(block) does not know the option same; it knows per_sample, per_batch, linear_decay",
       input<6> | stochastic_depth<drop(0.5)>(relu, same));
}

TEST_CASE("transposed convolutions give something, of sizes that fit") {
  SAYS("layer 2 of 2: conv2d_transpose<4> receives [3, 4, 4], but has no kernel size; write conv2d_transpose<4, 2>",
       input<3, 4, 4> | conv2d_transpose<4>);
  SAYS("layer 2 of 2: conv2d_transpose<4, 2> receives [3, 4, 4], but does not know the option same; it knows padding<P>, output_padding<P>, stride<S>, dilation<D>, groups<G>, no_bias, init<he_normal>",
       input<3, 4, 4> | conv2d_transpose<4, 2>(same));
  SAYS("layer 2 of 2: conv2d_transpose<4, 2> receives [3, 4], but needs [channels, height, width]; use conv1d_transpose, or declare input<C, H, W>",
       input<3, 4> | conv2d_transpose<4, 2>);
  SAYS("layer 2 of 2: conv1d_transpose<4, 2> receives [3, 4, 4], but needs [channels, length]; use conv2d_transpose, or declare input<C, L>",
       input<3, 4, 4> | conv1d_transpose<4, 2>);
  SAYS("layer 2 of 2: conv1d_transpose<4, 2>(stride<1, 2>) receives [3, 4], but has options of two numbers for one length; give one number, such as kernel<3>",
       input<3, 4> | conv1d_transpose<4, 2>(stride<1, 2>));
  SAYS("layer 2 of 2: conv1d_transpose<4, 3>(stride<2>, output_padding<2>) receives [3, 4], but has an output padding of 2; use one from 0 to below the stride (or the dilation, if that is larger)",
       input<3, 4> | conv1d_transpose<4, 3>(stride<2>, output_padding<2>));
  SAYS("layer 2 of 2: conv1d_transpose<4, 3>(padding<3>) receives [3, 4], but has a padding that leaves nothing; use a smaller padding",
       input<3, 4> | conv1d_transpose<4, 3>(padding<3>));
  SAYS("layer 2 of 2: conv1d_transpose<4, 3>(groups<2>) receives [3, 4], but its 2 groups do not divide 3 and 4 channels; choose groups that divide both channel counts",
       input<3, 4> | conv1d_transpose<4, 3>(groups<2>));
  SAYS("layer 2 of 2: conv1d_transpose<0, 3> receives [3, 4], but has a number of channels that is not positive; correct the number",
       input<3, 4> | conv1d_transpose<0, 3>);
}

TEST_CASE("upsampling and padding have whole sizes and something to work on") {
  SAYS("layer 2 of 2: upsample<0> receives [3, 4], but has a size that is not positive; correct the number",
       input<3, 4> | upsample<0>);
  SAYS("layer 2 of 2: upsample<2> receives [4], but needs [channels, length] or [channels, height, width]; move it before flatten",
       input<4> | upsample<2>);
  SAYS("layer 2 of 2: upsample<2, 1> receives [3, 4], but has two numbers for one length; give one number, such as upsample<2>",
       input<3, 4> | upsample<2, 1>);
  SAYS("layer 2 of 2: upsample<1000000> receives [3, 40000], but gives more than 2147483647 elements; use smaller sizes",
       input<3, 40000> | upsample<1000000>);
  SAYS("layer 2 of 2: pad<-1> receives [3, 4], but has a negative size; correct the number",
       input<3, 4> | pad<-1>);
  SAYS("layer 2 of 2: pad<70000> receives [3, 4], but has a size over 65535; correct the number",
       input<3, 4> | pad<70000>);
  SAYS("layer 2 of 2: pad<1, 2> receives [3, 4], but has two numbers for one length; give one number, such as pad<1>",
       input<3, 4> | pad<1, 2>);
  SAYS("layer 2 of 2: pad<1> receives [4], but needs [channels, length] or [channels, height, width]; move it before flatten",
       input<4> | pad<1>);
}

TEST_CASE("settings are in range") {
  SAYS("layer 2 of 2: leaky_relu<-0.5> receives [6], but has a slope outside 0 to 1; write a slope from 0 to 1, such as leaky_relu<0.01>",
       input<6> | leaky_relu<-0.5>);
  SAYS("layer 2 of 2: leaky_relu<2> receives [6], but has a slope outside 0 to 1; write a slope from 0 to 1, such as leaky_relu<0.01>",
       input<6> | leaky_relu<2>);
  SAYS("layer 2 of 2: batch_norm(momentum<2>) receives [6], but has a momentum outside 0 to 1; write the weight of the new value, such as momentum<0.1>",
       input<6> | batch_norm(momentum<2.0>));
  SAYS("layer 2 of 2: batch_norm(epsilon<0>) receives [6], but has an epsilon that is not positive; write a small number, such as epsilon<1e-5>",
       input<6> | batch_norm(epsilon<0.0>));
  SAYS("layer 2 of 2: batch_norm receives [6], but does not know the option floor_; it knows epsilon<1e-5>, momentum<0.1>, cumulative, no_affine",
       input<6> | batch_norm(floor_));
  SAYS("layer 2 of 2: softmax_cross_entropy(label_smoothing<1>) receives [6], but has a label smoothing outside [0, 1); write a number from 0 to below 1, such as label_smoothing<0.1>",
       input<6> | softmax_cross_entropy(label_smoothing<1.0>));
  SAYS("layer 2 of 2: softmax_cross_entropy receives [6], but does not know the option momentum; it knows label_smoothing<0.1>, soft_targets, weighted",
       input<6> | softmax_cross_entropy(momentum<0.1>));
  SAYS("layer 2 of 2: softmax_cross_entropy(soft_targets) receives [6], but has the option soft_targets twice; keep one of them",
       input<6> | softmax_cross_entropy(soft_targets, soft_targets));
  SAYS("layer 2 of 2: softmax_cross_entropy(label_smoothing<-0.1>, weighted) receives [6], but has a label smoothing outside [0, 1); write a number from 0 to below 1, such as label_smoothing<0.1>",
       input<6> | softmax_cross_entropy(weighted, label_smoothing<-0.1>));
  SAYS("layer 2 of 2: mean_squared_error receives [6], but does not know the option soft_targets; it knows weighted",
       input<6> | mean_squared_error(soft_targets));
  SAYS("layer 2 of 2: huber<-1>(weighted) receives [6], but has a delta that is not positive; write a positive number: huber<1.0>",
       input<6> | huber<-1>(weighted));
}

TEST_CASE("norms have something to normalise, and groups that divide the channels") {
  SAYS("layer 2 of 2: layer_norm receives [1], but normalises single values, which leaves nothing of them; put it where a sample has more, or use batch_norm",
       input<1> | layer_norm);
  SAYS("layer 2 of 2: instance_norm receives [6], but normalises single values, which leaves nothing of them; put it where a sample has more, or use batch_norm",
       input<6> | instance_norm);
  SAYS("layer 2 of 2: instance_norm(no_affine) receives [6, 1, 1], but normalises single values, which leaves nothing of them; put it where a sample has more, or use batch_norm",
       input<6, 1, 1> | instance_norm(no_affine));
  SAYS("layer 2 of 2: group_norm<6> receives [6], but normalises single values, which leaves nothing of them; put it where a sample has more, or use batch_norm",
       input<6> | group_norm<6>);
  SAYS("layer 2 of 2: group_norm<4> receives [6, 5], but its 4 groups do not divide the 6 channels; choose a number of groups that does",
       input<6, 5> | group_norm<4>);
  SAYS("layer 2 of 2: group_norm<0> receives [6, 5], but has a number of groups that is not positive; correct the number",
       input<6, 5> | group_norm<0>);
  SAYS("layer 2 of 2: layer_norm(epsilon<0>) receives [6], but has an epsilon that is not positive; write a small number, such as epsilon<1e-5>",
       input<6> | layer_norm(epsilon<0.0>));
  SAYS("layer 2 of 2: layer_norm receives [6], but does not know the option momentum; it knows epsilon<1e-5>, no_affine",
       input<6> | layer_norm(momentum<0.1>));
  SAYS("layer 2 of 2: batch_norm(cumulative) receives [6], but has two options for its running averages; keep one of momentum<M> and cumulative",
       input<6> | batch_norm(momentum<0.1>, cumulative));
  SAYS("layer 2 of 2: batch_norm(momentum<0.2>, cumulative) receives [6], but has two options for its running averages; keep one of momentum<M> and cumulative",
       input<6> | batch_norm(cumulative, momentum<0.2>));
  SAYS("layer 2 of 2: mean_only_batch_norm(momentum<2>) receives [6], but has a momentum outside 0 to 1; write the weight of the new value, such as momentum<0.1>",
       input<6> | mean_only_batch_norm(momentum<2.0>));
  SAYS("layer 2 of 2: mean_only_batch_norm receives [6], but does not know the option epsilon; it knows momentum<0.1>, cumulative, no_affine",
       input<6> | mean_only_batch_norm(epsilon<1e-3>));
}
// clang-format on
// NOLINTEND
