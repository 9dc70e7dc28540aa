// What the headers of emitted libraries stand on.
#pragma once
#include "runtime/core/emitted.hpp"
