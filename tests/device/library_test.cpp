// The emitted classes of a network on a GPU, as an application uses them: memory of its own, its
// stream, arrays on either side.
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <emitted/crossing_cuda.hpp>
#include <vector>

#include "runtime/train/initialize.hpp"
#include "tests/device/commands.hpp"

namespace tenon::test {
namespace {

namespace net = emitted::crossing::cuda;

constexpr std::size_t n = 70, inputs = 40, outputs = 10;  // more than a batch of 48

std::vector<float> samples() {
  std::vector<float> x(n * inputs);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i)));
  return x;
}

std::vector<float> weights() {
  const network_info& info = *emitted::crossing::entry().info;
  std::vector<float> image(info.image_floats);
  runtime::initialize(info, image, 7);
  return image;
}

// An array on the GPU.
template <class T>
class on_gpu {
 public:
  explicit on_gpu(std::size_t count) : count_(count) {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&at_), count * sizeof(T)) == cudaSuccess);
  }
  explicit on_gpu(const std::vector<T>& values) : on_gpu(values.size()) {
    REQUIRE(cudaMemcpy(at_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice) ==
            cudaSuccess);
  }
  ~on_gpu() { cudaFree(at_); }
  on_gpu(const on_gpu&) = delete;
  on_gpu& operator=(const on_gpu&) = delete;

  T* get() const { return at_; }
  std::vector<T> fetched() const {
    std::vector<T> values(count_);
    REQUIRE(cudaMemcpy(values.data(), at_, count_ * sizeof(T), cudaMemcpyDeviceToHost) ==
            cudaSuccess);
    return values;
  }

 private:
  T* at_ = nullptr;
  std::size_t count_;
};

TEST_CASE("an application serves from arrays on either side, with the same bits") {
  const fresh_gpu device;
  const std::vector<float> image = weights(), x = samples();
  std::vector<float> y(n * outputs);
  const on_gpu<float> device_x(x), device_y(n * outputs);

  std::byte* arena = nullptr;
  cudaMalloc(reinterpret_cast<void**>(&arena), net::eval::arena_bytes);
  net::eval model;
  error failed = model.open({arena, net::eval::arena_bytes}, image);
  // From the host's memory and back there; or on the device, in the order of its stream.
  if (failed == error::none) failed = model.run(x.data(), n, y.data());
  if (failed == error::none) failed = model.run_on_device(device_x.get(), n, device_y.get());

  CHECK_MESSAGE(failed == error::none, text(failed));
  CHECK(device_y.fetched() == y);
  CHECK(model.probabilities(x.data(), n, y.data()) == error::none);
  CHECK(model.probabilities_on_device(device_x.get(), n, device_y.get()) == error::none);
  CHECK(device_y.fetched() == y);
  for (std::size_t s = 0; s < n; ++s) {
    float sum = 0;
    for (std::size_t i = 0; i < outputs; ++i) sum += y[s * outputs + i];
    CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  }
  cudaFree(arena);
}

TEST_CASE("what cannot be opened or called is refused, and nothing is touched") {
  const fresh_gpu device;
  const std::vector<float> image = weights(), x = samples();
  std::vector<float> y(n * outputs, 7.0F);
  const on_gpu<float> device_x(x), device_y(n * outputs);
  const on_gpu<std::byte> arena(net::eval::arena_bytes + 256);
  alignas(256) static std::byte of_the_host[net::eval::arena_bytes];
  net::eval model;
  const auto open = [&](std::byte* at, std::size_t bytes, std::span<const float> values) {
    return model.open({at, bytes}, values);
  };
  constexpr std::size_t bytes = net::eval::arena_bytes;
  CHECK(open(arena.get(), bytes - 1, image) == error::arena_too_small);
  CHECK(open(arena.get() + 4, bytes, image) == error::arena_misaligned);
  CHECK(open(of_the_host, bytes, image) == error::not_device_memory);
  CHECK(open(arena.get(), bytes, std::span(image).first(5)) == error::weights_wrong_size);
  REQUIRE(open(arena.get(), bytes, image) == error::none);

  CHECK(model.run(device_x.get(), n, y.data()) == error::not_host_memory);
  CHECK(model.run(x.data(), n, device_y.get()) == error::not_host_memory);
  CHECK(model.run_on_device(x.data(), n, device_y.get()) == error::not_device_memory);
  CHECK(model.run_on_device(device_x.get(), n, y.data()) == error::not_device_memory);
  CHECK(std::ranges::count(y, 7.0F) == static_cast<std::ptrdiff_t>(y.size()));
  CHECK(model.run(x.data(), n, y.data()) == error::none);  // as usable as before
}

TEST_CASE("an application trains on a GPU: a step is that of the CPU, and waits only for a loss") {
  const fresh_gpu device;
  const std::vector<float> image = weights(), x = samples();
  constexpr std::size_t batch = 40;
  std::vector<std::int32_t> target(batch);
  for (std::size_t s = 0; s < batch; ++s) target[s] = static_cast<std::int32_t>(s * 3 % outputs);
  settings s = defaults(optimizer::adamw);

  const on_gpu<std::byte> arena(net::train::arena_bytes);
  net::train trainer;
  REQUIRE(trainer.open({arena.get(), net::train::arena_bytes}) == error::none);
  CHECK(trainer.open({arena.get(), 8}) == error::arena_too_small);
  REQUIRE(trainer.open({arena.get(), net::train::arena_bytes}) == error::none);
  REQUIRE(trainer.set_image(image) == error::none);
  const auto on_cpu = emitted::crossing::entry().make_trainer(nullptr);
  std::ranges::copy(image, on_cpu->image().begin());

  float loss = 0;
  for (; s.step < 3; ++s.step) {
    CHECK(trainer.step(x.data(), target.data(), batch, s, s.step == 2 ? &loss : nullptr) ==
          error::none);
    const float expected = on_cpu->gradients(x.data(), target.data(), batch, s);
    on_cpu->update(s);
    if (s.step == 2) CHECK(loss == doctest::Approx(expected).epsilon(1e-5));
  }
  std::vector<float> trained(net::train::image_floats), y(batch * outputs), of_cpu(y.size());
  CHECK(trainer.get_image(trained) == error::none);
  for (std::size_t i = 0; i < trained.size(); ++i)
    CHECK(trained[i] == doctest::Approx(on_cpu->image()[i]).epsilon(1e-4));
  CHECK(trainer.outputs(batch, y.data()) == error::none);
  on_cpu->outputs(batch, of_cpu.data());
  for (std::size_t i = 0; i < y.size(); ++i)
    CHECK(y[i] == doctest::Approx(of_cpu[i]).epsilon(1e-4));
}

}  // namespace
}  // namespace tenon::test
