// The shim itself: that kernels run as on a GPU, and that what a GPU would not forgive is seen.
#include "tests/cuda/shim/shim.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/cuda/device_array.hpp"
#include "tests/cuda/shim_kernels.hpp"

namespace tests {
namespace {

using tenon::cuda::queue;

// Every test leaves the device as it found it.
struct fresh {
  fresh() { shim::reset(); }
  ~fresh() { shim::reset(); }
};

constexpr shim::order orders[] = {shim::order::forward, shim::order::reverse,
                                  shim::order::shuffled};

bool failed_with(const std::string& words) {
  const auto failures = shim::take_failures();
  return failures.size() == 1 && failures[0].find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("threads of a group meet at barriers, in any order") {
  for (const shim::order o : orders) {
    const fresh device;
    shim::set_order(o);
    std::vector<int> numbers(3 * 160), reversed;
    std::iota(numbers.begin(), numbers.end(), 0);
    for (int g = 0; g < 3; ++g)
      reversed.insert(reversed.end(), numbers.rend() - (g + 1) * 160, numbers.rend() - g * 160);
    const device_array<int> at(numbers);
    queue q(nullptr);
    q.run(reverse_by_sharing, {3, 1}, 5, 160 * sizeof(float), at.data());
    CHECK(q.failed() == cudaSuccess);
    CHECK(at.get() == reversed);
    CHECK(shim::take_failures().empty());
  }
}

TEST_CASE(
    "all groups of a cooperative launch meet, and no more are launched than the device holds") {
  for (const shim::order o : orders) {
    const fresh device;
    shim::set_order(o);
    std::vector<int> numbers(6 * 64), reversed(6 * 64);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::iota(reversed.rbegin(), reversed.rend(), 0);
    const device_array<int> from(numbers), middle(numbers.size()), to(numbers.size());
    queue q(nullptr);
    q.run_together(reverse_by_meeting, {3, 2}, 2, 0, from.data(), middle.data(), to.data());
    CHECK(q.failed() == cudaSuccess);
    CHECK(to.get() == reversed);
    CHECK(shim::take_failures().empty());
    shim::set_device({.multiprocessors = 1});  // two groups: one for each block
    queue two(nullptr);
    two.run_together(reverse_by_meeting, {64, 2}, 2, 0, from.data(), middle.data(), to.data());
    CHECK(two.failed() == cudaSuccess);
    CHECK(to.get()[0] == 127);
    two.run_together(reverse_by_meeting, {1, 3}, 2, 0, from.data(), middle.data(), to.data());
    CHECK(two.failed() == cudaErrorCooperativeLaunchTooLarge);
  }
}

TEST_CASE("a group that ends while others wait for all is a failure, as is meeting uninvited") {
  const fresh device;
  const device_array<int> at(6 * 64);
  queue q(nullptr);
  q.run_together(a_group_leaves, {3, 2}, 2, 0, at.data());
  q.wait();
  CHECK(q.failed() == cudaErrorLaunchFailure);
  CHECK(failed_with("some groups end while others wait for all"));
  shim::reset();
  queue uninvited(nullptr);
  uninvited.run(reverse_by_meeting, {3, 2}, 2, 0, at.data(), at.data(), at.data());
  uninvited.wait();
  CHECK(uninvited.failed() == cudaErrorLaunchFailure);
  CHECK(failed_with("groups meet that were not launched together"));
}

TEST_CASE("lanes of a warp exchange values") {
  for (const shim::order o : orders) {
    const fresh device;
    shim::set_order(o);
    std::vector<float> x(2 * 96), sums(2 * 96);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(i * i % 17);
      sums[i] = x[i] + (i % 32 == 0 ? 0 : sums[i - 1]);
    }
    const device_array<float> from(x), to(x.size());
    queue q(nullptr);
    q.run(scan_of_warps, {2, 1}, 3, 0, from.data(), to.data());
    CHECK(to.get() == sums);
  }
}

TEST_CASE("a race shows as another result in another order") {
  const fresh device;
  const device_array<int> at(1);
  std::vector<int> last;
  for (const shim::order o : orders) {
    shim::set_order(o);
    queue q(nullptr);
    q.run(race, {2, 1}, 2, 0, at.data());
    last.push_back(at.get()[0]);
  }
  CHECK(last[0] == 127);
  CHECK(last[1] == 0);
}

TEST_CASE("threads that miss a barrier are reported, and the device is lost") {
  const fresh device;
  const device_array<float> at(64);
  const device_array<int> numbers(64);
  queue q(nullptr);
  SUBCASE("they ended") {
    q.run(some_leave, {1, 1}, 2, 0, numbers.data());
    CHECK(failed_with("end while others wait"));
  }
  SUBCASE("they shuffle") {
    q.run(lanes_part, {1, 1}, 2, 0, at.data());
    CHECK(failed_with("do not meet in the same place"));
  }
  q.wait();
  CHECK(q.failed() == cudaErrorLaunchFailure);
  queue more(nullptr);
  more.clear(at.data(), 1);
  CHECK(more.failed() == cudaErrorLaunchFailure);
}

TEST_CASE("memory begins as NaN, and what lies beyond what was asked for is guarded") {
  const fresh device;
  const device_array<float> at(64);
  for (const float v : at.get()) CHECK(v != v);
  queue q(nullptr);
  q.run(reads_unset, {1, 1}, 2, 64 * sizeof(float), at.data());
  for (const float v : at.get()) CHECK(v != v);
  q.run(writes_beyond, {1, 1}, 1, 32 * sizeof(float), at.data(), 32U);
  CHECK(failed_with("beyond its shared memory"));
}

TEST_CASE("shared memory beyond 48 KB is asked for, and 227 KB are the most") {
  const fresh device;
  const device_array<float> at(32);
  queue q(nullptr);
  q.run(reads_unset, {1, 1}, 1, 100 * 1024, at.data());
  CHECK(q.failed() == cudaSuccess);
  q.run(reads_unset, {1, 1}, 1, 228 * 1024, at.data());
  CHECK(q.failed() == cudaErrorInvalidValue);
  queue again(nullptr);
  again.run(reads_unset, {1, 1}, 33, 0, at.data());  // 1,056 threads
  CHECK(again.failed() == cudaErrorInvalidConfiguration);
}

TEST_CASE("copies know where arrays lie and where they end") {
  const fresh device;
  const device_array<float> at(8);
  float host[16] = {};
  CHECK(cudaMemcpy(host, at.data(), 32, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(failed_with("wrong side"));
  CHECK(cudaMemcpy(host, at.data(), 36, cudaMemcpyDefault) == cudaErrorInvalidValue);
  CHECK(failed_with("reads beyond"));
  CHECK(cudaMemsetAsync(host, 0, 4) == cudaErrorInvalidValue);
  CHECK(failed_with("not the device's"));
}

TEST_CASE("deferred streams work when somebody waits, in the order of their events") {
  const fresh device;
  shim::set_deferred(true);
  tenon::cuda::pinned_memory pinned;
  REQUIRE(pinned.allocate(32 * sizeof(float)) == cudaSuccess);
  float* const host = pinned.floats();
  std::fill_n(host, 32, 3.0F);
  const device_array<float> x(32), y(32);
  cudaStream_t copies = nullptr, kernels = nullptr;
  cudaEvent_t there = nullptr;
  REQUIRE(cudaStreamCreateWithFlags(&copies, cudaStreamNonBlocking) == cudaSuccess);
  REQUIRE(cudaStreamCreateWithFlags(&kernels, cudaStreamNonBlocking) == cudaSuccess);
  REQUIRE(cudaEventCreateWithFlags(&there, cudaEventDisableTiming) == cudaSuccess);
  queue c(copies), k(kernels);
  c.copy(x.data(), host, 32 * sizeof(float));
  cudaEventRecord(there, copies);
  cudaStreamWaitEvent(kernels, there);
  k.run(square_of_all, {1, 1}, 1, 0, x.data(), y.data(), 2.0F);
  std::fill_n(host, 32, 5.0F);  // too early: the copy has not been made yet
  CHECK(cudaEventQuery(there) == cudaErrorNotReady);
  k.wait();
  CHECK(cudaEventQuery(there) == cudaSuccess);
  CHECK(y.get() == std::vector<float>(32, 50.0F));
  cudaEventDestroy(there);
  cudaStreamDestroy(kernels);
  cudaStreamDestroy(copies);
}

}  // namespace tests
