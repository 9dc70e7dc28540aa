// The passes, in one ordered table. A pass is one free function in one file of passes/; it keeps
// every promise that verify() checks, and switching it off changes the speed of what is emitted,
// never the result.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

struct pass {
  std::string_view name;
  std::string_view sentence;
  void (*run)(program&);
  bool required =
      false;  // printers need what it fills in; with the pass off, its plainest form runs instead
  void (*plain)(program&) = nullptr;
};
std::span<const pass> passes();

// Runs the passes that are not named in `off`, with verify before and after each. `watch` sees the
// program after each.
void run_passes(program& p, const std::vector<std::string>& off = {},
                const std::function<void(const pass&, const program&)>& watch = {});

// Reverse-mode derivatives of the loss with respect to every parameter (and, if asked, the input).
void differentiate(program& p);
void differentiate_with_input(program& p);
// Reshapes and copies become index arithmetic in those who read them.
void drop_moves(program& p);
// Kernels whose results nobody needs, and their tensors.
void remove_dead(program& p);
// A map that is the only reader of a tensor moves into the kernels that write it.
void fuse_maps(program& p);
// Contractions with windows of 3 x 3 and stride 1 by Winograd's transforms.
void winograd(program& p);
// Kernels that stand in a row and share their outermost axis run step by step along it.
void strips(program& p);
// Block size, strides and halos.
void lay_out(program& p);
void lay_out_plain(program& p);  // the same without wide blocks
// Large weight gradients are summed once all blocks are through, without a copy per part.
void sum_whole(program& p);
// Stage, phase, vector axis and register tile of each kernel.
void schedule_kernels(program& p);
void schedule_plain(program& p);  // one accumulator everywhere
// Tiles that were measured take the place of the model's.
void tune(program& p);
// Loops over taps leave out those in the halo.
void skip_halo(program& p);
// Kernels with the same text are printed once.
void share_kernels(program& p);
// Lifetimes to offsets.
void plan_memory(program& p);
void plan_memory_plain(program& p);  // every tensor a place of its own

}  // namespace tenon::codegen
