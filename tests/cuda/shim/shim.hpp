// The device that stands in for a GPU, for tests: the order in which it runs threads, when its
// streams run, what fails, and what it found wrong. One device state for the process.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shim {

// Of groups, warps and lanes. What two orders compute differently, threads raced for.
enum class order { forward, reverse, shuffled };
void set_order(order o);

// Eager streams do their work when it is submitted; deferred ones when somebody waits for it. What
// is right on both is right in between. Deferred: for one thread of the host at a time.
void set_deferred(bool deferred);

struct device {
  int count = 1;
  int major = 8, minor = 0;  // kernels are "compiled" for 8.0 and newer
  std::size_t memory = std::size_t{16} << 30;
  int multiprocessors = 4;  // each of which holds two groups at once
};
void set_device(const device& d);

void fail_allocation(long which);  // 1: the next one; out of memory
void lose_device(long launch);  // 1: the next one; it and all that follows fails, as of a lost GPU

struct counts {
  long launches = 0, graphs = 0, allocations = 0, copies = 0;
  std::size_t allocated = 0;  // bytes of the device, now
};
counts counted();

// What kernels and callers did that a GPU would not forgive, a sentence each: threads that miss a
// barrier, copies beyond an array or from the wrong side. Empty in a test that is right.
std::vector<std::string> take_failures();

// Everything as at the beginning, but for memory that is allocated.
void reset();

}  // namespace shim
