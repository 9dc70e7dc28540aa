// From the text after --data to samples in memory.
#pragma once
#include <filesystem>
#include <string>

#include "runtime/data/dataset.hpp"
#include "runtime/io/npy.hpp"

namespace tenon::runtime {

// `mnist1d`, a folder of IDX files or of CIFAR-10 batches, or
// `npy:x.npy,y.npy[,test_x.npy,test_y.npy]`. Samples and targets are held against the network.
// Throws user_error.
source_data load_source(const std::string& source, const network_info& network);

source_data load_idx_folder(const std::filesystem::path& folder);  // named as MNIST's, plain or .gz
source_data load_cifar_folder(
    const std::filesystem::path& folder);  // data_batch_1.bin … and test_batch.bin, plain or .gz
source_data load_npy(const std::string& paths, const network_info& network);

// Samples as floats: uint8 scaled to [0, 1], all else as it is.
std::vector<float> scaled(const npy_array& array);

// xxh3-128, hexadecimal, of both parts: samples, targets, their shapes.
std::string hash(const source_data& source);

}  // namespace tenon::runtime
