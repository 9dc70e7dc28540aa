// Where paths meet: the rules of residual, add, concat and their by-name forms.
#pragma once
#include "dsl/layer.hpp"

namespace tenon::detail {

// A tensor on its way through the network, as far as the checks follow it.
struct flow {
  dims shape;
  bool trained = false;  // something before it has parameters, so its gradient is wanted
};

// residual(main, shortcut) with the convolution that repairs an identity shortcut; empty where none
// does.
constexpr text shortcut_remedy(const dims& main, const dims& shortcut) {
  text t;
  if (main.rank != shortcut.rank || main.rank == 0) return t;
  int stride[2] = {1, 1};
  for (int d = 1; d < main.rank; ++d) {
    if (main[d] < 1) return t;
    stride[d - 1] = (shortcut[d] + main[d] - 1) / main[d];
    if (stride[d - 1] < 1 || (shortcut[d] - 1) / stride[d - 1] + 1 != main[d]) return t;
  }
  t << "add a second argument: residual(main, ";
  if (main.rank == 1) return t << "linear<" << main[0] << ">)";
  t << "conv" << main.rank - 1 << "d<" << main[0] << ", 1>";
  const bool equal = main.rank == 2 || stride[0] == stride[1];
  if (!equal) t << "(stride<" << stride[0] << ", " << stride[1] << ">)";
  if (equal && stride[0] != 1) t << "(stride<" << stride[0] << ">)";
  return t << ")";
}

constexpr dims complain_of_joint(const dims& a, const dims& b, kind_of_row how, bool bare,
                                 complaint& no) {
  using enum kind_of_row;
  text needs(how == residual ? "main gives " : "joins "), remedy;
  needs << a << (how == residual ? ", shortcut gives " : " with ") << b;
  if (bare) remedy = shortcut_remedy(a, b);
  if (remedy.empty())
    remedy << (how == concat || how == concat_with ? "make all but the channels equal"
                                                   : "make their shapes equal");
  return no(needs, remedy);
}

// The shape of all inputs added or concatenated. `bare`: of a residual without a shortcut.
constexpr flow join(const flow* in, int count, kind_of_row how, bool bare, complaint& no) {
  const bool channels = how == kind_of_row::concat || how == kind_of_row::concat_with;
  flow out = in[0];
  long sum = out.shape[0];
  for (int b = 1; b < count; ++b) {
    dims like = in[b].shape;
    if (channels) like.size[0] = out.shape[0];
    if (like != out.shape) return {complain_of_joint(in[0].shape, in[b].shape, how, bare, no)};
    sum += in[b].shape[0];
    out.trained = out.trained || in[b].trained;
  }
  if (channels && sum > 2'147'483'647)
    return {no("joins more than 2147483647 channels", "use smaller sizes")};
  if (channels) out.shape.size[0] = static_cast<int>(sum);
  return out;
}

}  // namespace tenon::detail
