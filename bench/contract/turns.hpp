// Several pieces of work timed in turns, so that whatever else the machine does meets all of them.
#pragma once
#include <functional>
#include <vector>

namespace contract {

// Median seconds of one call of each: of the thread's own time, over `rounds` turns of about
// `seconds` for each piece.
std::vector<double> in_turns(const std::vector<std::function<void()>>& work, int rounds,
                             double seconds);

double median(std::vector<double> values);

}  // namespace contract
