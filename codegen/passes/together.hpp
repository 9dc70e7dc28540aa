// Whether the kernels of a network are one launch.
#pragma once
#include <vector>

#include "codegen/program.hpp"

namespace tenon::codegen {

// Groups of warps that share a block of samples in one kernel for the whole call, or 0 where a
// launch for each kernel takes less time: by counting, with what a launch and a barrier cost.
int groups_together(const program& p);

// Whether all work on samples is done block by block, so that groups of one block each need not
// wait for others.
bool blocks_stay_apart(const program& p);

// What the steps since the last barrier read and write, as places in memory: tensors whose
// lifetimes don't meet share them.
class unfinished {
 public:
  explicit unfinished(const program& p) : p_(&p) {}

  // Whether a step has to wait for one of them: it reads or writes what one wrote, or writes what
  // one reads.
  bool holds_up(const std::vector<int>& reads, int writes) const;
  void add(const std::vector<int>& reads, int writes);  // -1: nothing of this memory
  void add(const unfinished& others);
  void clear() { read_.clear(), written_.clear(); }

 private:
  struct place {
    region where;
    std::size_t begin, end;
  };
  place place_of(int tensor) const;
  static bool meets(const std::vector<place>& some, const place& one);

  const program* p_;
  std::vector<place> read_, written_;
};

}  // namespace tenon::codegen
