// One step of an optimizer on a GPU, in place of update_parameters of step-inl.h: the same rules,
// penalties, clips and norms. One launch for up to 48 parameters; norms take a few more.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <span>
#include <type_traits>

#include "runtime/core/cuda_queue.hpp"
#include "runtime/core/cuda_update_kernels.hpp"
#include "runtime/core/emitted.hpp"
#include "runtime/core/step.hpp"

namespace tenon::cuda {

using tenon::update_memory;  // of the device here

class updater {
 public:
  // Of the scratch memory, for parameters of so many floats in all.
  static constexpr std::size_t scratch_bytes(std::size_t parameters, std::size_t floats) {
    return sizeof(double) * (2 * sums(parameters, floats) + 2 * parameters + 1);
  }

  // One step on all parameters, in the stream's order; nothing waits. Gradients are spent: agc and
  // lamb change them. `scratch` lies on the device, aligned to 8 bytes. Returns what a launch
  // returned.
  static cudaError_t run(cudaStream_t stream, const settings& s,
                         std::span<const parameter_place> places, const update_memory& m,
                         std::byte* scratch) noexcept {
    std::size_t floats = 0;
    for (const parameter_place& p : places) floats += p.floats;
    updater u(stream, s, places, m, reinterpret_cast<double*>(scratch), floats);
    if (s.clips == clip_mode::norm) u.find_factor();
    if (s.clips == clip_mode::agc) u.clip_units();
    u.step();
    u.limit_norms();
    return u.queue_.failed();
  }

 private:
  using piece = update_detail::piece;
  using batch = update_detail::batch;

  static constexpr std::size_t sums(std::size_t parameters, std::size_t floats) {
    return parameters + floats / update_detail::group_floats;
  }

  updater(cudaStream_t stream, const settings& s, std::span<const parameter_place> places,
          const update_memory& m, double* scratch, std::size_t floats)
      : queue_(stream),
        settings_(s),
        places_(places),
        memory_(m),
        sums_(scratch),
        more_sums_(sums_ + sums(places.size(), floats)),
        norms_(more_sums_ + sums(places.size(), floats)),
        more_norms_(norms_ + places.size()),
        factor_(reinterpret_cast<float*>(more_norms_ + places.size())) {}

  // launch(batch) for all parameters that are not frozen and of which wanted(step) holds, in
  // groups that work on floats, or on a row per warp. Returns the number of groups.
  template <class Wanted, class Launch>
  unsigned in_batches(bool by_rows, Wanted wanted, Launch launch) const {
    batch b;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const parameter_place& p = places_[i];
      const parameter_step step = step_of(settings_, p, i);
      if (step.frozen || !wanted(step)) continue;
      if (b.count == batch::most) {
        launch(b);
        b.first_group += b.groups, b.first_piece += b.count;
        b.groups = b.count = 0;
      }
      const std::size_t work = by_rows ? p.rows : p.floats,
                        at_once = by_rows ? update_detail::warps : update_detail::group_floats;
      b.pieces[b.count++] = {.offset = p.offset,
                             .floats = p.floats,
                             .rows = static_cast<unsigned>(p.rows),
                             .row = static_cast<unsigned>(p.row),
                             .stride = static_cast<unsigned>(p.stride),
                             .group = b.groups,
                             .step = step};
      b.groups += static_cast<unsigned>((work + at_once - 1) / at_once);
    }
    if (b.count > 0) launch(b);
    return b.first_group + b.groups;
  }

  template <class... P, class... A>
  void run_groups(void (*kernel)(P...), unsigned groups, A... arguments) {
    queue_.run(kernel, {groups, 1}, update_detail::warps, 0, arguments...);
  }

  static bool all(const parameter_step&) { return true; }

  void find_factor() {
    const unsigned groups = in_batches(false, all, [&](const batch& b) {
      run_groups(update_detail::square_sums<>, b.groups, b, memory_.gradient, sums_);
    });
    run_groups(update_detail::norm_factor<>, 1, sums_, groups, settings_.clip, factor_);
  }

  void clip_units() {
    in_batches(true, all, [&](const batch& b) {
      run_groups(update_detail::clip_units<>, b.groups, b, settings_.clip, memory_);
    });
  }

  void step() {
    const float* factor = settings_.clips == clip_mode::norm ? factor_ : nullptr;
    const auto by_itself = [](const parameter_step& p) { return p.lamb_decay == 0; };
    update_detail::with_rule(settings_, [&]<class Rule>(const Rule& rule) {
      in_batches(false, by_itself, [&](const batch& b) {
        run_groups(update_detail::step<Rule>, b.groups, b, rule, factor, memory_);
      });
      if constexpr (std::is_same_v<Rule, update_detail::lamb_rule<float>>)
        step_trusting(rule, factor);
    });
  }

  void step_trusting(const update_detail::lamb_rule<float>& rule, const float* factor) {
    const auto decaying = [](const parameter_step& p) { return p.lamb_decay != 0; };
    in_batches(false, decaying, [&](const batch& b) {
      run_groups(update_detail::trusted_direction<>, b.groups, b, rule, factor, memory_, sums_,
                 more_sums_);
      run_groups(update_detail::norms_of_pieces<>, b.count, b, sums_, norms_);
      run_groups(update_detail::norms_of_pieces<>, b.count, b, more_sums_, more_norms_);
      run_groups(update_detail::trusted_step<>, b.groups, b, rule.rate, memory_, norms_,
                 more_norms_);
    });
  }

  void limit_norms() {
    const auto limited = [](const parameter_step& p) { return p.max_norm > 0; };
    const bool by_rows = settings_.norms == norm_of::unit;
    in_batches(by_rows, limited, [&](const batch& b) {
      if (by_rows) return run_groups(update_detail::limit_units<>, b.groups, b, memory_.image);
      run_groups(update_detail::square_sums<>, b.groups, b, memory_.image, sums_);
      run_groups(update_detail::norms_of_pieces<>, b.count, b, sums_, norms_);
      run_groups(update_detail::limit_layers<>, b.groups, b, norms_, memory_.image);
    });
  }

  queue queue_;
  const settings& settings_;
  std::span<const parameter_place> places_;
  update_memory memory_;
  double *sums_, *more_sums_, *norms_, *more_norms_;
  float* factor_;
};

}  // namespace tenon::cuda
