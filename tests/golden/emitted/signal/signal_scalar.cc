// signal, the scalar twin. Written by tenon 0.1.0 from golden.hpp; do not edit: change the network
//     and build again.
//
// A training step in double: plain loops over logical, contiguous, sample-major arrays. Slow and
// obvious; it says what the fast code means, and gradient checks compare the two.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace emitted::signal::scalar {
namespace {

// Whether an index lies in its tensor; what a read outside gives stands beside it.
bool inside(int index, int extent) { return 0 <= index && index < extent; }

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

// conv1d_1:
// y[c, i] = bias[c] + sum over k of weight[c, 0, k] * x[0, i + k - 1]
// bias [3], weight [3][1][3], x [n][1][12], y [n][3][12].
void conv1d_1(std::size_t n, const double* bias, const double (*weight)[1][3],
    const double (*x)[1][12], double (*y)[3][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 12; ++i) {
        double sum = 0;
        for (int k = 0; k < 3; ++k) {
          const double x_or_zero = inside(i + k - 1, 12) ? x[s][0][i + k - 1] : 0.0;
          sum += weight[c][0][k] * x_or_zero;
        }
        y[s][c][i] = bias[c] + sum;
      }
    }
  }
}

// avg_pool_1:
// y[c, i] = (sum over k of x[c, i + k - 1]) * 0.333333
// x [n][1][12], y [n][1][12].
void avg_pool_1(std::size_t n, const double (*x)[1][12], double (*y)[1][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        const double x_or_zero = inside(i + k - 1, 12) ? x[s][0][i + k - 1] : 0.0;
        sum += x_or_zero;
      }
      y[s][0][i] = sum * 0.3333333333333333;
    }
  }
}

// concat_1:
// y[c, i] = x[c, i]
// x [n][3][12], y [n][4][12].
void concat_1(std::size_t n, const double (*x)[3][12], double (*y)[4][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 12; ++i) {
        y[s][c][i] = x[s][c][i];
      }
    }
  }
}

// concat_1_2:
// y[c + 3, i] = x[c, i]
// x [n][1][12], y [n][4][12].
void concat_1_2(std::size_t n, const double (*x)[1][12], double (*y)[4][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      y[s][3][i] = x[s][0][i];
    }
  }
}

// mean_squared_error_1_sum:
// sum = sum over samples of sum over k, u of (x[k, u] - target[k, u]) * (x[k, u] - target[k, u])
// x [n][4][12], target [n][4][12], sum one number.
void mean_squared_error_1_sum(std::size_t n, const double (*x)[4][12],
    const double (*target)[4][12], double& sum) {
  double total = 0;
  for (std::size_t s = 0; s < n; ++s) {
    double sum_2 = 0;
    for (int k = 0; k < 4; ++k) {
      for (int u = 0; u < 12; ++u) {
        sum_2 += (x[s][k][u] - target[s][k][u]) * (x[s][k][u] - target[s][k][u]);
      }
    }
    total += sum_2;
  }
  sum = total;
}

// mean_squared_error_1_loss:
// loss = sum / (n * 48)
// sum one number, loss one number.
void mean_squared_error_1_loss(std::size_t n, double sum, double& loss) {
  loss = sum / (static_cast<double>(n) * 48.0);
}

// mean_squared_error_1_gradient:
// d_x[c, i] = (x[c, i] - target[c, i]) * 0.0416667 / n
// x [n][4][12], target [n][4][12], d_x [n][4][12].
void mean_squared_error_1_gradient(std::size_t n, const double (*x)[4][12],
    const double (*target)[4][12], double (*d_x)[4][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 12; ++i) {
        d_x[s][c][i] = (x[s][c][i] - target[s][c][i]) * 0.041666666666666664 /
            static_cast<double>(n);
      }
    }
  }
}

// concat_1_input_gradient:
// d_x[c, i] = d_y[c + 3, i]
// d_y [n][4][12], d_x [n][1][12].
void concat_1_input_gradient(std::size_t n, const double (*d_y)[4][12], double (*d_x)[1][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      d_x[s][0][i] = d_y[s][3][i];
    }
  }
}

// concat_1_input_gradient_2:
// d_x[c, i] = d_y[c, i]
// d_y [n][4][12], d_x [n][3][12].
void concat_1_input_gradient_2(std::size_t n, const double (*d_y)[4][12], double (*d_x)[3][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 12; ++i) {
        d_x[s][c][i] = d_y[s][c][i];
      }
    }
  }
}

// avg_pool_1_input_gradient:
// d_x[c, i] = (sum over k of d_y[c, i - k + 1]) * 0.333333
// d_y [n][1][12], d_x [n][1][12].
void avg_pool_1_input_gradient(std::size_t n, const double (*d_y)[1][12], double (*d_x)[1][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        const double d_y_or_zero = inside(i + 1 - k, 12) ? d_y[s][0][i + 1 - k] : 0.0;
        sum += d_y_or_zero;
      }
      d_x[s][0][i] = sum * 0.3333333333333333;
    }
  }
}

// conv1d_1_input_gradient:
// d_x[0, i] = sum over k, u of d_y[k, i - u + 1] * weight[k, 0, u]
// d_y [n][3][12], weight [3][1][3], d_x [n][1][12].
void conv1d_1_input_gradient(std::size_t n, const double (*d_y)[3][12],
    const double (*weight)[1][3], double (*d_x)[1][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        for (int u = 0; u < 3; ++u) {
          const double d_y_or_zero = inside(i + 1 - u, 12) ? d_y[s][k][i + 1 - u] : 0.0;
          sum += d_y_or_zero * weight[k][0][u];
        }
      }
      d_x[s][0][i] = sum;
    }
  }
}

