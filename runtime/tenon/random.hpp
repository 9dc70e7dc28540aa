// The random numbers of dropout masks: what the double twin of an emitted network stands on.
#pragma once
#include "runtime/core/random.hpp"
