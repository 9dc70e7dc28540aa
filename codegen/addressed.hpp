// A kernel in terms of addresses: every read and the write have one index, a number of floats from
// the beginning of the tensor; neighbouring axes that are contiguous for all of them are one axis.
//
// Where lanes lie along an output axis (program::single), that axis counts panels of 16, and reads
// and the write have a second index: how many floats they step from lane to lane, as a multiple of
// the axis.
#pragma once
#include "codegen/program.hpp"

namespace tenon::codegen {

kernel addressed(const program& p, const kernel& k);

// Of such a kernel: the axis that counts panels, or -1; floats from lane to lane of a read.
int panel_axis_of(const kernel& addressed);
int lane_step_of(const node& read);
// Whether the last panel of what k writes may be written to its end: padding lies there, and no
// halo or other piece of the tensor.
bool last_panel_fits(const program& p, const kernel& k);

}  // namespace tenon::codegen
