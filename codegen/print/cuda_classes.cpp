// The functions of the emitted classes: arguments to the device, one launch, results back.
#include "codegen/print/cuda.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* memory_check = R"(
namespace {

// What can be known to be wrong before anything runs.
error check_memory(std::span<std::byte> arena, std::size_t bytes) {
  if (const error e = tenon::cuda::check_device(); e != error::none) return e;
  if (arena.size() < bytes) return error::arena_too_small;
  if (!tenon::is_aligned(arena.data(), 256)) return error::arena_misaligned;
  return tenon::cuda::check_pointer(arena.data(), true);
}

}  // namespace

)";

constexpr const char* eval_class = R"(
struct eval::state {
  float* memory = nullptr;
  stream in = nullptr;
  tenon::cuda::graph outputs, probabilities;
};

eval::eval() noexcept = default;
eval::~eval() = default;
eval::eval(eval&&) noexcept = default;
eval& eval::operator=(eval&&) noexcept = default;

error eval::open(std::span<std::byte> arena, std::span<const float> image, stream s) noexcept {
  if (const error e = check_memory(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  std::unique_ptr<state> made(new (std::nothrow) state);
  if (!made) return error::device_out_of_memory;
  made->memory = reinterpret_cast<float*>(arena.data()), made->in = s;
  using namespace eval_kernels;
  const job j = job_in(made->memory);
  queue q(s);
  q.clear(j.declared, arena_bytes / sizeof(float));
  q.copy(j.declared, image.data(), image.size_bytes());
  prepare(q, j);
  q.wait();
  if (q.failed() != cudaSuccess) return tenon::cuda::of(q.failed());
  const auto capture = [&](tenon::cuda::graph& g, bool probabilities) {
    return g.capture(j.call, [&](queue& to) { eval_kernels::run(to, j, probabilities); });
  };
  if (const cudaError_t e = capture(made->outputs, false); e != cudaSuccess)
    return tenon::cuda::of(e);
  if (const cudaError_t e = capture(made->probabilities, true); e != cudaSuccess)
    return tenon::cuda::of(e);
  state_ = std::move(made);
  return error::none;
}

error eval::call(const float* x, std::size_t n, float* y, bool probabilities,
                 bool on_device) noexcept {
  for (const void* p : {static_cast<const void*>(x), static_cast<const void*>(y)}) {
    if (const error e = tenon::cuda::check_pointer(p, on_device); e != error::none) return e;
  }
  const eval_kernels::job j = eval_kernels::job_in(state_->memory);
  const tenon::cuda::graph& graph = probabilities ? state_->probabilities : state_->outputs;
  eval_kernels::queue q(state_->in);
  for (std::size_t first = 0; first < n; first += batch) {
    const std::size_t now = std::min<std::size_t>(n - first, batch);
    tenon::cuda::call c{.x = x + first * ${input}, .y = y + first * ${output},
                        .n = static_cast<unsigned>(now), .batch_size = static_cast<float>(now)};
    if (!on_device) {
      q.copy(j.x, c.x, now * ${input} * sizeof(float));
      c.x = j.x, c.y = j.y;
    }
    q.launch(graph, c);
    if (!on_device) q.copy(y + first * ${output}, j.y, now * ${output} * sizeof(float));
  }
  if (!on_device) q.wait();
  return tenon::cuda::of(q.failed());
}

error eval::run(const float* x, std::size_t n, float* y) noexcept {
  return call(x, n, y, false, false);
}
error eval::probabilities(const float* x, std::size_t n, float* p) noexcept {
  return call(x, n, p, true, false);
}
error eval::run_on_device(const float* x, std::size_t n, float* y) noexcept {
  return call(x, n, y, false, true);
}
error eval::probabilities_on_device(const float* x, std::size_t n, float* p) noexcept {
  return call(x, n, p, true, true);
}

)";

constexpr const char* train_class = R"(
struct train::state {
  float* memory = nullptr;
  stream in = nullptr;
  std::size_t last_n = batch;
  tenon::cuda::graph gradients, forward, statistics, outputs;
};

train::train() noexcept = default;
train::~train() = default;
train::train(train&&) noexcept = default;
train& train::operator=(train&&) noexcept = default;

error train::open(std::span<std::byte> arena, stream s) noexcept {
  if (const error e = check_memory(arena, arena_bytes); e != error::none) return e;
  std::unique_ptr<state> made(new (std::nothrow) state);
  if (!made) return error::device_out_of_memory;
  made->memory = reinterpret_cast<float*>(arena.data()), made->in = s;
  using namespace train_kernels;
  const job j = job_in(made->memory);
  queue q(s);
  q.clear(j.declared, arena_bytes / sizeof(float));
  q.wait();
  const auto capture = [&](tenon::cuda::graph& g, auto what) {
    q.hold(q.failed() != cudaSuccess ? q.failed() : g.capture(j.call, what));
  };
  capture(made->gradients, [&](queue& to) { run(to, j, false, true); });
  capture(made->forward, [&](queue& to) { run(to, j, true, false); });
  capture(made->statistics, [&](queue& to) { run(to, j, true, true); });
  capture(made->outputs, [&](queue& to) { store_outputs(to, j); });
  if (q.failed() != cudaSuccess) return tenon::cuda::of(q.failed());
  state_ = std::move(made);
  return error::none;
}

static tenon::cuda::call call_of(std::size_t n, const settings& s) {
  const unsigned blocks = static_cast<unsigned>((n + ${block-1}) / ${block});
  return {.n = static_cast<unsigned>(n), .parts = std::min(blocks, ${parts}u),
          .batch_size = static_cast<float>(n), .first_sample = s.first_sample, .seed = s.seed,
          .step = s.step};
}

error train::set_image(std::span<const float> image) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(state_->memory, image.data(), std::min(image.size(), image_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::get_image(std::span<float> image) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(image.data(), state_->memory, std::min(image.size(), image_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::set_optimizer_state(std::span<const float> all) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(train_kernels::job_in(state_->memory).state, all.data(),
         std::min(all.size(), optimizer_state_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::get_optimizer_state(std::span<float> all) noexcept {
  train_kernels::queue q(state_->in);
  q.copy(all.data(), train_kernels::job_in(state_->memory).state,
         std::min(all.size(), optimizer_state_floats) * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
const float* train::image_on_device() const noexcept { return state_->memory; }

error train::gradients(const float* x, const target_type* target, std::size_t n,
                       const settings& s, float* loss) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  if (const error e = tenon::cuda::check_pointer(target, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * ${input} * sizeof(float));
  q.copy(j.target, target, n * ${target} * sizeof(target_type));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x, c.target = j.target;
  ${weights}
  state_->last_n = n;
  q.launch(state_->gradients, c);
  if (loss != nullptr) {
    q.copy(loss, ${loss}, sizeof(float));
    q.wait();
  }
  return tenon::cuda::of(q.failed());
}

error train::gradients_on_device(const float* x, const target_type* target, std::size_t n,
                                 const settings& s, float* loss) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, true); e != error::none) return e;
  if (const error e = tenon::cuda::check_pointer(target, true); e != error::none) return e;
  train_kernels::queue q(state_->in);
  tenon::cuda::call c = call_of(n, s);
  c.x = x, c.target = target, c.sample_weights = s.sample_weights;
  state_->last_n = n;
  q.launch(state_->gradients, c);
  if (loss != nullptr) q.copy(loss, ${loss}, sizeof(float));
  return tenon::cuda::of(q.failed());
}

error train::update(const settings& s) noexcept {
  ${places}
  ${update}
}

error train::step(const float* x, const target_type* target, std::size_t n, const settings& s,
                  float* loss) noexcept {
  const error e = gradients(x, target, n, s, loss);
  return e != error::none ? e : update(s);
}

error train::outputs(std::size_t n, float* y) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  train_kernels::queue q(state_->in);
  tenon::cuda::call c = call_of(n, {});
  c.y = j.y;
  q.launch(state_->outputs, c);
  q.copy(y, j.y, n * ${output} * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}

error train::forward(const float* x, std::size_t n, float* y, const settings& s) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * ${input} * sizeof(float));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x;
  q.launch(state_->forward, c);
  return q.failed() != cudaSuccess ? tenon::cuda::of(q.failed()) : outputs(n, y);
}

error train::statistics(const float* x, std::size_t n, const settings& s) noexcept {
  const train_kernels::job j = train_kernels::job_in(state_->memory);
  if (const error e = tenon::cuda::check_pointer(x, false); e != error::none) return e;
  train_kernels::queue q(state_->in);
  q.copy(j.x, x, n * ${input} * sizeof(float));
  tenon::cuda::call c = call_of(n, s);
  c.x = j.x;
  q.launch(state_->statistics, c);
  q.wait();
  return tenon::cuda::of(q.failed());
}

error train::gradient(std::span<float> image) noexcept {
  const std::size_t here = std::min<std::size_t>(image.size(), ${gradient_floats});
  std::fill(image.begin() + static_cast<std::ptrdiff_t>(here), image.end(), 0.0f);
  train_kernels::queue q(state_->in);
  q.copy(image.data(), train_kernels::job_in(state_->memory).gradients, here * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}
error train::set_gradient(std::span<const float> image) noexcept {
  const std::size_t here = std::min<std::size_t>(image.size(), ${gradient_floats});
  train_kernels::queue q(state_->in);
  q.copy(train_kernels::job_in(state_->memory).gradients, image.data(), here * sizeof(float));
  q.wait();
  return tenon::cuda::of(q.failed());
}

)";

void print_eval_class(writer& w, const cuda_unit& u) {
  const auto number = [](auto v) { return fmt::format("{}", v); };
  w.text(eval_class, {{"input", number(u.p.of(u.p.input).shape.count())},
                      {"output", number(u.p.of(u.p.output).shape.count())}});
}

void print_train_class(writer& w, const cuda_unit& u) {
  const auto number = [](auto v) { return fmt::format("{}", v); };
  const bool learns = u.p.floats(region::gradient) > 0;
  const std::size_t gradient = u.p.floats(region::gradient);
  if (learns) {
    w.line("namespace train_kernels {");
    w.line("namespace {");
    w.line("");
    comment(w, "Offset, floats with padding, rows, floats of a row, stride, whether it decays.");
    print_places(w, u.p);
    w.line("static_assert(tenon::cuda::updater::scratch_bytes(std::size(places), {}) <= {});",
           gradient, (u.plan.total - u.plan.scratch) * sizeof(float));
    w.line("");
    w.line("}  // namespace");
    w.line("}  // namespace train_kernels");
    w.line("");
  }
  const std::string update = fmt::format(
      "return tenon::cuda::of(tenon::cuda::updater::run(state_->in, s, train_kernels::places, "
      "{{j.gradients, j.state, j.state + {}, j.declared}}, "
      "reinterpret_cast<std::byte*>(j.scratch)));",
      gradient);
  const long target = u.p.target < 0        ? 0
                      : u.p.target_is_class ? 1
                                            : u.p.of(u.p.target).shape.count();
  const bool weighted = u.p.sample_weight >= 0;
  w.text(train_class,
         {{"block", number(u.p.block)},
          {"block-1", number(u.p.block - 1)},
          {"parts", number(u.p.parts())},
          {"input", number(u.p.of(u.p.input).shape.count())},
          {"output", number(u.p.of(u.p.output).shape.count())},
          {"target", number(target)},
          {"weights",
           weighted ? "if (s.sample_weights != nullptr) q.copy(j.weights, s.sample_weights, n * "
                      "sizeof(float)), c.sample_weights = j.weights;"
                    : "static_cast<void>(j.weights);"},
          {"loss", u.pointer(u.p.loss)},
          {"gradient_floats", number(gradient)},
          {"places", learns ? "const train_kernels::job j = train_kernels::job_in(state_->memory);"
                            : "static_cast<void>(s);  // nothing learns"},
          {"update", learns ? update : "return error::none;"}});
}

}  // namespace

void print_cuda_classes(writer& w, const cuda_unit& u) {
  if (!u.train) w.text(memory_check, {});
  u.train ? print_train_class(w, u) : print_eval_class(w, u);
}

}  // namespace tenon::codegen
