// convolution, the scalar twin. Written by tenon 0.1.0 from golden.hpp; do not edit: change the
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

#include <tenon/random.hpp>  // uniform: Philox4x32-10

namespace emitted::convolution::scalar {
namespace {

// Whether an index lies in its tensor; what a read outside gives stands beside it.
bool inside(int index, int extent) { return 0 <= index && index < extent; }

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

// conv2d_1:
// y[c, i, j] = sum over k, u, v of weight[c, k, u, v] * x[k, i + u - 1, j + v - 1]
// weight [4][2][3][3], x [n][2][8][8], y [n][4][8][8].
void conv2d_1(std::size_t n, const double (*weight)[2][3][3], const double (*x)[2][8][8],
    double (*y)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          double sum = 0;
          for (int k = 0; k < 2; ++k) {
            for (int u = 0; u < 3; ++u) {
              for (int v = 0; v < 3; ++v) {
                const double x_or_zero = inside(i + u - 1, 8) && inside(j + v - 1, 8)
                    ? x[s][k][i + u - 1][j + v - 1] : 0.0;
                sum += weight[c][k][u][v] * x_or_zero;
              }
            }
          }
          y[s][c][i][j] = sum;
        }
      }
    }
  }
}

// batch_norm_1_sum:
// sum[i] = sum over samples of sum over k, u of x[i, k, u]
// x [n][4][8][8], sum [4].
void batch_norm_1_sum(std::size_t n, const double (*x)[4][8][8], double* sum) {
  for (int i = 0; i < 4; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double sum_2 = 0;
      for (int k = 0; k < 8; ++k) {
        for (int u = 0; u < 8; ++u) {
          sum_2 += x[s][i][k][u];
        }
      }
      total += sum_2;
    }
    sum[i] = total;
  }
}

// batch_norm_1_mean:
// mean[i] = sum[i] / (n * 64)
// sum [4], mean [4].
void batch_norm_1_mean(std::size_t n, const double* sum, double* mean) {
  for (int i = 0; i < 4; ++i) {
    mean[i] = sum[i] / (static_cast<double>(n) * 64.0);
  }
}

// batch_norm_1_squares:
// squares[i] = sum over samples of sum over k, u of (x[i, k, u] - mean[i]) * (x[i, k, u] - mean[i])
// x [n][4][8][8], mean [4], squares [4].
void batch_norm_1_squares(std::size_t n, const double (*x)[4][8][8], const double* mean,
    double* squares) {
  for (int i = 0; i < 4; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double sum = 0;
      for (int k = 0; k < 8; ++k) {
        for (int u = 0; u < 8; ++u) {
          sum += (x[s][i][k][u] - mean[i]) * (x[s][i][k][u] - mean[i]);
        }
      }
      total += sum;
    }
    squares[i] = total;
  }
}

// batch_norm_1_rstd:
// rstd[i] = 1 / sqrt(squares[i] / (n * 64) + 1e-05)
// squares [4], rstd [4].
void batch_norm_1_rstd(std::size_t n, const double* squares, double* rstd) {
  for (int i = 0; i < 4; ++i) {
    rstd[i] = 1.0 / std::sqrt(squares[i] / (static_cast<double>(n) * 64.0) + 1e-05);
  }
}

// batch_norm_1:
// y[c, i, j] = (x[c, i, j] - mean[c]) * rstd[c] * weight[c] + bias[c]
// x [n][4][8][8], mean [4], rstd [4], weight [4], bias [4], y [n][4][8][8].
void batch_norm_1(std::size_t n, const double (*x)[4][8][8], const double* mean, const double* rstd,
    const double* weight, const double* bias, double (*y)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          y[s][c][i][j] = (x[s][c][i][j] - mean[c]) * (rstd[c] * weight[c]) + bias[c];
        }
      }
    }
  }
}

// relu_1:
// y[c, i, j] = max(x[c, i, j], 0)
// x [n][4][8][8], y [n][4][8][8].
void relu_1(std::size_t n, const double (*x)[4][8][8], double (*y)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          y[s][c][i][j] = larger(x[s][c][i][j], 0.0);
        }
      }
    }
  }
}

// max_pool_1:
// y[c, i, j] = maximum over k, u of x[c, 2 i + k, 2 j + u]
// x [n][4][8][8], y [n][4][4][4].
void max_pool_1(std::size_t n, const double (*x)[4][8][8], double (*y)[4][4][4]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
          double largest = -std::numeric_limits<double>::infinity();
          for (int k = 0; k < 2; ++k) {
            for (int u = 0; u < 2; ++u) {
              const double now = x[s][c][i * 2 + k][j * 2 + u];
              if (now > largest) largest = now;
            }
          }
          y[s][c][i][j] = largest;
        }
      }
    }
  }
}

