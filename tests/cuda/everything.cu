// Every kernel and function of runtime/core's CUDA headers, so that whoever compiles this compiles
// them all; and what tests need of it on the host's side.
#include <tenon/cuda.hpp>

#include "tests/cuda/everything.hpp"

namespace tests {
namespace {

namespace cuda = tenon::cuda;

__global__ void draw(const cuda::call* c, unsigned stream, unsigned elements, float* to) {
  const cuda::team t = cuda::team::of_grid();
  const unsigned k = cuda::index_y();
  for (unsigned i = t.warp; i < elements; i += t.warps)
    to[(k * elements + i) * cuda::block + t.lane] =
        cuda::uniform(c->seed, stream, c->step, c->first_sample + k * cuda::block + t.lane, i);
}

// Sums of rows [32 * warps], one after the other, by the lanes of each warp and then over the
// warps.
__global__ void __launch_bounds__(256) add(const float* rows, unsigned count, float* to) {
  const cuda::team t = cuda::team::of_grid();
  float* sums = cuda::shared_memory();
  for (unsigned i = 0; i < count; ++i)
    cuda::keep_sum_of_lanes(rows[i * t.threads_in_group + t.thread_in_group], sums, i, t);
  t.meet();
  for (unsigned i = t.thread_in_group; i < count; i += t.threads_in_group)
    to[i] = cuda::sum_of_warps(sums + i * t.warps_in_group, t.warps_in_group);
}

__global__ void maths(const float* x, unsigned count, float* to) {
  for (unsigned i = cuda::team::of_grid().thread; i < count; i += cuda::team::of_grid().threads) {
    float* y = to + i * 4;
    y[0] = cuda::larger(x[i], 1.0F), y[1] = cuda::smaller(x[i], 1.0F);
    y[2] = cuda::sigmoid(x[i]);
    y[3] = cuda::four_at(x + i / 4 * 4).w;
  }
}

__global__ void clear(float* whole, cuda::shape s, float value) {
  cuda::clear_halo(whole, s, value, cuda::team::of_grid());
}
__global__ void fill(float* at, std::size_t floats, float value) {
  cuda::fill(at, floats, value, cuda::team::of_grid());
}
__global__ void parts_of(const cuda::call* c, unsigned* first) {
  if (cuda::team::of_grid().thread == 0)
    for (unsigned p = 0; p <= c->parts; ++p) first[p] = c->first_block(p);
}

}  // namespace

void run_draw(cuda::queue& q, unsigned blocks, const cuda::call* c, unsigned stream,
              unsigned elements, float* to) {
  q.run(draw, {2, blocks}, 3, 0, c, stream, elements, to);
}
void run_add(cuda::queue& q, unsigned warps, const float* rows, unsigned count, float* to) {
  q.run(add, {1, 1}, warps, sizeof(float) * warps * count, rows, count, to);
}
void run_maths(cuda::queue& q, const float* x, unsigned count, float* to) {
  q.run(maths, {2, 1}, 2, 0, x, count, to);
}
void run_clear(cuda::queue& q, float* whole, const cuda::shape& s, float value) {
  q.run(clear, {2, 1}, 3, 0, whole, s, value);
}
void run_fill(cuda::queue& q, float* at, std::size_t floats, float value) {
  q.run(fill, {2, 1}, 2, 0, at, floats, value);
}
void run_parts(cuda::queue& q, const cuda::call* c, unsigned* first) {
  q.run(parts_of, {1, 1}, 1, 0, c, first);
}

void run_loads(cuda::queue& q, cuda::grid g, const cuda::call* c, float* interior, std::size_t step,
               const cuda::shape& s, source what) {
  switch (what) {
    case source::samples:
      return q.run(cuda::load_samples<>, g, 4, 0, c, interior, step, s);
    case source::values:
      return q.run(cuda::load_values<>, g, 4, 0, c, interior, step, s);
    case source::classes:
      return q.run(cuda::load_classes<>, g, 4, 0, c, interior, step);
    case source::weights:
      return q.run(cuda::load_weights<>, g, 4, 0, c, interior, step);
  }
}
void run_store(cuda::queue& q, cuda::grid g, const cuda::call* c, const float* interior,
               std::size_t step, const cuda::shape& s) {
  q.run(cuda::store_samples<>, g, 5, 0, c, interior, step, s);
}
void run_transpose(cuda::queue& q, cuda::grid g, const cuda::call* c, const float* from,
                   std::size_t from_step, int count, float* to, std::size_t to_step, int row) {
  q.run(cuda::transpose_to_rows<>, g, 8, 0, c, from, from_step, count, to, to_step, row);
}
void run_add_parts(cuda::queue& q, const cuda::call* c, const float* from, std::size_t stride,
                   int floats, float* to) {
  q.run(cuda::add_parts<>, {2, 1}, 4, 0, c, from, stride, floats, to);
}
cudaError_t run_update(cudaStream_t stream, const tenon::settings& s,
                       std::span<const tenon::parameter_place> places,
                       const tenon::update_memory& m, std::byte* scratch) {
  return cuda::updater::run(stream, s, places, m, scratch);
}

}  // namespace tests
