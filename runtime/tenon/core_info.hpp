// What the tables of an emitted network (<name>_info.cc) stand on.
#pragma once
#include "runtime/core/adapt.hpp"
#include "runtime/core/network.hpp"
