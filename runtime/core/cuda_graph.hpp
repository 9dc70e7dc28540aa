// A step captured once, when a network is opened: from then on a call is one launch.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "runtime/core/cuda_queue.hpp"
#include "runtime/core/cuda_team.hpp"

namespace tenon::cuda {

namespace graph_detail {

template <int = 0>
__global__ void set_call(call* to, call value) {
  if (threadIdx.x == 0) *to = value;
}

struct destroy {
  void operator()(cudaGraph_t g) const noexcept { static_cast<void>(cudaGraphDestroy(g)); }
  void operator()(cudaGraphExec_t g) const noexcept { static_cast<void>(cudaGraphExecDestroy(g)); }
  void operator()(cudaStream_t s) const noexcept { static_cast<void>(cudaStreamDestroy(s)); }
};
template <class Handle>
using owner = std::unique_ptr<std::remove_pointer_t<Handle>, destroy>;

}  // namespace graph_detail

// The call comes in by the parameters of the first kernel, which are renewed with each launch: they
// travel by value, so that several launches can be under way.
class graph {
 public:
  // enqueue(queue&) runs kernels that read `on_device`; it may not wait, and copies between host
  // and device would copy the same addresses each time. Captured in a stream of its own, because
  // the default stream cannot be.
  template <class F>
  cudaError_t capture(call* on_device, F enqueue) noexcept {
    cudaStream_t made = nullptr;
    queue q(nullptr);
    q.hold(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking));
    const graph_detail::owner<cudaStream_t> own(made);
    q.stream = made;
    if (q.failed() == cudaSuccess)
      q.hold(cudaStreamBeginCapture(made, cudaStreamCaptureModeThreadLocal));
    if (q.failed() != cudaSuccess) return q.failed();
    q.run(graph_detail::set_call<>, {1, 1}, 1, 0, on_device, call{});
    enqueue(q);
    cudaGraph_t captured = nullptr;
    q.hold(cudaStreamEndCapture(made, &captured));
    graph_.reset(captured);
    q.hold(instantiate(q.failed()));
    on_device_ = on_device;
    if (q.failed() != cudaSuccess) close();
    return q.failed();
  }

  cudaError_t launch(cudaStream_t stream, const call& value) const noexcept {
    call* to = on_device_;
    call copied = value;
    void* arguments[] = {&to, &copied};
    cudaKernelNodeParams first{};
    first.func = reinterpret_cast<void*>(&graph_detail::set_call<>);
    first.gridDim = dim3(1);
    first.blockDim = dim3(block, 1);
    first.kernelParams = arguments;
    const cudaError_t renewed = cudaGraphExecKernelNodeSetParams(ready_.get(), first_, &first);
    return renewed != cudaSuccess ? renewed : cudaGraphLaunch(ready_.get(), stream);
  }

  void close() noexcept { ready_.reset(), graph_.reset(), first_ = nullptr; }

 private:
  cudaError_t instantiate(cudaError_t so_far) noexcept {
    if (so_far != cudaSuccess) return so_far;
    std::size_t roots = 1;  // everything follows the first kernel
    const cudaError_t found = cudaGraphGetRootNodes(graph_.get(), &first_, &roots);
    if (found != cudaSuccess) return found;
    cudaGraphExec_t ready = nullptr;
    const cudaError_t e = cudaGraphInstantiate(&ready, graph_.get(), 0);
    ready_.reset(ready);
    return e;
  }

  graph_detail::owner<cudaGraph_t> graph_;  // first_ is a node of it
  graph_detail::owner<cudaGraphExec_t> ready_;
  cudaGraphNode_t first_ = nullptr;
  call* on_device_ = nullptr;
};

}  // namespace tenon::cuda
