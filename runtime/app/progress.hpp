// What a person sees while a network trains: a line that moves (on a terminal, ten times a second
// at most), and one line per epoch that stays.
#pragma once
#include <chrono>
#include <ostream>

#include "runtime/train/trainer.hpp"

namespace tenon::runtime {

class progress {
 public:
  // moving: show the line that moves; colours follow NO_COLOR (no-color.org).
  progress(std::ostream& out, int epochs, bool moving);

  void batch(const batch_report& report);
  void epoch(const epoch_report& report);
  void clear();  // the line that moves

 private:
  using clock = std::chrono::steady_clock;

  std::ostream& out_;
  int epochs_;
  bool moving_, colours_;
  std::size_t batches_before_ = 0;  // of the epoch, that another process has done
  bool epoch_begins_ = true;
  clock::time_point epoch_begin_, last_shown_{};
};

}  // namespace tenon::runtime
