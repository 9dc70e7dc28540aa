// perceptron, the scalar twin. Written by tenon 0.1.0 from golden.hpp; do not edit: change the
//     network and build again.
//
// A training step in double: plain loops over logical, contiguous, sample-major arrays. Slow and
// obvious; it says what the fast code means, and gradient checks compare the two.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace emitted::perceptron::scalar {
namespace {

double larger(double a, double b) { return a > b ? a : b; }

// A flat array as rows: view<double[6][5][5]>(p) is [...][6][5][5].
template <class Row>
const Row* view(const double* p) {
  return reinterpret_cast<const Row*>(p);
}

// Rows on the heap, zero at first: array<double[6][28][28]> a(n) is [n][6][28][28].
template <class Row>
class array {
 public:
  explicit array(std::size_t count)
      : rows_(std::make_unique<Row[]>(count)), size_(count * (sizeof(Row) / sizeof(double))) {}
  operator Row*() const { return rows_.get(); }
  void copy_to(double* to) const {
    std::copy_n(reinterpret_cast<const double*>(rows_.get()), size_, to);
  }
  double deviation() const {
    const double* const values = reinterpret_cast<const double*>(rows_.get());
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < size_; ++i) mean += values[i] / static_cast<double>(size_);
    for (std::size_t i = 0; i < size_; ++i) square += (values[i] - mean) * (values[i] - mean);
    return std::sqrt(square / static_cast<double>(size_));
  }

 private:
  std::unique_ptr<Row[]> rows_;
  std::size_t size_;
};

namespace kernel {

// linear_1:
// y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [7], weight [7][5], x [n][5], y [n][7].
void linear_1(std::size_t n, const double* bias, const double (*weight)[5], const double (*x)[5],
    double (*y)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      double sum = 0;
      for (int k = 0; k < 5; ++k) {
        sum += weight[i][k] * x[s][k];
      }
      y[s][i] = bias[i] + sum;
    }
  }
}

// relu_1:
// y[i] = max(x[i], 0)
// x [n][7], y [n][7].
void relu_1(std::size_t n, const double (*x)[7], double (*y)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      y[s][i] = larger(x[s][i], 0.0);
    }
  }
}

// linear_2:
// y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [7], weight [7][7], x [n][7], y [n][7].
void linear_2(std::size_t n, const double* bias, const double (*weight)[7], const double (*x)[7],
    double (*y)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      double sum = 0;
      for (int k = 0; k < 7; ++k) {
        sum += weight[i][k] * x[s][k];
      }
      y[s][i] = bias[i] + sum;
    }
  }
}

// tanh_1:
// y[i] = tanh(x[i])
// x [n][7], y [n][7].
void tanh_1(std::size_t n, const double (*x)[7], double (*y)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      y[s][i] = std::tanh(x[s][i]);
    }
  }
}

// residual_1:
// y[i] = x[i] + x_2[i]
// x [n][7], x_2 [n][7], y [n][7].
void residual_1(std::size_t n, const double (*x)[7], const double (*x_2)[7], double (*y)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      y[s][i] = x[s][i] + x_2[s][i];
    }
  }
}

// linear_3:
// y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [3], weight [3][7], x [n][7], y [n][3].
void linear_3(std::size_t n, const double* bias, const double (*weight)[7], const double (*x)[7],
    double (*y)[3]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 3; ++i) {
      double sum = 0;
      for (int k = 0; k < 7; ++k) {
        sum += weight[i][k] * x[s][k];
      }
      y[s][i] = bias[i] + sum;
    }
  }
}

// softmax_cross_entropy_1_maximum:
// maximum = maximum over k of x[k]
// x [n][3], maximum [n].
void softmax_cross_entropy_1_maximum(std::size_t n, const double (*x)[3], double* maximum) {
  for (std::size_t s = 0; s < n; ++s) {
    double largest = -std::numeric_limits<double>::infinity();
    for (int k = 0; k < 3; ++k) {
      const double now = x[s][k];
      if (now > largest) largest = now;
    }
    maximum[s] = largest;
  }
}

// softmax_cross_entropy_1_total:
// total = sum over k of exp(x[k] - maximum)
// x [n][3], maximum [n], total [n].
void softmax_cross_entropy_1_total(std::size_t n, const double (*x)[3], const double* maximum,
    double* total) {
  for (std::size_t s = 0; s < n; ++s) {
    double sum = 0;
    for (int k = 0; k < 3; ++k) {
      sum += std::exp(x[s][k] - maximum[s]);
    }
    total[s] = sum;
  }
}

