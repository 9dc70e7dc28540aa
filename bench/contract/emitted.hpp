// The kernels of one layer of an emitted network, ready to run on one block of samples.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/network.hpp"

namespace contract {

class emitted_layer {
 public:
  // Runs a training step on random data, so that every tensor holds what kernels read. The layer's
  // name is "conv2d_2".
  emitted_layer(const tenon::network_entry& network, std::string_view layer);

  // The kernels that do the work of "forward", "weight_gradient" or "input_gradient": several where
  // a stride makes phases; none where no such gradient is needed.
  std::vector<std::size_t> kernels_of(std::string_view direction) const;
  void run(const std::vector<std::size_t>& kernels) const {
    for (const std::size_t k : kernels) core_->run_kernel(k, 0);
  }
  int block() const { return network_.info->block; }

 private:
  const tenon::network_entry& network_;
  std::string layer_;
  std::unique_ptr<tenon::trainer_core> core_;
};

// The largest relative error of the emitted gradients against the network's double twin.
double gradient_error(const tenon::network_entry& network);

}  // namespace contract
