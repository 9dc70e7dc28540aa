// All that an emitted CUDA unit may include from the runtime.
#pragma once
#include "runtime/core/cuda.hpp"
