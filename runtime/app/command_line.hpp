// The command line of the specialised executable.
#pragma once
#include "runtime/app/context.hpp"

namespace tenon::runtime {

// Parses the arguments and runs the command; returns the exit code. Throws nothing: errors become a
// line on `err`,
// `<network>: error: …`.
int run(int argc, const char* const* argv, const context& where);

}  // namespace tenon::runtime
