// Streams, events and graphs. A stream holds what it has yet to do, which is nothing while streams
// are eager.
#include <algorithm>
#include <deque>
#include <set>

#include "tests/cuda/shim/state.hpp"

using shim::work;

struct CUgraphNode_st {
  work what;
  std::size_t index;
};
struct CUgraph_st {
  std::vector<std::unique_ptr<CUgraphNode_st>> nodes;
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> runs;
};
struct CUstream_st {
  std::deque<std::function<void()>> waiting;
  std::uint64_t submitted = 0, done = 0;
  std::unique_ptr<CUgraph_st> captured;  // while it is captured
};
struct CUevent_st {
  cudaStream_t stream = nullptr;
  std::uint64_t after = 0;  // so much of the stream was submitted before it
};

namespace shim {
namespace {

thread_local int captures = 0;

CUstream_st& default_stream() {
  static CUstream_st s;
  return s;
}
std::set<CUstream_st*>& streams() {
  static std::set<CUstream_st*> all{&default_stream()};
  return all;
}
CUstream_st& of(cudaStream_t s) { return s == nullptr ? default_stream() : *s; }

void finish_until(CUstream_st& s, std::uint64_t until) {
  while (s.done < until && !s.waiting.empty()) {
    const std::function<void()> next = std::move(s.waiting.front());
    s.waiting.pop_front();
    ++s.done;
    if (the().lost == cudaSuccess) next();
  }
}

cudaError_t run_in(CUstream_st& s, std::function<void()> run) {
  if (the().deferred) {
    s.waiting.push_back(std::move(run));
    ++s.submitted;
  } else if (the().lost == cudaSuccess) {
    run();
  }
  return cudaSuccess;  // what goes wrong there is known when somebody waits
}

}  // namespace

bool capturing() { return captures > 0; }

cudaError_t submit(cudaStream_t stream, work w) {
  CUstream_st& s = of(stream);
  if (!s.captured) return run_in(s, std::move(w.run));
  auto& nodes = s.captured->nodes;
  nodes.push_back(std::make_unique<CUgraphNode_st>(CUgraphNode_st{std::move(w), nodes.size()}));
  return cudaSuccess;
}

void finish(cudaStream_t stream) { finish_until(of(stream), of(stream).submitted); }
void finish_all() {
  const std::lock_guard lock(the().mutex);
  for (CUstream_st* s : streams()) finish_until(*s, s->submitted);
}

}  // namespace shim

using namespace shim;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  const std::lock_guard lock(the().mutex);
  *stream = std::make_unique<CUstream_st>().release();
  streams().insert(*stream);
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  finish(stream);
  const std::lock_guard lock(the().mutex);
  streams().erase(stream);
  const std::unique_ptr<CUstream_st> owned(stream);
  return result(the().lost);
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (of(stream).captured) {
    report("waited for a stream that is being captured");
    return result(cudaErrorStreamCaptureUnsupported);
  }
  finish(stream);
  return result(usable());
}
cudaError_t cudaDeviceSynchronize() {
  finish_all();
  return result(usable());
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  *event = std::make_unique<CUevent_st>().release();
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  *event = {stream, of(stream).submitted};
  return result(usable());
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  finish_until(of(event->stream), event->after);
  return result(usable());
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  return of(event->stream).done >= event->after ? cudaSuccess : cudaErrorNotReady;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const std::unique_ptr<CUevent_st> owned(event);
  return cudaSuccess;
}
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const CUevent_st now = *event;  // recorded again, it is another one
  submit(stream, {.run = [now] { finish_until(of(now.stream), now.after); }});
  return result(usable());
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (stream == nullptr) return result(cudaErrorStreamCaptureUnsupported);
  stream->captured = std::make_unique<CUgraph_st>();
  ++captures;
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  --captures;
  *graph = stream->captured.release();
  return result(usable());
}
// Work of one stream: a chain.
cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
  *count = std::min<std::size_t>(*count, graph->nodes.empty() ? 0 : 1);
  if (*count > 0) *nodes = graph->nodes.front().get();
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* ready, cudaGraph_t graph, unsigned long long) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  auto made = std::make_unique<CUgraphExec_st>();
  for (const auto& node : graph->nodes) made->runs.push_back(node->what.run);
  *ready = made.release();
  return cudaSuccess;
}
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t ready, cudaGraphNode_t node,
                                             const cudaKernelNodeParams* parameters) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (node->what.kernel.function != parameters->func) {
    report("a graph's node was given the arguments of another kernel");
    return result(cudaErrorInvalidValue);
  }
  const grid_shape shape{parameters->gridDim, parameters->blockDim, parameters->sharedMemBytes};
  const auto thread = node->what.kernel.bind_again(parameters->kernelParams);
  ready->runs[node->index] = [shape, thread] { run_grid(shape, thread); };
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t ready, cudaStream_t stream) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (lost_with_launch()) return cudaSuccess;
  {
    const std::lock_guard lock(the().mutex);
    ++the().seen.graphs;
  }
  const auto runs = std::make_shared<const std::vector<std::function<void()>>>(ready->runs);
  return result(submit(stream, {.run = [runs] {
                         for (const auto& run : *runs)
                           if (the().lost == cudaSuccess) run();
                       }}));
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  const std::unique_ptr<CUgraph_st> owned(graph);
  return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t ready) {
  finish_all();
  const std::unique_ptr<CUgraphExec_st> owned(ready);
  return cudaSuccess;
}
