// Where a network runs: what --device says, and which devices there are.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "runtime/core/network.hpp"

namespace tenon::runtime {

// The GPUs of this machine as a CUDA build of the network sees them: "cuda:0 (NVIDIA H200, …)".
// Empty without CUDA or without a device.
std::vector<std::string> cuda_devices(const network_entry& network);

// One line for people: those devices, or why there is none.
std::string text_of_devices(const network_entry& network);

struct chosen_device {
  network_entry network;  // as that device runs it
  std::string name;       // "cpu", "cuda:0 (NVIDIA H200, …)"
};

// asked: cpu, cuda, cuda:N or auto, which takes the first GPU that can run the network, else the
// CPU; where there is one that cannot, it says why on `err`. Throws user_error where the executable
// holds no code for a GPU, where there is no such device or it is too old, and for other words.
chosen_device choose_device(const network_entry& network, const std::string& asked,
                            std::ostream& err);

}  // namespace tenon::runtime
