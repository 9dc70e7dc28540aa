// What exists once in a unit: the classes of the emitted header, over functions of the chosen
// target.
#include <algorithm>

#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* threaded_parts = R"(
// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  struct context {
    const job& j;
    std::size_t phase;
    part_function f;
  } all{j, phase, f};
  if (threads != nullptr && j.parts > 1) {
    const auto run_part = [](void* c, std::size_t part) {
      const context& a = *static_cast<const context*>(c);
      a.f(a.j, a.phase, part);
    };
    threads->run(j.parts, run_part, &all);
    return;
  }
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

)";

constexpr const char* small_parts = R"(
// All parts of a phase, on the pool's threads where there is enough to do.
using part_function = void (*)(const job&, std::size_t, std::size_t);
static void run_parts(const job& j, std::size_t phase, part_function f,
                      [[maybe_unused]] tenon::pool* threads) noexcept {
  // A whole batch takes less time than waking a thread would.
  for (std::size_t part = 0; part < j.parts; ++part) f(j, phase, part);
}

)";

constexpr const char* eval_class = R"(
error eval::open(std::span<std::byte> arena, std::span<const float> image,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  if (!tenon::is_aligned(image.data())) return error::weights_misaligned;
  using namespace eval_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  run_kernel_ = &HWY_DYNAMIC_DISPATCH(run_kernel);
  run_single_ = &HWY_DYNAMIC_DISPATCH(run_single);
  run_single_kernel_ = &HWY_DYNAMIC_DISPATCH(run_single_kernel);
  image_ = image.data();
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  return error::none;
}

error eval::open(std::span<std::byte> arena, std::span<const std::byte> blob,
                 tenon::pool* threads) noexcept {
  if (const error e = tenon::check(blob, signature, image_floats); e != error::none) return e;
  return open(arena, tenon::image_of(blob, image_floats), threads);
}

void eval::call(const float* x, std::size_t n, float* y, bool probabilities) noexcept {
  // Samples that would leave most of a block empty go one at a time, whatever the threads.
  const std::size_t rest = n % ${block}, singles = rest <= ${singles} ? rest : 0;
  for (std::size_t first = 0; first < n - singles; first += batch) {
    const std::size_t now = std::min<std::size_t>(n - singles - first, batch);
    const std::size_t parts = std::min<std::size_t>((now + ${block-1}) / ${block}, ${parts});
    const eval_kernels::job j{.x = x + first * ${input}, .y = y + first * ${output}, .n = now, .parts = parts,
                              .image = image_, .part_memory = memory_,
                              .probabilities = probabilities};
    eval_kernels::run_parts(j, 0, run_part_, threads_);
  }
  for (std::size_t s = n - singles; s < n; ++s) {
    single_x_ = x + s * ${input};
    run_single_({.x = single_x_, .y = y + s * ${output}, .n = 1, .parts = 1,
                 .image = image_ + ${single_image}, .part_memory = memory_,
                 .probabilities = probabilities, .threads = threads_});
  }
}

void eval::run(const float* x, std::size_t n, float* y) noexcept { call(x, n, y, false); }
void eval::probabilities(const float* x, std::size_t n, float* p) noexcept { call(x, n, p, true); }
void eval::run_kernel(std::size_t index, std::size_t) noexcept {
  constexpr std::size_t of_blocks = ${kernels};  // those of single samples follow
  if (index < of_blocks) {
    run_kernel_({.n = batch, .parts = ${parts}, .image = image_, .part_memory = memory_}, index, 0);
    return;
  }
  run_single_kernel_({.x = single_x_, .n = 1, .parts = 1, .image = image_ + ${single_image},
                      .part_memory = memory_},
                     index - of_blocks);
}
const char* eval::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

)";

constexpr const char* eval_mc_class = R"(
error eval_mc::open(std::span<std::byte> arena, std::span<const float> image,
                    tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  if (image.size() != image_floats) return error::weights_wrong_size;
  if (!tenon::is_aligned(image.data())) return error::weights_misaligned;
  using namespace eval_mc_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  prepare_ = &HWY_DYNAMIC_DISPATCH(prepare);
  image_ = image.data();
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  std::memset(memory_, 0, arena_bytes);
  return error::none;
}

