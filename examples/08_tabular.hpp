// Lesson 8: tables. Values to predict (California housing), and classes with names (iris).
//
// A table is a CSV file whose first line names the columns. Its last column is the target unless
// --target says otherwise, and every other one is a feature. Columns come in their own units, so
// they are standardised by default; a target in dollars is too large to learn from as it is, so
// --standardize-target standardises it as well. Predictions and errors stay in dollars.
//
//   tenon build 08_tabular.hpp --network lesson8::housing -o housing --batch 128
//   ./housing train --data csv:california_housing.csv --target median_house_value
//       --standardize-target --epochs 40 -b 128 --opt adam --lr 0.003 --sched cosine --output run
//   ./housing predict --weights run/best.safetensors --input new.csv
//
//   tenon build 08_tabular.hpp --network lesson8::iris -o iris --batch 16
//   ./iris train --data csv:iris.csv --no-header --epochs 60 -b 16 --opt adam --lr 0.01
//       --sched cosine --output flowers
//   ./iris eval --weights flowers/best.safetensors --data csv:iris.csv --no-header
//
// `new.csv` needs the features' columns alone, in any order. The last command prints precision,
// recall and the confusion matrix with the names that the table has. To be expected on a fifth set
// apart: an r2 of 0.80, and one or two of 30 flowers wrong.
// Data: Pace and Barry, Sparse spatial autoregressions, 1997; Fisher, The use of multiple
// measurements in taxonomic problems, 1936.
#pragma once
#include <tenon/dsl.hpp>

namespace lesson8 {
using namespace tenon;

struct housing final : network<
    input<8>
  | linear<64> | relu
  | linear<64> | relu
  | linear<1>
  | mean_squared_error> {};

struct iris final : network<
    input<4>
  | linear<16> | relu
  | linear<3>
  | softmax_cross_entropy> {};

static_assert(parameters<housing> == 8 * 64 + 64 + 64 * 64 + 64 + 64 + 1);
static_assert(parameters<iris> == 4 * 16 + 16 + 16 * 3 + 3);

}  // namespace lesson8
