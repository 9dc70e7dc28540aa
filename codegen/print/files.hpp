// The parts of emit(): one function per emitted file.
#pragma once
#include <optional>
#include <string>

#include "codegen/emit.hpp"
#include "codegen/print/writer.hpp"

namespace tenon::codegen {

// The programs of a network for a GPU.
struct cuda_programs {
  program eval, train;
};

// What all files of a network share.
struct edition {
  const declaration& d;
  const emit_options& options;
  program eval, train, eval_mc;  // after all passes; without a loss, train only goes forward
  program single{};              // eval for one sample at a time
  bool trains = false;
  bool samples = false;  // something is random in eval_mc; without noise that program is empty
  std::string signature;
  program twin{};  // what the scalar twin prints, where the network trains
  std::optional<cuda_programs> cuda{};

  const std::string& name() const { return eval.network; }
};

std::string print_header(const edition& e);   // emitted/<name>.hpp
std::string print_eval(const edition& e);     // <name>_eval.cc
std::string print_train(const edition& e);    // <name>_train.cc
std::string print_eval_mc(const edition& e);  // <name>_eval_mc.cc
std::string print_fold(const edition& e);     // <name>_fold.cc
std::string print_info(const edition& e);     // <name>_info.cc

// "lenet, eval. Written by tenon 0.1.0 from lenet.hpp; do not edit: …"
std::string heading(const edition& e, const std::string& what);
// The layer table: what each layer gives, and what became of it.
void layer_table(writer& w, const program& p);

// Sizes of a program's arena, in floats.
struct arena_plan {
  std::size_t image, gradient, state, batch, part_sums, parts, blocks, total;
};
arena_plan plan_of(const program& p);
// What serving needs for both of its programs: the image of parameters (that of `single` follows
// that of `eval`), and one arena that they take in turns.
struct serving_plan {
  std::size_t image, single_image, arena;  // floats; where the image of `single` begins
};
serving_plan plan_of_serving(const program& eval, const program& single);
// Up to so many samples go one at a time: together they take less than a block would.
int most_singles(const program& eval, const program& single);

}  // namespace tenon::codegen
