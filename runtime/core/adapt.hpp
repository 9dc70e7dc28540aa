// From an emitted network to the tables and entry points of network.hpp: for the emitted
// `<name>_info.cc`.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string_view>

#include "runtime/core/arena.hpp"
#include "runtime/core/network.hpp"

namespace tenon {

namespace detail {

struct free_arena {
  void operator()(std::byte* p) const noexcept {
    ::operator delete (p, std::align_val_t{alignment});
  }
};
using heap_arena = std::unique_ptr<std::byte[], free_arena>;

inline heap_arena allocate_arena(std::size_t bytes) {
  return heap_arena(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignment})));
}

inline void require(error e) {
  if (e != error::none) throw std::runtime_error(text(e));
}

}  // namespace detail

// An evaluator over an emitted eval class: arena_bytes, open(arena, image, pool), run,
// probabilities, run_kernel, target.
template <class Eval>
class adapt_evaluator final : public evaluator {
 public:
  // image: eval_image_floats; outlives this. Throws std::runtime_error with the text of what open()
  // found wrong.
  adapt_evaluator(std::span<const float> image, pool* threads) {
    detail::require(network_.open({arena_.get(), Eval::arena_bytes}, image, threads));
  }
  static std::unique_ptr<evaluator> make(std::span<const float> image, pool* threads) {
    return std::make_unique<adapt_evaluator>(image, threads);
  }

  void run(const float* x, std::size_t n, float* y) noexcept override { network_.run(x, n, y); }
  void probabilities(const float* x, std::size_t n, float* p) noexcept override {
    network_.probabilities(x, n, p);
  }
  void run_kernel(std::size_t index, std::size_t block) noexcept override {
    network_.run_kernel(index, block);
  }
  std::string_view target() const noexcept override { return network_.target(); }

 private:
  detail::heap_arena arena_ = detail::allocate_arena(Eval::arena_bytes);
  Eval network_;
};

// A sampler over an emitted eval_mc class: arena_bytes, open(arena, image, pool), run,
// probabilities.
template <class EvalMc>
class adapt_sampler final : public sampler {
 public:
  // image: image_floats; outlives this. Throws as adapt_evaluator does.
  adapt_sampler(std::span<const float> image, pool* threads) {
    detail::require(network_.open({arena_.get(), EvalMc::arena_bytes}, image, threads));
  }
  static std::unique_ptr<sampler> make(std::span<const float> image, pool* threads) {
    return std::make_unique<adapt_sampler>(image, threads);
  }

  void run(const float* x, std::size_t n, float* y, std::uint64_t seed,
           std::uint64_t draw) noexcept override {
    network_.run(x, n, y, seed, draw);
  }
  void probabilities(const float* x, std::size_t n, float* p, std::uint64_t seed,
                     std::uint64_t draw) noexcept override {
    network_.probabilities(x, n, p, seed, draw);
  }

 private:
  detail::heap_arena arena_ = detail::allocate_arena(EvalMc::arena_bytes);
  EvalMc network_;
};

// A trainer_core over an emitted training class: arena_bytes, target_type (int32_t or float),
// open(arena, pool) and the functions of trainer_core.
template <class Train>
class adapt_trainer final : public trainer_core {
 public:
  explicit adapt_trainer(pool* threads) {
    detail::require(network_.open({arena_.get(), Train::arena_bytes}, threads));
  }
  static std::unique_ptr<trainer_core> make(pool* threads) {
    return std::make_unique<adapt_trainer>(threads);
  }

  std::span<float> image() noexcept override { return network_.image(); }
  std::span<float> optimizer_state() noexcept override { return network_.optimizer_state(); }
  float gradients(const float* x, const void* target, std::size_t n,
                  const settings& s) noexcept override {
    return network_.gradients(x, static_cast<const typename Train::target_type*>(target), n, s);
  }
  void update(const settings& s) noexcept override { network_.update(s); }
  void outputs(std::size_t n, float* y) noexcept override { network_.outputs(n, y); }
  void forward(const float* x, std::size_t n, float* y, const settings& s) noexcept override {
    network_.forward(x, n, y, s);
  }
  void statistics(const float* x, std::size_t n, const settings& s) noexcept override {
    network_.statistics(x, n, s);
  }
  void gradient(std::span<float> image) noexcept override { network_.gradient(image); }
  void set_gradient(std::span<const float> image) noexcept override {
    network_.set_gradient(image);
  }
  void run_kernel(std::size_t index, std::size_t block) noexcept override {
    network_.run_kernel(index, block);
  }
  std::string_view target() const noexcept override { return network_.target(); }

 private:
  detail::heap_arena arena_ = detail::allocate_arena(Train::arena_bytes);
  Train network_;
};

}  // namespace tenon
