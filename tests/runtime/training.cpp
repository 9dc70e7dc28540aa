#include "tests/runtime/training.hpp"

#include "runtime/io/file.hpp"
#include "tests/runtime/linear_network.hpp"

namespace tenon::test {
namespace {

// The classifier, but a signal arrives within a step of its training.
int signal_at_step = -1, signal_to_raise = SIGINT;

class interrupted_trainer final : public trainer_core {
 public:
  explicit interrupted_trainer(std::unique_ptr<trainer_core> of) : of_(std::move(of)) {}
  std::span<float> image() noexcept override { return of_->image(); }
  std::span<float> optimizer_state() noexcept override { return of_->optimizer_state(); }
  float gradients(const float* x, const void* target, std::size_t n,
                  const settings& s) noexcept override {
    if (static_cast<int>(s.step) + 1 == signal_at_step && s.first_sample == 0)
      std::raise(signal_to_raise);
    return of_->gradients(x, target, n, s);
  }
  void update(const settings& s) noexcept override { of_->update(s); }
  void outputs(std::size_t n, float* y) noexcept override { of_->outputs(n, y); }
  void forward(const float* x, std::size_t n, float* y, const settings& s) noexcept override {
    of_->forward(x, n, y, s);
  }
  void statistics(const float* x, std::size_t n, const settings& s) noexcept override {
    of_->statistics(x, n, s);
  }
  void gradient(std::span<float> image) noexcept override { of_->gradient(image); }
  void set_gradient(std::span<const float> image) noexcept override { of_->set_gradient(image); }
  void run_kernel(std::size_t i, std::size_t b) noexcept override { of_->run_kernel(i, b); }
  std::string_view target() const noexcept override { return of_->target(); }

 private:
  std::unique_ptr<trainer_core> of_;
};

const network_entry& interruptible() {
  static const network_entry entry = [] {
    network_entry e = classifier();
    e.make_trainer = [](pool* threads) -> std::unique_ptr<trainer_core> {
      return std::make_unique<interrupted_trainer>(classifier().make_trainer(threads));
    };
    return e;
  }();
  return entry;
}

}  // namespace

outcome train(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "train");
  return run(interruptible(), arguments);
}

outcome stopped_at(int at, std::vector<std::string> arguments, int signal) {
  signal_at_step = at;
  signal_to_raise = signal;
  const outcome o = train(std::move(arguments));
  signal_at_step = -1;
  return o;
}

std::string file(const std::filesystem::path& path) {
  const runtime::bytes content = runtime::read_file(path);
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

}  // namespace tenon::test
