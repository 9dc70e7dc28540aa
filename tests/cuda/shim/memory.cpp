// Memory of the device is memory of the host that remembers being the device's, filled with NaN.
#include <cstring>
#include <memory>
#include <new>

#include "tests/cuda/shim/state.hpp"

namespace shim {
namespace {

constexpr std::align_val_t alignment{256};

struct allocation {
  std::size_t bytes;
  cudaMemoryType type;
};
std::map<std::uintptr_t, allocation>& allocations() {
  static std::map<std::uintptr_t, allocation> all;
  return all;
}

std::uintptr_t address(const void* at) { return reinterpret_cast<std::uintptr_t>(at); }

// The allocation that holds an address; null for memory that the shim did not allocate.
const std::pair<const std::uintptr_t, allocation>* find(const void* at) {
  auto above = allocations().upper_bound(address(at));
  if (above == allocations().begin()) return nullptr;
  const auto& below = *--above;
  return address(at) < below.first + below.second.bytes ? &below : nullptr;
}

cudaMemoryType type_of(const void* at) {
  const auto* found = find(at);
  return found == nullptr ? cudaMemoryTypeUnregistered : found->second.type;
}

bool fits(const void* at, std::size_t bytes) {
  const auto* found = find(at);
  return found == nullptr || address(at) + bytes <= found->first + found->second.bytes;
}

bool on_device(const void* at) { return type_of(at) == cudaMemoryTypeDevice; }

cudaError_t allocate(void** at, std::size_t bytes, cudaMemoryType type) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (capturing()) return result(cudaErrorStreamCaptureUnsupported);
  state& s = the();
  const std::lock_guard lock(s.mutex);
  const bool of_device = type == cudaMemoryTypeDevice;
  if ((s.allocation_to_fail > 0 && --s.allocation_to_fail == 0) ||
      (of_device && s.seen.allocated + bytes > s.what.memory))
    return result(cudaErrorMemoryAllocation);
  *at = ::operator new(bytes, alignment);
  std::memset(*at, 0xFF, bytes);
  allocations()[address(*at)] = {bytes, type};
  ++s.seen.allocations;
  if (of_device) s.seen.allocated += bytes;
  return cudaSuccess;
}

cudaError_t release(void* at, cudaMemoryType type) {
  if (at == nullptr) return cudaSuccess;
  finish_all();  // freeing waits
  state& s = the();
  const std::lock_guard lock(s.mutex);
  const auto found = allocations().find(address(at));
  if (found == allocations().end() || found->second.type != type) {
    report("freed what was not allocated so");
    return result(cudaErrorInvalidValue);
  }
  if (type == cudaMemoryTypeDevice) s.seen.allocated -= found->second.bytes;
  allocations().erase(found);
  ::operator delete(at, alignment);
  return result(s.lost);
}

// What is wrong with a copy; null for nothing.
const char* wrong(const void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const std::lock_guard lock(the().mutex);
  if (!fits(to, bytes)) return "a copy writes beyond the end of an array";
  if (!fits(from, bytes)) return "a copy reads beyond the end of an array";
  if (kind == cudaMemcpyDefault) return nullptr;
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (to_device != on_device(to)) return "a copy writes to the wrong side";
  return from_device != on_device(from) ? "a copy reads from the wrong side" : nullptr;
}

bool pageable(const void* at) {
  const std::lock_guard lock(the().mutex);
  return type_of(at) == cudaMemoryTypeUnregistered;
}

}  // namespace
}  // namespace shim

using namespace shim;

cudaError_t cudaMalloc(void** at, std::size_t bytes) {
  return allocate(at, bytes, cudaMemoryTypeDevice);
}
cudaError_t cudaMallocHost(void** at, std::size_t bytes) {
  return allocate(at, bytes, cudaMemoryTypeHost);
}
cudaError_t cudaFree(void* at) { return release(at, cudaMemoryTypeDevice); }
cudaError_t cudaFreeHost(void* at) { return release(at, cudaMemoryTypeHost); }

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const std::lock_guard lock(the().mutex);
  *total = the().what.memory;
  *free = *total - the().seen.allocated;
  return result(usable());
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* at) {
  const std::lock_guard lock(the().mutex);
  const cudaMemoryType type = type_of(at);
  auto* p = const_cast<void*>(at);
  const bool known = type != cudaMemoryTypeUnregistered;
  *attributes = {.type = type,
                 .device = known ? 0 : -2,
                 .devicePointer = known ? p : nullptr,
                 .hostPointer = type == cudaMemoryTypeDevice ? nullptr : p};
  return result(usable());
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (bytes == 0) return cudaSuccess;
  if (const char* failure = wrong(to, from, bytes, kind)) {
    report(failure);
    return result(cudaErrorInvalidValue);
  }
  {
    const std::lock_guard lock(the().mutex);
    ++the().seen.copies;
  }
  if (capturing() || !pageable(from))
    submit(stream, {.run = [=] { std::memcpy(to, from, bytes); }});
  else {  // the caller may write there again at once
    const auto kept = std::make_shared<std::vector<char>>(static_cast<const char*>(from),
                                                          static_cast<const char*>(from) + bytes);
    submit(stream, {.run = [=] { std::memcpy(to, kept->data(), bytes); }});
  }
  if (!capturing() && pageable(to)) finish(stream);
  return result(the().lost);
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const cudaError_t e = cudaMemcpyAsync(to, from, bytes, kind, nullptr);
  finish(nullptr);
  return e != cudaSuccess ? e : result(the().lost);
}

cudaError_t cudaMemsetAsync(void* at, int value, std::size_t bytes, cudaStream_t stream) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (bytes == 0) return cudaSuccess;
  const bool right = [&] {
    const std::lock_guard lock(the().mutex);
    return on_device(at) && fits(at, bytes);
  }();
  if (!right) {
    report("memory is set that is not the device's, or beyond its end");
    return result(cudaErrorInvalidValue);
  }
  return result(submit(stream, {.run = [=] { std::memset(at, value, bytes); }}));
}
cudaError_t cudaMemset(void* at, int value, std::size_t bytes) {
  const cudaError_t e = cudaMemsetAsync(at, value, bytes, nullptr);
  finish(nullptr);
  return e;
}
