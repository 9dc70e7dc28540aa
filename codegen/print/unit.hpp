// What the units of a network, <name>_eval.cc, <name>_train.cc and <name>_eval_mc.cc, are printed
// from: a program after all passes, and what its memory and its kernels are called there.
#pragma once
#include <string>
#include <vector>

#include "codegen/print/files.hpp"

namespace tenon::codegen {

struct unit {
  unit(const edition& e, const program& p);

  const edition& e;
  const program& p;
  bool train, samples;  // samples: eval_mc, which draws and prepares anew in each call
  std::string word;     // "train", "eval" or "eval_mc"
  arena_plan plan;
  // Kernels that outputs and running statistics depend on: all that forward() and statistics() run.
  std::vector<bool> forward;

  bool has(stage s) const;
  int last_phase() const;
  int last_forward_phase() const;

  // Where a tensor begins, halo included, and where its own elements do.
  std::string pointer(int tensor, const char* block = "block") const;
  std::string interior(int tensor) const;
  // A call of the kernel; one of a strip takes the variable `step`.
  std::string call_of(std::size_t kernel) const;
  // "for (size_t step = 0; ...)" around the calls of a strip.
  std::string steps_of(std::size_t kernel) const;
  // Of a kernel over all samples, for rows [first, last).
  std::string whole_call_of(std::size_t kernel, std::string_view first,
                            std::string_view last) const;

 private:
  const storage& place_of(int tensor) const;
};

// Whether the kernel only brings samples outermost: a call of transpose_to_rows().
bool is_transpose(const program& p, std::size_t kernel);

// The rooms of a unit, in the order of the file. Per target of the CPU:
void print_phases(writer& w, const unit& u);      // a block through each phase, a part's blocks
void print_step(writer& w, const unit& u);        // train: what happens once per step
void print_prepare(writer& w, const unit& u);     // eval_mc: what happens once per draw
void print_run_kernel(writer& w, const unit& u);  // one kernel alone, for benchmarks
void print_single(writer& w, const unit& u);      // eval: one sample through the whole network
// `constexpr tenon::parameter_place places[]`: rows as the tables of print_info() have them, the
// first dimension.
void print_places(writer& w, const program& p);
// Once: the classes of the emitted header.
void print_classes(writer& w, const unit& u);

// `const tenon::block_call call{…}` of block number `block`.
void print_block_call(writer& w, const unit& u, const char* block);
// A block's elements back into rows of samples.
void print_store(writer& w, const unit& u, int tensor, const char* to);

}  // namespace tenon::codegen