void eval_mc::call(const float* x, std::size_t n, float* y, std::uint64_t seed, std::uint64_t draw,
                   bool probabilities) noexcept {
  eval_mc_kernels::job j{.image = image_, .part_memory = memory_ + ${batch},
                         .probabilities = probabilities, .batch = memory_, .seed = seed,
                         .step = draw};
  prepare_(j);
  for (std::size_t first = 0; first < n; first += batch) {
    j.x = x + first * ${input}, j.y = y + first * ${output};
    j.first = static_cast<std::uint32_t>(first);
    j.n = std::min<std::size_t>(n - first, batch);
    j.parts = std::min<std::size_t>((j.n + ${block-1}) / ${block}, ${parts});
    eval_mc_kernels::run_parts(j, 0, run_part_, threads_);
  }
}

void eval_mc::run(const float* x, std::size_t n, float* y, std::uint64_t seed,
                  std::uint64_t draw) noexcept {
  call(x, n, y, seed, draw, false);
}
void eval_mc::probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                            std::uint64_t draw) noexcept {
  call(x, n, p, seed, draw, true);
}
const char* eval_mc::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

)";

constexpr const char* train_class = R"(
error train::open(std::span<std::byte> arena, tenon::pool* threads) noexcept {
  if (const error e = tenon::check_arena(arena, arena_bytes); e != error::none) return e;
  using namespace train_kernels;
  if (!tenon::choose_target<HWY_TARGETS>()) return error::target_unsupported;
  run_part_ = &HWY_DYNAMIC_DISPATCH(run_part);
  run_kernel_ = &HWY_DYNAMIC_DISPATCH(run_kernel);
  collect_ = &HWY_DYNAMIC_DISPATCH(collect);
  renew_ = &HWY_DYNAMIC_DISPATCH(renew);
  prepare_ = &HWY_DYNAMIC_DISPATCH(prepare);
  update_ = &HWY_DYNAMIC_DISPATCH(update);
  store_outputs_ = &HWY_DYNAMIC_DISPATCH(store_outputs);
  memory_ = reinterpret_cast<float*>(arena.data());
  threads_ = threads;
  last_n_ = batch;
  std::memset(memory_, 0, arena_bytes);
  return error::none;
}

// Where everything lies in the arena.
static train_kernels::job make_job(float* m, std::size_t n) {
  train_kernels::job j;
  j.n = n, j.parts = std::min<std::size_t>((n + ${block-1}) / ${block}, ${parts});
  j.image = m + 0, j.gradients = m + ${gradients}, j.batch = m + ${batch};
  j.part_sums = m + ${part_sums}, j.part_memory = m + ${part_memory};
  j.block_memory = m + ${block_memory};
  return j;
}

void train::run(train_kernels::job& j, const settings& s) noexcept {
  j.seed = s.seed, j.step = s.step, j.first = s.first_sample;
  last_n_ = j.n;
  prepare_(j);
  const std::size_t phases = j.forward_only ? ${forward_phases} : ${phases};
  for (std::size_t phase = 0; phase < phases; ++phase) {
    train_kernels::run_parts(j, phase, run_part_, threads_);
    collect_(j, phase);
  }
}

float train::gradients(const float* x, const target_type* target, std::size_t n,
                       const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.target = target${weights};
  run(j, s);
  renew_(j);
  return *(${loss});
}

float train::step(const float* x, const target_type* target, std::size_t n,
                  const settings& s) noexcept {
  const float loss = gradients(x, target, n, s);
  update(s);
  return loss;
}

void train::update(const settings& s) noexcept {
  update_(make_job(memory_, last_n_), memory_ + ${state}, s);
}

void train::forward(const float* x, std::size_t n, float* y, const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.forward_only = true;
  run(j, s);
  outputs(n, y);
}

void train::statistics(const float* x, std::size_t n, const settings& s) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.x = x, j.forward_only = true;
  run(j, s);
  renew_(j);
}

void train::outputs(std::size_t n, float* y) noexcept {
  train_kernels::job j = make_job(memory_, n);
  j.y = y;
  store_outputs_(j);
}