// softmax_cross_entropy_1_sum_of_sample:
// sum_of_sample = log(total) - (sum over k of (k == target ? 1 : 0) * (x[k] - maximum))
// total [n], target [n], x [n][3], maximum [n], sum_of_sample [n].
void softmax_cross_entropy_1_sum_of_sample(std::size_t n, const double* total, const double* target,
    const double (*x)[3], const double* maximum, double* sum_of_sample) {
  for (std::size_t s = 0; s < n; ++s) {
    double sum = 0;
    for (int k = 0; k < 3; ++k) {
      sum += (static_cast<double>(k) == target[s] ? 1.0 : 0.0) * (x[s][k] - maximum[s]);
    }
    sum_of_sample[s] = std::log(total[s]) - sum;
  }
}

// softmax_cross_entropy_1_sum:
// sum = sum over samples of sum_of_sample
// sum_of_sample [n], sum one number.
void softmax_cross_entropy_1_sum(std::size_t n, const double* sum_of_sample, double& sum) {
  double total = 0;
  for (std::size_t s = 0; s < n; ++s) {
    total += sum_of_sample[s];
  }
  sum = total;
}

// softmax_cross_entropy_1_loss:
// loss = sum / n
// sum one number, loss one number.
void softmax_cross_entropy_1_loss(std::size_t n, double sum, double& loss) {
  loss = sum / static_cast<double>(n);
}

// softmax_cross_entropy_1_gradient:
// d_x[i] = (exp(x[i] - maximum) / total - (i == target ? 1 : 0)) / n
// x [n][3], maximum [n], total [n], target [n], d_x [n][3].
void softmax_cross_entropy_1_gradient(std::size_t n, const double (*x)[3], const double* maximum,
    const double* total, const double* target, double (*d_x)[3]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 3; ++i) {
      d_x[s][i] = (std::exp(x[s][i] - maximum[s]) / total[s] -
          (static_cast<double>(i) == target[s] ? 1.0 : 0.0)) / static_cast<double>(n);
    }
  }
}

// linear_3_input_gradient:
// d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [n][3], weight [3][7], d_x [n][7].
void linear_3_input_gradient(std::size_t n, const double (*d_y)[3], const double (*weight)[7],
    double (*d_x)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        sum += d_y[s][k] * weight[k][i];
      }
      d_x[s][i] = sum;
    }
  }
}

// linear_3_weight_gradient:
// d_weight[c, i] = sum over samples of d_y[c] * x[i]
// d_y [n][3], x [n][7], d_weight [3][7].
void linear_3_weight_gradient(std::size_t n, const double (*d_y)[3], const double (*x)[7],
    double (*d_weight)[7]) {
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < 7; ++i) {
      double total = 0;
      for (std::size_t s = 0; s < n; ++s) {
        total += d_y[s][c] * x[s][i];
      }
      d_weight[c][i] = total;
    }
  }
}

// linear_3_bias_gradient:
// d_bias[i] = sum over samples of d_y[i]
// d_y [n][3], d_bias [3].
void linear_3_bias_gradient(std::size_t n, const double (*d_y)[3], double* d_bias) {
  for (int i = 0; i < 3; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      total += d_y[s][i];
    }
    d_bias[i] = total;
  }
}

// tanh_1_gradient:
// d_x[i] = d_y[i] * (1 - y[i] * y[i])
// d_y [n][7], y [n][7], d_x [n][7].
void tanh_1_gradient(std::size_t n, const double (*d_y)[7], const double (*y)[7],
    double (*d_x)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      d_x[s][i] = d_y[s][i] * (1.0 - y[s][i] * y[s][i]);
    }
  }
}

// linear_2_input_gradient:
// d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [n][7], weight [7][7], d_x [n][7].
void linear_2_input_gradient(std::size_t n, const double (*d_y)[7], const double (*weight)[7],
    double (*d_x)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      double sum = 0;
      for (int k = 0; k < 7; ++k) {
        sum += d_y[s][k] * weight[k][i];
      }
      d_x[s][i] = sum;
    }
  }
}

// linear_2_weight_gradient:
// d_weight[c, i] = sum over samples of d_y[c] * x[i]
// d_y [n][7], x [n][7], d_weight [7][7].
void linear_2_weight_gradient(std::size_t n, const double (*d_y)[7], const double (*x)[7],
    double (*d_weight)[7]) {
  for (int c = 0; c < 7; ++c) {
    for (int i = 0; i < 7; ++i) {
      double total = 0;
      for (std::size_t s = 0; s < n; ++s) {
        total += d_y[s][c] * x[s][i];
      }
      d_weight[c][i] = total;
    }
  }
}

