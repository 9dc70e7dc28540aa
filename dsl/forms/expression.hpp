// Scalar expressions: what a kernel computes for one element. An immutable DAG with value semantics.
// A kernel's expression holds at most one reduction (sum, maximum, first_maximum) over its own axes;
// what stands around the reduction is the epilogue. Reads are affine; outside its tensor a read gives `outside`.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "dsl/forms/affine.hpp"

namespace tenon::forms {

enum class op : std::uint8_t {
  constant,    // number
  read,        // tensor[index...], or `number` where an index is outside (zero; -infinity for maxima)
  position,    // the affine index itself, as a number
  batch_size,  // n, the number of live samples in this call
  uniform,     // random number in [0, 1): Philox by (element, sample, step, stream); `index` holds one affine, the element
  draw,        // the same, drawn once per step: by (element, step, stream); `index` likewise
  table,       // numbers[index]: literal coefficients, read at one affine index
  live,        // select: args[0] where the sample is one of the n live ones, else 0 (never a product: 0 * infinity)
  add, subtract, multiply, divide, negate, maximum_of, minimum_of,
  exp, log, tanh, sigmoid, erf, sqrt,
  greater,     // a > b, as 1 or 0; only as the first argument of select
  equal,       // a == b, likewise
  select,      // args[0] ? args[1] : args[2]
  sum,            // reductions over `axes`
  maximum,
  first_maximum,  // row-major position, among `axes`, of the first maximum
};

class expr;
struct node;

class expr {
 public:
  expr() = default;
  explicit(false) expr(double number);
  explicit(false) expr(float number) : expr(static_cast<double>(number)) {}
  explicit(false) expr(int number) : expr(static_cast<double>(number)) {}
  explicit expr(node n);
  const node& operator*() const { return *node_; }
  const node* operator->() const { return node_.get(); }
  const node* get() const { return node_.get(); }
  explicit operator bool() const { return node_ != nullptr; }

 private:
  std::shared_ptr<const node> node_;
};

struct node {
  op kind = op::constant;
  double number = 0;          // constant; read: the value outside the tensor
  int tensor = -1;            // read
  int stream = 0;             // uniform, draw: numbers the layer's use of randomness
  std::vector<affine> index{};  // read: one per dimension; position, uniform, draw, table: one
  std::vector<axis> axes{};     // reductions
  std::vector<expr> args{};
  std::vector<double> numbers{};  // table
};

inline expr::expr(double number) : node_(std::make_shared<const node>(node{.number = number})) {}
inline expr::expr(node n) : node_(std::make_shared<const node>(std::move(n))) {}

namespace detail {
inline expr make(op kind, std::vector<expr> args) { return expr(node{.kind = kind, .args = std::move(args)}); }
}  // namespace detail

inline bool is_constant(const expr& e) { return e->kind == op::constant; }
inline bool is_constant(const expr& e, double number) { return is_constant(e) && e->number == number; }

// Only rewritings that are exact in floating point: x + 0 would change -0, so 0 is dropped where it is a literal 0 term.
inline expr operator+(const expr& a, const expr& b) {
  if (is_constant(a, 0)) return b;
  if (is_constant(b, 0)) return a;
  return detail::make(op::add, {a, b});
}
inline expr operator-(const expr& a, const expr& b) {
  if (is_constant(b, 0)) return a;
  return detail::make(op::subtract, {a, b});
}
inline expr operator-(const expr& a) {
  if (is_constant(a)) return expr(-a->number);
  return detail::make(op::negate, {a});
}
inline expr operator*(const expr& a, const expr& b) {
  if (is_constant(a, 1)) return b;
  if (is_constant(b, 1)) return a;
  return detail::make(op::multiply, {a, b});
}
inline expr operator/(const expr& a, const expr& b) {
  if (is_constant(b, 1)) return a;
  return detail::make(op::divide, {a, b});
}
inline expr max(const expr& a, const expr& b) { return detail::make(op::maximum_of, {a, b}); }
inline expr min(const expr& a, const expr& b) { return detail::make(op::minimum_of, {a, b}); }
inline expr exp(const expr& a) { return detail::make(op::exp, {a}); }
inline expr log(const expr& a) { return detail::make(op::log, {a}); }
inline expr tanh(const expr& a) { return detail::make(op::tanh, {a}); }
inline expr sigmoid(const expr& a) { return detail::make(op::sigmoid, {a}); }
inline expr erf(const expr& a) { return detail::make(op::erf, {a}); }
inline expr sqrt(const expr& a) { return detail::make(op::sqrt, {a}); }
inline expr greater(const expr& a, const expr& b) { return detail::make(op::greater, {a, b}); }
inline expr equal(const expr& a, const expr& b) { return detail::make(op::equal, {a, b}); }
inline expr select(const expr& condition, const expr& yes, const expr& no) {
  return detail::make(op::select, {condition, yes, no});
}
inline expr live(const expr& a) { return detail::make(op::live, {a}); }
inline expr position(const affine& a) { return expr(node{.kind = op::position, .index = {a}}); }
inline expr table(std::vector<double> numbers, const affine& at) {
  return expr(node{.kind = op::table, .index = {at}, .numbers = std::move(numbers)});
}
inline expr batch_size() { return expr(node{.kind = op::batch_size}); }

inline expr sum(std::vector<axis> over, const expr& body) {
  return expr(node{.kind = op::sum, .axes = std::move(over), .args = {body}});
}
inline expr maximum(std::vector<axis> over, const expr& body) {
  return expr(node{.kind = op::maximum, .axes = std::move(over), .args = {body}});
}
inline expr first_maximum(std::vector<axis> over, const expr& body) {
  return expr(node{.kind = op::first_maximum, .axes = std::move(over), .args = {body}});
}

}  // namespace tenon::forms
