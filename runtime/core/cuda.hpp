// What an emitted CUDA unit stands on: the CUDA runtime and these headers, no Highway, no vendor
// kernels. Plain C++ but for the qualifiers: no <<< >>>, so that whoever provides <cuda_runtime.h>
// decides where it runs.
#pragma once
#include "runtime/core/arena.hpp"
#include "runtime/core/cuda_door.hpp"
#include "runtime/core/cuda_errors.hpp"
#include "runtime/core/cuda_fragments.hpp"
#include "runtime/core/cuda_graph.hpp"
#include "runtime/core/cuda_memory.hpp"
#include "runtime/core/cuda_queue.hpp"
#include "runtime/core/cuda_team.hpp"
#include "runtime/core/cuda_tensor.hpp"
#include "runtime/core/cuda_update.hpp"
#include "runtime/core/emitted.hpp"