// linear_2_bias_gradient, linear_1_bias_gradient:
// d_bias[i] = sum over samples of d_y[i]
// d_y [n][7], d_bias [7].
void linear_2_bias_gradient(std::size_t n, const double (*d_y)[7], double* d_bias) {
  for (int i = 0; i < 7; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      total += d_y[s][i];
    }
    d_bias[i] = total;
  }
}

// relu_1_gradient_sum:
// d_x[i] = d_y[i] + d_y_2[i]
// d_y [n][7], d_y_2 [n][7], d_x [n][7].
void relu_1_gradient_sum(std::size_t n, const double (*d_y)[7], const double (*d_y_2)[7],
    double (*d_x)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      d_x[s][i] = d_y[s][i] + d_y_2[s][i];
    }
  }
}

// relu_1_gradient:
// d_x[i] = (y[i] > 0 ? d_y[i] : 0)
// y [n][7], d_y [n][7], d_x [n][7].
void relu_1_gradient(std::size_t n, const double (*y)[7], const double (*d_y)[7],
    double (*d_x)[7]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 7; ++i) {
      d_x[s][i] = y[s][i] > 0.0 ? d_y[s][i] : 0.0;
    }
  }
}

// linear_1_input_gradient:
// d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [n][7], weight [7][5], d_x [n][5].
void linear_1_input_gradient(std::size_t n, const double (*d_y)[7], const double (*weight)[5],
    double (*d_x)[5]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 5; ++i) {
      double sum = 0;
      for (int k = 0; k < 7; ++k) {
        sum += d_y[s][k] * weight[k][i];
      }
      d_x[s][i] = sum;
    }
  }
}

// linear_1_weight_gradient:
// d_weight[c, i] = sum over samples of d_y[c] * x[i]
// d_y [n][7], x [n][5], d_weight [7][5].
void linear_1_weight_gradient(std::size_t n, const double (*d_y)[7], const double (*x)[5],
    double (*d_weight)[5]) {
  for (int c = 0; c < 7; ++c) {
    for (int i = 0; i < 5; ++i) {
      double total = 0;
      for (std::size_t s = 0; s < n; ++s) {
        total += d_y[s][c] * x[s][i];
      }
      d_weight[c][i] = total;
    }
  }
}

}  // namespace kernel
}  // namespace

