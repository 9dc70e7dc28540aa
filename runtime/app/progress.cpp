#include "runtime/app/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tenon::runtime {
namespace {

constexpr std::chrono::milliseconds refresh{100};
constexpr std::size_t bar_width = 24;
constexpr std::string_view clear_line = "\r\x1b[2K", green = "\x1b[32m", plain = "\x1b[0m";

std::string bar(std::size_t at, std::size_t of, bool colours) {
  const std::size_t filled = bar_width * at / std::max<std::size_t>(of, 1);
  std::string text(colours ? green : "");
  for (std::size_t i = 0; i < bar_width; ++i) text += i < filled ? "━" : "·";
  return text + std::string(colours ? plain : "");
}

std::string clock_time(double seconds) {
  const auto s = static_cast<long>(seconds);
  return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                  : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

// A line that is broken in two cannot be taken back.
std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : 80;
}

}  // namespace

progress::progress(std::ostream& out, int epochs, bool moving)
    : out_(out), epochs_(epochs), moving_(moving), epoch_begin_(clock::now()) {
  const char* no_colour = std::getenv("NO_COLOR");
  colours_ = moving && (no_colour == nullptr || *no_colour == '\0');
}

void progress::batch(const batch_report& r) {
  if (epoch_begins_) batches_before_ = r.batch - 1;
  epoch_begins_ = false;
  const auto now = clock::now();
  if (!moving_ || now - last_shown_ < refresh) return;
  last_shown_ = now;
  const double seconds = std::chrono::duration<double>(now - epoch_begin_).count();
  const double per_batch = seconds / static_cast<double>(r.batch - batches_before_);
  const double left =
      per_batch * (static_cast<double>(r.batches - r.batch) +
                   static_cast<double>(epochs_ - r.epoch) * static_cast<double>(r.batches));
  const std::string begin = fmt::format("Epoch {}/{} ", r.epoch, epochs_);
  const std::string end = fmt::format("{}/{} {:.2g} ms/step loss {:.4f} ETA {}", r.batch, r.batches,
                                      1000 * per_batch, r.loss, clock_time(left));
  const bool fits = begin.size() + bar_width + 1 + end.size() < terminal_width();
  out_ << clear_line << begin << (fits ? bar(r.batch, r.batches, colours_) + " " : "") << end
       << std::flush;
}

void progress::clear() {
  if (moving_) out_ << clear_line << std::flush;
}

void progress::epoch(const epoch_report& r) {
  out_ << (moving_ ? clear_line : "");
  out_ << fmt::format("Epoch {}/{} {:.2f} s  loss {:.4f}", r.epoch, epochs_, r.seconds,
                      r.train.loss);
  if (r.train.top1) out_ << fmt::format("  top1 {:.4f}", *r.train.top1);
  if (r.validation) out_ << fmt::format("  val_loss {:.4f}", r.validation->loss);
  if (r.validation && r.validation->top1)
    out_ << fmt::format("  val_top1 {:.4f}", *r.validation->top1);
  if (r.validation && r.validation->r2) out_ << fmt::format("  val_r2 {:.4f}", *r.validation->r2);
  out_ << fmt::format("  lr {:.3g}\n", r.learning_rate) << std::flush;
  epoch_begin_ = clock::now();
  epoch_begins_ = true;
}

}  // namespace tenon::runtime
