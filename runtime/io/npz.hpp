// NumPy's .npz: a zip archive of .npy members, stored without compression.
#pragma once
#include <filesystem>
#include <span>

#include "runtime/io/safetensors.hpp"

namespace tenon::runtime {

// One float32 member `<name>.npy` per tensor. Throws user_error beyond 2 GiB or 65,534 arrays.
void save_npz(const std::filesystem::path& path, std::span<const tensor_view> tensors);

}  // namespace tenon::runtime