// Mean loss of n samples. parameters: all parameters and buffers in order of declaration; likewise
// d_parameters, with 0 for what is not trained. spreads: the deviation of each layer's outputs,
// and of the gradient there. y, d_parameters, d_x and spreads may be null.
double loss(const double* parameters, const double* x, const double* target, std::size_t n,
    [[maybe_unused]] std::uint64_t seed, [[maybe_unused]] std::uint64_t step, double* y,
    double* d_parameters, double* d_x, double* spreads) {
  const auto input = view<double[5]>(x);
  const auto linear_1_weight = view<double[5]>(parameters);
  const double* const linear_1_bias = parameters + 35;
  const auto linear_2_weight = view<double[7]>(parameters + 42);
  const double* const linear_2_bias = parameters + 91;
  const auto linear_3_weight = view<double[7]>(parameters + 98);
  const double* const linear_3_bias = parameters + 119;

  const array<double[7]> linear_1(n);
  kernel::linear_1(n, linear_1_bias, linear_1_weight, input, linear_1);
  const array<double[7]> relu_1(n);
  kernel::relu_1(n, linear_1, relu_1);
  const array<double[7]> linear_2(n);
  kernel::linear_2(n, linear_2_bias, linear_2_weight, relu_1, linear_2);
  const array<double[7]> tanh_1(n);
  kernel::tanh_1(n, linear_2, tanh_1);
  const array<double[7]> residual_1(n);
  kernel::residual_1(n, tanh_1, relu_1, residual_1);
  const array<double[3]> linear_3(n);
  kernel::linear_3(n, linear_3_bias, linear_3_weight, residual_1, linear_3);
  const array<double> softmax_cross_entropy_1_maximum(n);
  kernel::softmax_cross_entropy_1_maximum(n, linear_3, softmax_cross_entropy_1_maximum);
  const array<double> softmax_cross_entropy_1_total(n);
  kernel::softmax_cross_entropy_1_total(n, linear_3, softmax_cross_entropy_1_maximum,
      softmax_cross_entropy_1_total);
  const array<double> softmax_cross_entropy_1_sum_of_sample(n);
  kernel::softmax_cross_entropy_1_sum_of_sample(n, softmax_cross_entropy_1_total, target, linear_3,
      softmax_cross_entropy_1_maximum, softmax_cross_entropy_1_sum_of_sample);
  double softmax_cross_entropy_1_sum = 0;
  kernel::softmax_cross_entropy_1_sum(n, softmax_cross_entropy_1_sum_of_sample,
      softmax_cross_entropy_1_sum);
  double softmax_cross_entropy_1_loss = 0;
  kernel::softmax_cross_entropy_1_loss(n, softmax_cross_entropy_1_sum,
      softmax_cross_entropy_1_loss);
  if (y != nullptr) linear_3.copy_to(y);
  if (d_parameters == nullptr && d_x == nullptr) return softmax_cross_entropy_1_loss;

  const array<double[3]> linear_3_gradient(n);
  kernel::softmax_cross_entropy_1_gradient(n, linear_3, softmax_cross_entropy_1_maximum,
      softmax_cross_entropy_1_total, target, linear_3_gradient);
  const array<double[7]> residual_1_gradient(n);
  kernel::linear_3_input_gradient(n, linear_3_gradient, linear_3_weight, residual_1_gradient);
  const array<double[7]> linear_3_weight_gradient(3);
  kernel::linear_3_weight_gradient(n, linear_3_gradient, residual_1, linear_3_weight_gradient);
  const array<double> linear_3_bias_gradient(3);
  kernel::linear_3_bias_gradient(n, linear_3_gradient, linear_3_bias_gradient);
  const array<double[7]> linear_2_gradient(n);
  kernel::tanh_1_gradient(n, residual_1_gradient, tanh_1, linear_2_gradient);
  const array<double[7]> relu_1_gradient_2(n);
  kernel::linear_2_input_gradient(n, linear_2_gradient, linear_2_weight, relu_1_gradient_2);
  const array<double[7]> linear_2_weight_gradient(7);
  kernel::linear_2_weight_gradient(n, linear_2_gradient, relu_1, linear_2_weight_gradient);
  const array<double> linear_2_bias_gradient(7);
  kernel::linear_2_bias_gradient(n, linear_2_gradient, linear_2_bias_gradient);
  const array<double[7]> relu_1_gradient_sum(n);
  kernel::relu_1_gradient_sum(n, residual_1_gradient, relu_1_gradient_2, relu_1_gradient_sum);
  const array<double[7]> linear_1_gradient(n);
  kernel::relu_1_gradient(n, relu_1, relu_1_gradient_sum, linear_1_gradient);
  const array<double[5]> input_gradient(n);
  kernel::linear_1_input_gradient(n, linear_1_gradient, linear_1_weight, input_gradient);
  const array<double[5]> linear_1_weight_gradient(7);
  kernel::linear_1_weight_gradient(n, linear_1_gradient, input, linear_1_weight_gradient);
  const array<double> linear_1_bias_gradient(7);
  kernel::linear_2_bias_gradient(n, linear_1_gradient, linear_1_bias_gradient);
  if (spreads != nullptr) {
    spreads[0] = linear_1.deviation();
    spreads[1] = linear_1_gradient.deviation();
    spreads[2] = relu_1.deviation();
    spreads[3] = relu_1_gradient_sum.deviation();
    spreads[4] = linear_2.deviation();
    spreads[5] = linear_2_gradient.deviation();
    spreads[6] = tanh_1.deviation();
    spreads[7] = std::numeric_limits<double>::quiet_NaN();
    spreads[8] = residual_1.deviation();
    spreads[9] = residual_1_gradient.deviation();
    spreads[10] = linear_3.deviation();
    spreads[11] = linear_3_gradient.deviation();
  }
  if (d_x != nullptr) input_gradient.copy_to(d_x);
  if (d_parameters == nullptr) return softmax_cross_entropy_1_loss;
  std::fill_n(d_parameters, 122, 0.0);
  linear_1_weight_gradient.copy_to(d_parameters);
  linear_1_bias_gradient.copy_to(d_parameters + 35);
  linear_2_weight_gradient.copy_to(d_parameters + 42);
  linear_2_bias_gradient.copy_to(d_parameters + 91);
  linear_3_weight_gradient.copy_to(d_parameters + 98);
  linear_3_bias_gradient.copy_to(d_parameters + 119);
  return softmax_cross_entropy_1_loss;
}

}  // namespace emitted::perceptron::scalar
