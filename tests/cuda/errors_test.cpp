// Queues, graphs, owners, and what becomes of CUDA's errors.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/cuda/device_array.hpp"
#include "tests/cuda/everything.hpp"
#include "tests/cuda/shim/shim.hpp"

namespace tests {
namespace {

using tenon::error;

struct fresh {
  fresh() { shim::reset(); }
  ~fresh() { shim::reset(); }
};

}  // namespace

TEST_CASE("a captured step takes the arguments of each launch, even while others are under way") {
  for (const bool deferred : {false, true}) {
    const fresh device;
    shim::set_deferred(deferred);
    const device_array<cuda::call> where(1);
    const device_array<float> first(32), second(32);
    cudaStream_t stream = nullptr;
    REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
    cuda::graph graph;
    const device_array<float> drawn(32);
    REQUIRE(graph.capture(where.data(), [&](cuda::queue& q) {
      run_draw(q, 1, where.data(), 0, 1, drawn.data());
    }) == cudaSuccess);
    CHECK(shim::counted().launches == 0);
    CHECK(std::isnan(drawn.get()[0]));
    cuda::queue q(stream);
    for (std::uint64_t step = 1; step <= 2; ++step) {
      cuda::call call;
      call.n = 32, call.seed = 9, call.step = step;
      q.launch(graph, call);
      q.copy((step == 1 ? first : second).data(), drawn.data(), 32 * sizeof(float));
    }
    q.wait();
    CHECK(q.failed() == cudaSuccess);
    CHECK(shim::counted().graphs == 2);
    for (unsigned s = 0; s < 32; ++s) {
      CHECK(first.get()[s] == tenon::uniform(9, 0, 1, s, 0));
      CHECK(second.get()[s] == tenon::uniform(9, 0, 2, s, 0));
    }
    cudaStreamDestroy(stream);
  }
}

TEST_CASE("a step that cannot be captured leaves no graph behind") {
  const fresh device;
  const device_array<cuda::call> where(1);
  cuda::graph graph;
  CHECK(graph.capture(where.data(), [&](cuda::queue& q) {
    q.run(cuda::load_classes<>, {1, 1}, 40, 0, where.data(), static_cast<float*>(nullptr),
          std::size_t{0});
  }) == cudaErrorInvalidConfiguration);
  CHECK(cuda::check_device() == error::none);
}

TEST_CASE("a queue keeps its first error, and does nothing after it") {
  const fresh device;
  const device_array<float> at(std::vector<float>(8, 1.0F));
  cuda::queue q(nullptr);
  run_fill(q, at.data(), 4, 2.0F);
  q.hold(cudaErrorMemoryAllocation);
  run_fill(q, at.data(), 8, 3.0F);
  q.clear(at.data(), 8);
  q.hold(cudaErrorNoDevice);
  CHECK(q.failed() == cudaErrorMemoryAllocation);
  CHECK(at.get() == std::vector<float>{2, 2, 2, 2, 1, 1, 1, 1});
}

TEST_CASE("no device, one that is too old, and one that is lost have each their own error") {
  const fresh device;
  CHECK(cuda::check_device() == error::none);
  shim::set_device({.count = 0});
  CHECK(cuda::check_device() == error::no_device);
  shim::set_device({.major = 7, .minor = 5});
  CHECK(cuda::check_device() == error::device_unsupported);
  shim::reset();
  const device_array<float> at(8);
  shim::lose_device(2);
  cuda::queue q(nullptr);
  run_fill(q, at.data(), 8, 0.0F);
  q.wait();
  CHECK(q.failed() == cudaSuccess);
  run_fill(q, at.data(), 8, 1.0F);
  CHECK(q.failed() == cudaSuccess);  // as on a GPU: known when somebody waits
  q.wait();
  CHECK(cuda::of(q.failed()) == error::device_failed);
  CHECK(cuda::check_device() == error::device_failed);
  for (const error e : {error::no_device, error::device_unsupported, error::device_out_of_memory,
                        error::device_failed, error::not_device_memory, error::not_host_memory})
    CHECK(std::string(tenon::text(e)) != "unknown error");
}

TEST_CASE(
    "memory that is not there is an error, not a crash, and the next allocation is free of it") {
  const fresh device;
  cuda::device_memory memory;
  shim::fail_allocation(1);
  CHECK(cuda::of(memory.allocate(64)) == error::device_out_of_memory);
  CHECK(memory.bytes().empty());
  CHECK(cudaGetLastError() == cudaSuccess);
  shim::set_device({.memory = 1 << 20});
  CHECK(cuda::of(memory.allocate(2 << 20)) == error::device_out_of_memory);
  CHECK(memory.allocate(64) == cudaSuccess);
  CHECK(memory.size() == 64);
  CHECK(memory.allocate(128) == cudaSuccess);  // the former is freed
  CHECK(shim::counted().allocated == 128);
  memory = {};
  CHECK(shim::counted().allocated == 0);
}

TEST_CASE("arrays on the wrong side are told apart") {
  const fresh device;
  const device_array<float> at(8);
  float host[8];
  cuda::pinned_memory pinned;
  REQUIRE(pinned.allocate(8) == cudaSuccess);
  CHECK(cuda::check_pointer(at.data() + 7, true) == error::none);
  CHECK(cuda::check_pointer(at.data(), false) == error::not_host_memory);
  CHECK(cuda::check_pointer(host, true) == error::not_device_memory);
  CHECK(cuda::check_pointer(pinned.data(), true) == error::not_device_memory);
  CHECK(cuda::check_pointer(pinned.data(), false) == error::none);
  CHECK(cuda::check_pointer(host, false) == error::none);
}

}  // namespace tests
