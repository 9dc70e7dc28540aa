// From an emitted CUDA network to the tables and entry points of network.hpp: for the emitted
// `<name>.cu`.
#pragma once
#include <algorithm>
#include <type_traits>

#include "runtime/core/adapt_cuda_device.hpp"
#include "runtime/core/adapt_cuda_evaluator.hpp"
#include "runtime/core/adapt_cuda_trainer.hpp"

namespace tenon::cuda {

namespace adapt_detail {

// Norms are folded on the device, when a network is opened there.
template <class Eval>
void keep_image(const float* image, float* eval_image) noexcept {
  std::copy_n(image, Eval::image_floats, eval_image);
}

}  // namespace adapt_detail

// Eval: arena_bytes, image_floats, open, run_on_device, probabilities_on_device. Train:
// arena_bytes, optimizer_state_floats, target_type, open and the functions of trainer_core; void
// without a loss. cpu: the tables of the same network on the CPU. For one call per network: it
// settles what the adapters read.
template <class Eval, class Train = void>
cuda_network adapt(const network_info& cpu) {
  static const network_info here = [&] {
    network_info info = cpu;
    info.block = static_cast<int>(block);
    info.eval_image_floats = Eval::image_floats;
    info.eval_arena_bytes = Eval::arena_bytes;
    if constexpr (!std::is_void_v<Train>) info.train_arena_bytes = Train::arena_bytes;
    info.eval_kernels = info.train_kernels = info.single_kernels = {};
    info.most_singles = 0;
    return info;
  }();
  adapt_detail::info_of<Eval> = &here;
  cuda_network network{.info = &here,
                       .make_evaluator = adapt_evaluator<Eval>::make,
                       .make_trainer = nullptr,
                       .fold = adapt_detail::keep_image<Eval>,
                       .devices = count_devices,
                       .describe = describe_device,
                       .select = select_device};
  if constexpr (!std::is_void_v<Train>) {
    adapt_detail::info_of<Train> = &here;
    network.make_trainer = adapt_trainer<Train>::make;
  }
  return network;
}

}  // namespace tenon::cuda
