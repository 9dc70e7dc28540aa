// From the text after --data to samples in memory.
#pragma once
#include <filesystem>
#include <string>

#include "runtime/data/dataset.hpp"
#include "runtime/io/npy.hpp"

namespace tenon::runtime {

// How to read a source, by the flags of a command or by what the weights remember.
struct source_options {
  data_names names;     // wanted columns and known classes; what is empty, the source decides
  bool header = true;   // tables begin with a line of names; else their columns are 1, 2, …
  bool resize = false;  // pictures of another size
};

// `mnist1d`, a folder of IDX files or of CIFAR-10 batches,
// `npy:x.npy,y.npy[,test_x.npy,test_y.npy]` or `csv:train.csv[,test.csv]`. Samples and targets are
// held against the network. Throws user_error.
source_data load_source(const std::string& source, const network_info& network,
                        const source_options& options = {});

// Throws user_error where there are more names than classes that the network tells apart.
void require_names_fit(const std::vector<std::string>& classes, const network_info& network,
                       const std::string& source);

source_data load_idx_folder(const std::filesystem::path& folder);  // named as MNIST's, plain or .gz
source_data load_cifar_folder(
    const std::filesystem::path& folder);  // data_batch_1.bin … and test_batch.bin, plain or .gz
source_data load_npy(const std::string& paths, const network_info& network);
// Arrays x_train, y_train and, where there is a test part, x_test, y_test, as Keras names them; or
// x, y, test_x, test_y.
source_data load_npz(const std::string& path, const network_info& network);

// FOLDER/class/*.png|jpg|jpeg, classes sorted by name; or FOLDER/train/class and FOLDER/test/class
// (or val).
source_data load_images(const std::filesystem::path& folder, const network_info& network,
                        const source_options& options);

// Columns of numbers and of targets: by default the last column is the target and all others are
// features. A class column holds class numbers, or names, which are sorted (numbers by value)
// unless options.names.classes says their order.
source_data load_csv(const std::string& paths, const network_info& network,
                     const source_options& options);
// The feature columns alone [n, features], for predictions: those named in the options, else all.
std::vector<float> load_csv_features(const std::filesystem::path& path, const network_info& network,
                                     const source_options& options);

std::vector<std::string> split_at_commas(const std::string& text);

// Samples as floats: uint8 scaled to [0, 1], all else as it is.
std::vector<float> scaled(const npy_array& array);

// xxh3-128, hexadecimal, of both parts: samples, targets, their shapes.
std::string hash(const source_data& source);

}  // namespace tenon::runtime
