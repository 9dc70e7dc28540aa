// The other half of a generator: commands that look at the network and write to standard output.
//   explain | passes | dot | source | describe | schedules   [--batch N] [--source NAME] [--off PASS]...
//   [--mode train|eval]
//                                                [--pass NAME] [--layer NAME]
#pragma once
#include "codegen/lower.hpp"

namespace tenon::codegen {

// Returns the exit code: 2 for a wrong network (after `explain` has shown what can be shown; the
// last line is the sentence that says what is wrong) and for names that do not exist.
int show(const declaration& d, int argc, char** argv);

}  // namespace tenon::codegen
