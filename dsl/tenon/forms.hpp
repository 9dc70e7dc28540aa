// The forms in which layers say what they compute; for layers in user code. <tenon/dsl.hpp> does
// not include it: it costs half a second.
#pragma once
#include "dsl/forms/builder.hpp"
