// The unit of a network that runs on a GPU: <name>.cu and its header. The same programs as for the
// CPU, after the same passes for another target; see runtime/core/cuda.hpp for what the text stands
// on.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "codegen/print/files.hpp"

namespace tenon::codegen {

std::string print_cuda(const edition& e);         // <name>.cu
std::string print_cuda_header(const edition& e);  // emitted/<name>_cuda.hpp
std::string print_cuda_info(const edition& e);    // <name>_cuda_info.cu

// Where everything lies in a program's memory on the device, in floats from its beginning. All
// blocks of a batch are in flight at once, so what a CPU needs once per part is here once per
// block.
struct cuda_plan {
  std::size_t declared = 0;  // parameters and buffers as training has them
  std::size_t gradients = 0, state = 0, prepared = 0, batch = 0, sums = 0, memory = 0, blocks = 0;
  std::size_t x = 0, target = 0, weights = 0, y = 0;  // a batch as the caller has it
  std::size_t call = 0, scratch = 0, total = 0;
};

// One kernel of a call: as a launch, or as a step of the one kernel for all.
struct cuda_step {
  std::string launched, called;  // names
  unsigned groups = 1, blocks = 1, warps = 4;
  std::size_t shared_bytes = 0;
  std::string arguments;  // ", " before each
  bool block_by_block = false;
  std::vector<int> reads{};  // tensors
  int writes = -1;
};

struct cuda_unit {
  cuda_unit(const edition& e, const program& p);

  const edition& e;
  const program& p;
  bool train;
  cuda_plan plan;
  std::vector<bool> forward;           // kernels that outputs and running statistics depend on
  std::vector<bool> output;            // those that the output itself depends on
  std::vector<bool> begins;            // kernels that write a tensor first
  std::map<int, std::size_t> passing;  // eval: prepared tensors that only folding reads

  bool has(stage s) const;
  // Where a tensor begins, halo included, and where its own elements do; floats from block to
  // block, or from part to part.
  std::string pointer(int tensor) const;
  std::string interior(int tensor) const;
  std::size_t step_of(int tensor) const;
  std::string shape_of(int tensor) const;  // tenon::cuda::shape{…}
  cuda_step step(std::size_t kernel) const;
  // Whether what a block needs within a phase lies in the memory that a group shares.
  bool in_shared() const;
};

void print_cuda_queues(writer& w, const cuda_unit& u);   // what is launched, in order
void print_cuda_classes(writer& w, const cuda_unit& u);  // the functions of the emitted class

}  // namespace tenon::codegen