// dropout_1_mask:
// mask[i] = (0.6 > uniform() ? 1.66667 : 0)
// mask [n][64].
void dropout_1_mask(std::size_t n, std::uint64_t seed, std::uint64_t step, double (*mask)[64]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 64; ++i) {
      const double random = tenon::uniform(seed, 6, step, static_cast<std::uint32_t>(s),
          static_cast<std::uint32_t>(i));
      mask[s][i] = 0.6 > random ? 1.6666666666666667 : 0.0;
    }
  }
}

// dropout_1:
// y[16 c + 4 i + j] = x[c, i, j] * mask[16 c + 4 i + j]
// x [n][4][4][4], mask [n][64], y [n][64].
void dropout_1(std::size_t n, const double (*x)[4][4][4], const double (*mask)[64],
    double (*y)[64]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
          y[s][c * 16 + i * 4 + j] = x[s][c][i][j] * mask[s][c * 16 + i * 4 + j];
        }
      }
    }
  }
}

// linear_1:
// y[i] = bias[i] + sum over k of weight[i, k] * x[k]
// bias [3], weight [3][64], x [n][64], y [n][3].
void linear_1(std::size_t n, const double* bias, const double (*weight)[64], const double (*x)[64],
    double (*y)[3]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 3; ++i) {
      double sum = 0;
      for (int k = 0; k < 64; ++k) {
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

// linear_1_input_gradient:
// d_x[i] = sum over k of d_y[k] * weight[k, i]
// d_y [n][3], weight [3][64], d_x [n][64].
void linear_1_input_gradient(std::size_t n, const double (*d_y)[3], const double (*weight)[64],
    double (*d_x)[64]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i = 0; i < 64; ++i) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        sum += d_y[s][k] * weight[k][i];
      }
      d_x[s][i] = sum;
    }
  }
}

// linear_1_weight_gradient:
// d_weight[c, i] = sum over samples of d_y[c] * x[i]
// d_y [n][3], x [n][64], d_weight [3][64].
void linear_1_weight_gradient(std::size_t n, const double (*d_y)[3], const double (*x)[64],
    double (*d_weight)[64]) {
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < 64; ++i) {
      double total = 0;
      for (std::size_t s = 0; s < n; ++s) {
        total += d_y[s][c] * x[s][i];
      }
      d_weight[c][i] = total;
    }
  }
}

// linear_1_bias_gradient:
// d_bias[i] = sum over samples of d_y[i]
// d_y [n][3], d_bias [3].
void linear_1_bias_gradient(std::size_t n, const double (*d_y)[3], double* d_bias) {
  for (int i = 0; i < 3; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      total += d_y[s][i];
    }
    d_bias[i] = total;
  }
}

// dropout_1_gradient:
// d_x[c, i, j] = d_y[16 c + 4 i + j] * mask[16 c + 4 i + j]
// d_y [n][64], mask [n][64], d_x [n][4][4][4].
void dropout_1_gradient(std::size_t n, const double (*d_y)[64], const double (*mask)[64],
    double (*d_x)[4][4][4]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
          d_x[s][c][i][j] = d_y[s][c * 16 + i * 4 + j] * mask[s][c * 16 + i * 4 + j];
        }
      }
    }
  }
}

// max_pool_1_first_maximum:
// first[c, i, j] = place of the first maximum over k, u of x[c, 2 i + k, 2 j + u]
// x [n][4][8][8], first [n][4][4][4].
void max_pool_1_first_maximum(std::size_t n, const double (*x)[4][8][8], double (*first)[4][4][4]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
          double largest = -std::numeric_limits<double>::infinity();
          double first_2 = 0;
          for (int k = 0; k < 2; ++k) {
            for (int u = 0; u < 2; ++u) {
              const double now = x[s][c][i * 2 + k][j * 2 + u];
              if (now > largest) largest = now, first_2 = k * 2 + u;
            }
          }
          first[s][c][i][j] = first_2;
        }
      }
    }
  }
}