// conv1d_1_weight_gradient:
// d_weight[c, 0, i] = sum over samples of sum over k of d_y[c, k] * x[0, i + k - 1]
// d_y [n][3][12], x [n][1][12], d_weight [3][1][3].
void conv1d_1_weight_gradient(std::size_t n, const double (*d_y)[3][12], const double (*x)[1][12],
    double (*d_weight)[1][3]) {
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < 3; ++i) {
      double total = 0;
      for (std::size_t s = 0; s < n; ++s) {
        double sum = 0;
        for (int k = 0; k < 12; ++k) {
          const double x_or_zero = inside(i + k - 1, 12) ? x[s][0][i + k - 1] : 0.0;
          sum += d_y[s][c][k] * x_or_zero;
        }
        total += sum;
      }
      d_weight[c][0][i] = total;
    }
  }
}

// conv1d_1_bias_gradient:
// d_bias[i] = sum over samples of sum over k of d_y[i, k]
// d_y [n][3][12], d_bias [3].
void conv1d_1_bias_gradient(std::size_t n, const double (*d_y)[3][12], double* d_bias) {
  for (int i = 0; i < 3; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double sum = 0;
      for (int k = 0; k < 12; ++k) {
        sum += d_y[s][i][k];
      }
      total += sum;
    }
    d_bias[i] = total;
  }
}

// input_gradient_sum:
// d_x[c, i] = d_y[c, i] + d_y_2[c, i]
// d_y [n][1][12], d_y_2 [n][1][12], d_x [n][1][12].
void input_gradient_sum(std::size_t n, const double (*d_y)[1][12], const double (*d_y_2)[1][12],
    double (*d_x)[1][12]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 12; ++i) {
      d_x[s][0][i] = d_y[s][0][i] + d_y_2[s][0][i];
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
  const auto input = view<double[1][12]>(x);
  const auto targets = view<double[4][12]>(target);
  const auto conv1d_1_weight = view<double[1][3]>(parameters);
  const double* const conv1d_1_bias = parameters + 9;

  const array<double[3][12]> conv1d_1(n);
  kernel::conv1d_1(n, conv1d_1_bias, conv1d_1_weight, input, conv1d_1);
  const array<double[1][12]> avg_pool_1(n);
  kernel::avg_pool_1(n, input, avg_pool_1);
  const array<double[4][12]> concat_1(n);
  kernel::concat_1(n, conv1d_1, concat_1);
  kernel::concat_1_2(n, avg_pool_1, concat_1);
  double mean_squared_error_1_sum = 0;
  kernel::mean_squared_error_1_sum(n, concat_1, targets, mean_squared_error_1_sum);
  double mean_squared_error_1_loss = 0;
  kernel::mean_squared_error_1_loss(n, mean_squared_error_1_sum, mean_squared_error_1_loss);
  if (y != nullptr) concat_1.copy_to(y);
  if (d_parameters == nullptr && d_x == nullptr) return mean_squared_error_1_loss;

  const array<double[4][12]> concat_1_gradient(n);
  kernel::mean_squared_error_1_gradient(n, concat_1, targets, concat_1_gradient);
  const array<double[1][12]> avg_pool_1_gradient(n);
  kernel::concat_1_input_gradient(n, concat_1_gradient, avg_pool_1_gradient);
  const array<double[3][12]> conv1d_1_gradient(n);
  kernel::concat_1_input_gradient_2(n, concat_1_gradient, conv1d_1_gradient);
  const array<double[1][12]> input_gradient(n);
  kernel::avg_pool_1_input_gradient(n, avg_pool_1_gradient, input_gradient);
  const array<double[1][12]> input_gradient_2(n);
  kernel::conv1d_1_input_gradient(n, conv1d_1_gradient, conv1d_1_weight, input_gradient_2);
  const array<double[1][3]> conv1d_1_weight_gradient(3);
  kernel::conv1d_1_weight_gradient(n, conv1d_1_gradient, input, conv1d_1_weight_gradient);
  const array<double> conv1d_1_bias_gradient(3);
  kernel::conv1d_1_bias_gradient(n, conv1d_1_gradient, conv1d_1_bias_gradient);
  const array<double[1][12]> input_gradient_sum(n);
  kernel::input_gradient_sum(n, input_gradient, input_gradient_2, input_gradient_sum);
  if (spreads != nullptr) {
    spreads[0] = conv1d_1.deviation();
    spreads[1] = conv1d_1_gradient.deviation();
    spreads[2] = avg_pool_1.deviation();
    spreads[3] = avg_pool_1_gradient.deviation();
    spreads[4] = concat_1.deviation();
    spreads[5] = concat_1_gradient.deviation();
  }
  if (d_x != nullptr) input_gradient_sum.copy_to(d_x);
  if (d_parameters == nullptr) return mean_squared_error_1_loss;
  std::fill_n(d_parameters, 12, 0.0);
  conv1d_1_weight_gradient.copy_to(d_parameters);
  conv1d_1_bias_gradient.copy_to(d_parameters + 9);
  return mean_squared_error_1_loss;
}

}  // namespace emitted::signal::scalar
