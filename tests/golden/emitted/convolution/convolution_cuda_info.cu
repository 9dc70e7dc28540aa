// convolution, entry points on a GPU. Written by tenon 0.1.0 from golden.hpp; do not edit: change
// the network and build again.
#include <tenon/cuda_info.hpp>

#include "emitted/convolution_cuda.hpp"

namespace emitted::convolution {

const tenon::network_entry& entry() noexcept;  // convolution_info.cc

namespace cuda {

const tenon::cuda_network& entry() noexcept {
  static const tenon::cuda_network all = tenon::cuda::adapt<eval,
      train>(*emitted::convolution::entry().info);
  return all;
}

}  // namespace cuda
}  // namespace emitted::convolution