// max_pool_1_input_gradient:
// d_x[i0, 2 i1 + i2, 2 i3 + i4] = (2 i2 + i4 == first[i0, i1, i3] ? d_y[i0, i1, i3] : 0)
// first [n][4][4][4], d_y [n][4][4][4], d_x [n][4][8][8].
void max_pool_1_input_gradient(std::size_t n, const double (*first)[4][4][4],
    const double (*d_y)[4][4][4], double (*d_x)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int i0 = 0; i0 < 4; ++i0) {
      for (int i1 = 0; i1 < 4; ++i1) {
        for (int i2 = 0; i2 < 2; ++i2) {
          for (int i3 = 0; i3 < 4; ++i3) {
            for (int i4 = 0; i4 < 2; ++i4) {
              d_x[s][i0][i1 * 2 + i2][i3 * 2 + i4] = static_cast<double>(i2 * 2 + i4) ==
                  first[s][i0][i1][i3] ? d_y[s][i0][i1][i3] : 0.0;
            }
          }
        }
      }
    }
  }
}

// relu_1_gradient:
// d_x[c, i, j] = (y[c, i, j] > 0 ? d_y[c, i, j] : 0)
// y [n][4][8][8], d_y [n][4][8][8], d_x [n][4][8][8].
void relu_1_gradient(std::size_t n, const double (*y)[4][8][8], const double (*d_y)[4][8][8],
    double (*d_x)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          d_x[s][c][i][j] = y[s][c][i][j] > 0.0 ? d_y[s][c][i][j] : 0.0;
        }
      }
    }
  }
}

// batch_norm_1_gradient_d_bias:
// d_bias[i] = sum over samples of sum over k, u of d_y[i, k, u]
// d_y [n][4][8][8], d_bias [4].
void batch_norm_1_gradient_d_bias(std::size_t n, const double (*d_y)[4][8][8], double* d_bias) {
  for (int i = 0; i < 4; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double sum = 0;
      for (int k = 0; k < 8; ++k) {
        for (int u = 0; u < 8; ++u) {
          sum += d_y[s][i][k][u];
        }
      }
      total += sum;
    }
    d_bias[i] = total;
  }
}

// batch_norm_1_gradient_d_weight:
// d_weight[i] = sum over samples of sum over k, u of d_y[i, k, u] * (x[i, k, u] - mean[i]) *
//     rstd[i]
// d_y [n][4][8][8], x [n][4][8][8], mean [4], rstd [4], d_weight [4].
void batch_norm_1_gradient_d_weight(std::size_t n, const double (*d_y)[4][8][8],
    const double (*x)[4][8][8], const double* mean, const double* rstd, double* d_weight) {
  for (int i = 0; i < 4; ++i) {
    double total = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double sum = 0;
      for (int k = 0; k < 8; ++k) {
        for (int u = 0; u < 8; ++u) {
          sum += d_y[s][i][k][u] * ((x[s][i][k][u] - mean[i]) * rstd[i]);
        }
      }
      total += sum;
    }
    d_weight[i] = total;
  }
}

// batch_norm_1_gradient:
// d_x[c, i, j] = weight[c] * rstd[c] * (d_y[c, i, j] - (d_bias[c] + (x[c, i, j] - mean[c]) *
//     rstd[c] * d_weight[c]) / (n * 64))
// weight [4], rstd [4], d_y [n][4][8][8], d_bias [4], x [n][4][8][8], mean [4], d_weight [4], d_x
//     [n][4][8][8].
void batch_norm_1_gradient(std::size_t n, const double* weight, const double* rstd,
    const double (*d_y)[4][8][8], const double* d_bias, const double (*x)[4][8][8],
    const double* mean, const double* d_weight, double (*d_x)[4][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          d_x[s][c][i][j] = weight[c] * rstd[c] * (d_y[s][c][i][j] -
              (d_bias[c] + (x[s][c][i][j] - mean[c]) * rstd[c] * d_weight[c]) /
              (static_cast<double>(n) * 64.0));
        }
      }
    }
  }
}

// conv2d_1_input_gradient:
// d_x[c, i, j] = sum over k, u, v of d_y[k, i - u + 1, j - v + 1] * weight[k, c, u, v]
// d_y [n][4][8][8], weight [4][2][3][3], d_x [n][2][8][8].
void conv2d_1_input_gradient(std::size_t n, const double (*d_y)[4][8][8],
    const double (*weight)[2][3][3], double (*d_x)[2][8][8]) {
  for (std::size_t s = 0; s < n; ++s) {
    for (int c = 0; c < 2; ++c) {
      for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) {
          double sum = 0;
          for (int k = 0; k < 4; ++k) {
            for (int u = 0; u < 3; ++u) {
              for (int v = 0; v < 3; ++v) {
                const double d_y_or_zero = inside(i + 1 - u, 8) && inside(j + 1 - v, 8)
                    ? d_y[s][k][i + 1 - u][j + 1 - v] : 0.0;
                sum += d_y_or_zero * weight[k][c][u][v];
              }
            }
          }
          d_x[s][c][i][j] = sum;
        }
      }
    }
  }
}

