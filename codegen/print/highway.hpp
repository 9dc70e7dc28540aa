// Writes one kernel as Highway C++: a function of pointers to its tensors.
#pragma once
#include "codegen/print/writer.hpp"
#include "codegen/program.hpp"

namespace tenon::codegen {

// What a kernel's function takes beside its tensors.
struct extras {
  bool call = false;   // tenon::block_call: live samples, n, seed, step
  bool parts = false;  // number and distance of the parts
  bool step = false;   // which step of its strip
};
extras extras_of(const program& p, const kernel& k);

// Whether the kernel is nothing but the sum of a tensor's parts (printed as a call of
// tenon::add_parts).
bool is_plain_collect(const program& p, std::size_t kernel);

void print_kernel(writer& w, const program& p, std::size_t kernel);

}  // namespace tenon::codegen