std::span<float> train::image() noexcept { return {memory_, image_floats}; }
std::span<float> train::optimizer_state() noexcept { return {memory_ + ${state}, ${state_floats}}; }
void train::gradient(std::span<float> image) noexcept {
  const float* const g = memory_ + ${gradients};
  std::fill(image.begin(), image.end(), 0.0f);
  std::copy_n(g, std::min<std::size_t>(image.size(), ${gradient_floats}), image.begin());
}
void train::set_gradient(std::span<const float> image) noexcept {
  std::copy_n(image.begin(), std::min<std::size_t>(image.size(), ${gradient_floats}), memory_ + ${gradients});
}
void train::run_kernel(std::size_t index, std::size_t block) noexcept {
  run_kernel_(make_job(memory_, batch), index, block % ${blocks});
}
const char* train::target() const noexcept { return tenon::target_name<HWY_TARGETS>(); }

)";

// About 10 microseconds of arithmetic, against about 5 for a fork and join.
bool worth_threads(const program& p) {
  double flops = 0;
  for (const schedule& s : p.schedules) flops += s.flops;
  return flops * p.batch > 1e6;
}

void print_train_class(writer& w, const unit& u) {
  const arena_plan& a = u.plan;
  const std::size_t state = a.image + a.gradient, batch = state + a.state,
                    part_sums = batch + a.batch, part_memory = part_sums + a.part_sums,
                    block_memory = part_memory + a.parts;
  const auto number = [](auto v) { return fmt::format("{}", v); };
  w.text(train_class,
         {{"block", number(u.p.block)},
          {"block-1", number(u.p.block - 1)},
          {"blocks", number(u.p.blocks())},
          {"parts", number(u.p.parts())},
          {"gradients", number(a.image)},
          {"gradient_floats", number(a.gradient)},
          {"state", number(state)},
          {"state_floats", number(a.state)},
          {"batch", number(batch)},
          {"part_sums", number(part_sums)},
          {"part_memory", number(part_memory)},
          {"block_memory", number(block_memory)},
          {"forward_phases", number(u.last_forward_phase() + 1)},
          {"phases", number(u.last_phase() + 1)},
          {"loss", u.pointer(u.p.loss)},
          {"weights", u.p.sample_weight >= 0 ? ", j.sample_weights = s.sample_weights" : ""}});
}

void print_eval_class(writer& w, const unit& u) {
  const auto number = [](auto v) { return fmt::format("{}", v); };
  w.text(
      eval_class,
      {{"block", number(u.p.block)},
       {"block-1", number(u.p.block - 1)},
       {"parts", number(u.p.parts())},
       {"input", number(u.p.of(u.p.input).shape.count())},
       {"output", number(u.p.of(u.p.output).shape.count())},
       {"kernels", number(std::count_if(u.p.schedules.begin(), u.p.schedules.end(),
                                        [](const schedule& s) { return s.when == stage::block; }))},
       {"singles", number(most_singles(u.p, u.e.single))},
       {"single_image", number(plan_of_serving(u.p, u.e.single).single_image)}});
}

void print_eval_mc_class(writer& w, const unit& u) {
  const auto number = [](auto v) { return fmt::format("{}", v); };
  w.text(eval_mc_class, {{"block", number(u.p.block)},
                         {"block-1", number(u.p.block - 1)},
                         {"parts", number(u.p.parts())},
                         {"input", number(u.p.of(u.p.input).shape.count())},
                         {"output", number(u.p.of(u.p.output).shape.count())},
                         {"batch", number(u.plan.batch)}});
}

}  // namespace

void print_classes(writer& w, const unit& u) {
  w.line("#if HWY_ONCE");
  w.line("namespace emitted::{} {{", u.e.name());
  w.line("namespace {}_kernels {{", u.word);
  for (const char* f : {"run_part", u.samples ? "prepare" : "run_kernel"})
    w.line("HWY_EXPORT({});", f);
  if (!u.train && !u.samples) {
    for (const char* f : {"run_single", "run_single_kernel"}) w.line("HWY_EXPORT({});", f);
  }
  if (u.train) {
    for (const char* f : {"collect", "renew", "prepare", "update", "store_outputs"})
      w.line("HWY_EXPORT({});", f);
  }
  w.line("");
  w.text(worth_threads(u.p) ? threaded_parts : small_parts, {});
  w.line("}}  // namespace {}_kernels", u.word);
  w.line("");
  u.train     ? print_train_class(w, u)
  : u.samples ? print_eval_mc_class(w, u)
              : print_eval_class(w, u);
  w.line("}}  // namespace emitted::{}", u.e.name());
  w.line("#endif  // HWY_ONCE");
}

}  // namespace tenon::codegen
