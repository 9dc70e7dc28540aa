// Launches of what everything.cu compiles.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/core/cuda.hpp"

namespace tests {

namespace cuda = tenon::cuda;

// to [blocks][elements][32]: random numbers of each sample.
void run_draw(cuda::queue& q, unsigned blocks, const cuda::call* c, unsigned stream,
              unsigned elements, float* to);
// to [count]: sums of rows [count][warps * 32].
void run_add(cuda::queue& q, unsigned warps, const float* rows, unsigned count, float* to);
// to [count][4]: the larger and smaller of x and 1, the sigmoid, and the last of x's four.
void run_maths(cuda::queue& q, const float* x, unsigned count, float* to);
void run_clear(cuda::queue& q, float* whole, const cuda::shape& s, float value);
void run_fill(cuda::queue& q, float* at, std::size_t floats, float value);
void run_parts(cuda::queue& q, const cuda::call* c, unsigned* first);

enum class source { samples, values, classes, weights };
void run_loads(cuda::queue& q, cuda::grid g, const cuda::call* c, float* interior, std::size_t step,
               const cuda::shape& s, source what);
void run_store(cuda::queue& q, cuda::grid g, const cuda::call* c, const float* interior,
               std::size_t step, const cuda::shape& s);
void run_transpose(cuda::queue& q, cuda::grid g, const cuda::call* c, const float* from,
                   std::size_t from_step, int count, float* to, std::size_t to_step, int row);
void run_add_parts(cuda::queue& q, const cuda::call* c, const float* from, std::size_t stride,
                   int floats, float* to);
cudaError_t run_update(cudaStream_t stream, const tenon::settings& s,
                       std::span<const tenon::parameter_place> places,
                       const tenon::update_memory& m, std::byte* scratch);

}  // namespace tests
