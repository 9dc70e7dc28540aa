// What the tables of an emitted CUDA unit (<name>.cu) stand on, beside <tenon/cuda.hpp>.
#pragma once
#include "runtime/core/adapt_cuda.hpp"