// conv2d_1_weight_gradient:
// d_weight[g, c, i, j] = sum over samples of sum over k, u of d_y[g, k, u] * x[c, i + k - 1, j + u
//     - 1]
// d_y [n][4][8][8], x [n][2][8][8], d_weight [4][2][3][3].
void conv2d_1_weight_gradient(std::size_t n, const double (*d_y)[4][8][8],
    const double (*x)[2][8][8], double (*d_weight)[2][3][3]) {
  for (int g = 0; g < 4; ++g) {
    for (int c = 0; c < 2; ++c) {
      for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
          double total = 0;
          for (std::size_t s = 0; s < n; ++s) {
            double sum = 0;
            for (int k = 0; k < 8; ++k) {
              for (int u = 0; u < 8; ++u) {
                const double x_or_zero = inside(i + k - 1, 8) && inside(j + u - 1, 8)
                    ? x[s][c][i + k - 1][j + u - 1] : 0.0;
                sum += d_y[s][g][k][u] * x_or_zero;
              }
            }
            total += sum;
          }
          d_weight[g][c][i][j] = total;
        }
      }
    }
  }
}

}  // namespace kernel
}  // namespace

// Mean loss of n samples. parameters: all parameters and buffers in order of declaration; likewise
// d_parameters, with 0 for what is not trained. spreads: the deviation of each layer's outputs,
// and of the gradient there. y, d_parameters, d_x and spreads may be null.
double loss(const double* parameters, const double* x, const double* target, std::size_t n,
    std::uint64_t seed, std::uint64_t step, double* y, double* d_parameters, double* d_x,
    double* spreads) {
  const auto input = view<double[2][8][8]>(x);
  const auto conv2d_1_weight = view<double[2][3][3]>(parameters);
  const double* const batch_norm_1_weight = parameters + 72;
  const double* const batch_norm_1_bias = parameters + 76;
  const auto linear_1_weight = view<double[64]>(parameters + 88);
  const double* const linear_1_bias = parameters + 280;

  const array<double[4][8][8]> conv2d_1(n);
  kernel::conv2d_1(n, conv2d_1_weight, input, conv2d_1);
  const array<double> batch_norm_1_sum(4);
  kernel::batch_norm_1_sum(n, conv2d_1, batch_norm_1_sum);
  const array<double> batch_norm_1_mean(4);
  kernel::batch_norm_1_mean(n, batch_norm_1_sum, batch_norm_1_mean);
  const array<double> batch_norm_1_squares(4);
  kernel::batch_norm_1_squares(n, conv2d_1, batch_norm_1_mean, batch_norm_1_squares);
  const array<double> batch_norm_1_rstd(4);
  kernel::batch_norm_1_rstd(n, batch_norm_1_squares, batch_norm_1_rstd);
  const array<double[4][8][8]> batch_norm_1(n);
  kernel::batch_norm_1(n, conv2d_1, batch_norm_1_mean, batch_norm_1_rstd, batch_norm_1_weight,
      batch_norm_1_bias, batch_norm_1);
  const array<double[4][8][8]> relu_1(n);
  kernel::relu_1(n, batch_norm_1, relu_1);
  const array<double[4][4][4]> max_pool_1(n);
  kernel::max_pool_1(n, relu_1, max_pool_1);
  const array<double[64]> dropout_1_mask(n);
  kernel::dropout_1_mask(n, seed, step, dropout_1_mask);
  const array<double[64]> dropout_1(n);
  kernel::dropout_1(n, max_pool_1, dropout_1_mask, dropout_1);
  const array<double[3]> linear_1(n);
  kernel::linear_1(n, linear_1_bias, linear_1_weight, dropout_1, linear_1);
  const array<double> softmax_cross_entropy_1_maximum(n);
  kernel::softmax_cross_entropy_1_maximum(n, linear_1, softmax_cross_entropy_1_maximum);
  const array<double> softmax_cross_entropy_1_total(n);
  kernel::softmax_cross_entropy_1_total(n, linear_1, softmax_cross_entropy_1_maximum,
      softmax_cross_entropy_1_total);
  const array<double> softmax_cross_entropy_1_sum_of_sample(n);
  kernel::softmax_cross_entropy_1_sum_of_sample(n, softmax_cross_entropy_1_total, target, linear_1,
      softmax_cross_entropy_1_maximum, softmax_cross_entropy_1_sum_of_sample);
  double softmax_cross_entropy_1_sum = 0;
  kernel::softmax_cross_entropy_1_sum(n, softmax_cross_entropy_1_sum_of_sample,
      softmax_cross_entropy_1_sum);
  double softmax_cross_entropy_1_loss = 0;
  kernel::softmax_cross_entropy_1_loss(n, softmax_cross_entropy_1_sum,
      softmax_cross_entropy_1_loss);
  if (y != nullptr) linear_1.copy_to(y);
  if (d_parameters == nullptr && d_x == nullptr) return softmax_cross_entropy_1_loss;

  const array<double[3]> linear_1_gradient(n);
  kernel::softmax_cross_entropy_1_gradient(n, linear_1, softmax_cross_entropy_1_maximum,
      softmax_cross_entropy_1_total, target, linear_1_gradient);
  const array<double[64]> dropout_1_gradient(n);
  kernel::linear_1_input_gradient(n, linear_1_gradient, linear_1_weight, dropout_1_gradient);
  const array<double[64]> linear_1_weight_gradient(3);
  kernel::linear_1_weight_gradient(n, linear_1_gradient, dropout_1, linear_1_weight_gradient);
  const array<double> linear_1_bias_gradient(3);
  kernel::linear_1_bias_gradient(n, linear_1_gradient, linear_1_bias_gradient);
  const array<double[4][4][4]> max_pool_1_gradient(n);
  kernel::dropout_1_gradient(n, dropout_1_gradient, dropout_1_mask, max_pool_1_gradient);
  const array<double[4][4][4]> max_pool_1_first_maximum(n);
  kernel::max_pool_1_first_maximum(n, relu_1, max_pool_1_first_maximum);
  const array<double[4][8][8]> relu_1_gradient(n);
  kernel::max_pool_1_input_gradient(n, max_pool_1_first_maximum, max_pool_1_gradient,
      relu_1_gradient);
  const array<double[4][8][8]> batch_norm_1_gradient(n);
  kernel::relu_1_gradient(n, relu_1, relu_1_gradient, batch_norm_1_gradient);
  const array<double> batch_norm_1_d_bias(4);
  kernel::batch_norm_1_gradient_d_bias(n, batch_norm_1_gradient, batch_norm_1_d_bias);
  const array<double> batch_norm_1_d_weight(4);
  kernel::batch_norm_1_gradient_d_weight(n, batch_norm_1_gradient, conv2d_1, batch_norm_1_mean,
      batch_norm_1_rstd, batch_norm_1_d_weight);
  const array<double[4][8][8]> conv2d_1_gradient(n);
  kernel::batch_norm_1_gradient(n, batch_norm_1_weight, batch_norm_1_rstd, batch_norm_1_gradient,
      batch_norm_1_d_bias, conv2d_1, batch_norm_1_mean, batch_norm_1_d_weight, conv2d_1_gradient);
  const array<double[2][8][8]> input_gradient(n);
  kernel::conv2d_1_input_gradient(n, conv2d_1_gradient, conv2d_1_weight, input_gradient);
  const array<double[2][3][3]> conv2d_1_weight_gradient(4);
  kernel::conv2d_1_weight_gradient(n, conv2d_1_gradient, input, conv2d_1_weight_gradient);
  if (spreads != nullptr) {
    spreads[0] = conv2d_1.deviation();
    spreads[1] = conv2d_1_gradient.deviation();
    spreads[2] = batch_norm_1.deviation();
    spreads[3] = batch_norm_1_gradient.deviation();
    spreads[4] = relu_1.deviation();
    spreads[5] = relu_1_gradient.deviation();
    spreads[6] = max_pool_1.deviation();
    spreads[7] = max_pool_1_gradient.deviation();
    spreads[8] = dropout_1.deviation();
    spreads[9] = dropout_1_gradient.deviation();
    spreads[10] = linear_1.deviation();
    spreads[11] = linear_1_gradient.deviation();
  }
  if (d_x != nullptr) input_gradient.copy_to(d_x);
  if (d_parameters == nullptr) return softmax_cross_entropy_1_loss;
  std::fill_n(d_parameters, 283, 0.0);
  conv2d_1_weight_gradient.copy_to(d_parameters);
  batch_norm_1_d_weight.copy_to(d_parameters + 72);
  batch_norm_1_d_bias.copy_to(d_parameters + 76);
  linear_1_weight_gradient.copy_to(d_parameters + 88);
  linear_1_bias_gradient.copy_to(d_parameters + 280);
  return softmax_cross_entropy_1_loss;
}

}  // namespace emitted::convolution::scalar
