// Prints one kernel as CUDA: a device function for the threads of a team, whose lanes are the
// samples of a block, and a kernel that calls it with the blocks of a batch side by side. What all
// kinds of kernels share lies in cuda_heads.cpp and cuda_kernel.cpp, their bodies in cuda_tiles.cpp
// (values of samples), cuda_fragments.cpp (the same on tensor cores) and cuda_sums.cpp (sums over
// samples, and kernels of a step).
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "codegen/print/expression.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/writer.hpp"
#include "codegen/program.hpp"

namespace tenon::codegen {

// How a kernel is called: what its functions take beside its tensors, and the grid it wants.
struct cuda_launch {
  bool call = false;    // tenon::cuda::call: samples, seed, step
  bool block = false;   // number of the block of samples
  bool blocks = false;  // a run of blocks, which the function goes through
  bool parts = false;   // it reads sums of parts, at this distance
  bool halo = false;    // it may have to clear the halo of what it writes
  unsigned groups = 1, warps = 4;
  std::size_t shared_bytes = 0;
};
cuda_launch cuda_launch_of(const program& p, std::size_t kernel);

// Whether the tensor has a halo that the first of its writers fills.
bool has_halo(const program& p, int tensor);

class cuda_kernel_printer {
 public:
  cuda_kernel_printer(writer& w, const program& p, std::size_t kernel);
  void print();
  const cuda_launch& launch() const { return launch_; }

 private:
  // ---- heads
  void banner();
  std::string stored(int id) const;
  std::string tile_text() const;
  std::string resources() const;
  std::string parameters() const;
  void on_grid();
  std::string name_of(int tensor) const;
  bool steps_from_block_to_block(int tensor) const;

  // ---- bodies
  void body();
  void warp_tiles();
  void staged_tiles();
  // Over the tiles of weights and positions. All
  // warps of a group have the same weights, or, where no positions are left, each its own.
  void pieces(int floats_of_tile, const std::function<void()>& inner);
  bool has_own_weights() const;
  std::string everyone() const { return has_own_weights() ? "t.lane" : "t.thread_in_group"; }
  std::string everyones_step() const { return has_own_weights() ? "32" : "t.threads_in_group"; }
  void meet(const char* why = "");
  void fragment_tiles();
  void products(const std::string& numbers, const std::string& weights, const std::string& x,
                const affine& of_tile, const std::string& left);
  void store_fragments();
  void group_sums();
  void rows();
  void elements();

  // ---- loops, addresses, operands
  bool has(op kind) const;
  int extent(int axis_id) const { return axis_id < 0 ? 1 : q_.extents[index(axis_id)]; }
  static std::size_t index(int axis_id) { return static_cast<std::size_t>(axis_id); }
  // How many indices of an output axis lie in one tile, and how many tiles it takes.
  int tile_of(int axis_id) const;
  int tiles_of(int axis_id) const;
  long tiles_of(const std::vector<int>& axes) const;
  std::vector<int> outer_axes() const;
  // The first indices of tile number `number`, as constants; a tile that would reach beyond the
  // end begins earlier.
  // The steps of the sum, counted over its axes: their indices for step number `number`.
  long steps() const;
  std::vector<std::string> names_at_step(const std::string& number) const;
  void decode(const std::string& number, const std::vector<int>& axes);
  void loop(const std::string& name, const std::string& begin, const std::string& end,
            const std::string& step, const std::function<void()>& inner);
  void reduced_loops(std::size_t axis_id, const std::function<void()>& inner);
  void unroll(int steps);
  std::string clip_text(const clip& c, bool begin) const;
  void alive();
  std::string address(const affine& a, int i, int j) const;
  std::string accumulator(int i, int j) const;
  int columns() const { return s_.planes * s_.columns; }
  void for_tile(const std::function<void(int, int)>& f);
  void declare_accumulators();
  // Loads once per distinct address within a scope.
  struct loads {
    std::map<std::string, std::string> known;
    std::map<std::string, int> counter;
  };
  std::string load(loads& scope, const node& n, int i, int j);
  dialect device_dialect(loads& scope, int i, int j);
  void accumulate(const expr& body);
  void store_tile();
  std::string reduction_of(int i, int j) const;

  writer& w_;
  const program& p_;
  const kernel& k_;
  kernel q_;
  const schedule& s_;
  cuda_launch launch_;
  std::vector<parameter_name> names_;
  std::vector<std::string> axes_;
  const node* reduction_ = nullptr;
  const char* fragment_ = nullptr;  // "tf32", "bf16"
  const node* staged_ = nullptr;    // the read whose values lie in shared memory
  bool block_by_block_ = false;     // pointers of samples are those of a block: "x_block"
  bool warps_share_steps_ = false;  // the outermost loop of the sum
};

void print_cuda_kernel(writer& w, const program& p, std::size_t kernel);

}  // namespace tenon::codegen
