// NumPy's .npz: a zip archive of .npy members. Written without compression, read with or without.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "runtime/io/npy.hpp"
#include "runtime/io/safetensors.hpp"

namespace tenon::runtime {

// One float32 member `<name>.npy` per tensor. Throws user_error beyond 2 GiB or 65,534 arrays.
void save_npz(const std::filesystem::path& path, std::span<const tensor_view> tensors);

// The arrays by name, without ".npy". Throws user_error for what is no sound archive of arrays.
std::map<std::string, npy_array> read_npz(const std::filesystem::path& path);

}  // namespace tenon::runtime
