// Groups run one after the other; those of a cooperative launch do so up to the place where all
// meet, and what they share is not kept across it. A thread runs on a fiber until it meets others,
// and goes on when they are all there; threads that never meet share one fiber, one after the
// other.
#include <algorithm>
#include <array>
#include <boost/context/fiber.hpp>
#include <boost/context/stack_context.hpp>
#include <new>
#include <numeric>
#include <random>
#include <string>

#include "tests/cuda/shim/state.hpp"

// What tenon::cuda::shared_memory() gives: room for the most that a group may ask for, and a guard.
namespace tenon::cuda {
extern thread_local float4 dynamic_shared[];
thread_local float4 dynamic_shared[shim::most_shared_bytes / sizeof(float4) + 16];
}  // namespace tenon::cuda

namespace shim {
namespace {

namespace context = boost::context;
constexpr std::size_t stack_bytes =
    64 * 1024;  // a cooperative launch has tens of thousands of threads
constexpr unsigned warp_lanes = 32;

// A stack that begins a few cache lines beside those of its neighbours: a warp's threads take
// turns, and where their stacks share a set of the cache, most of the time goes into that.
class staggered_stack {
 public:
  explicit staggered_stack(std::size_t number) : bytes_(stack_bytes + number % 64 * 5 * 64) {}

  context::stack_context allocate() const {
    context::stack_context stack;
    stack.size = bytes_;
    stack.sp = static_cast<char*>(::operator new(bytes_, alignment)) + bytes_;
    return stack;
  }
  static void deallocate(const context::stack_context& stack) noexcept {
    ::operator delete(static_cast<char*>(stack.sp) - stack.size, alignment);
  }

 private:
  static constexpr std::align_val_t alignment{4096};
  std::size_t bytes_;
};

// A fiber that runs one thread after another.
class worker {
 public:
  explicit worker(std::size_t number)
      : fiber_(std::allocator_arg, staggered_stack(number),
               [this](context::fiber&& caller) -> context::fiber {
                 caller_ = std::move(caller);
                 for (;;) {
                   (*thread_)();
                   finished_ = true;
                   leave();
                 }
               }) {}
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void begin(const std::function<void()>& thread) {
    thread_ = &thread;
    finished_ = false;
    go_on();
  }
  void go_on() { fiber_ = std::move(fiber_).resume(); }
  void leave() {  // from within
    const char here = 0;
    left_at_ = &here;
    caller_ = std::move(caller_).resume();
  }
  // A launch of tens of thousands of threads has its stacks in L3 at best: they are fetched while
  // the threads before are running.
  void will_go_on() const {
    constexpr int line = 64, below = 4, above = 5;
    __builtin_prefetch(this, 1);
    for (int i = -below; i < above; ++i) __builtin_prefetch(left_at_ + i * line, 1);
  }
  bool finished() const { return finished_; }

 private:
  const std::function<void()>* thread_ = nullptr;
  bool finished_ = false;
  const char* left_at_ = nullptr;  // of its stack
  context::fiber caller_, fiber_;
};

enum class meeting : std::uint8_t { none, group, all, warp, exchange };
enum class outcome : std::uint8_t { finished, waits_for_all, failed };

struct thread_state {
  worker* on = nullptr;  // while it is under way
  meeting at = meeting::none;
  bool done = false;
  unsigned exchanges = 0;
};

// Numbers 0…n - 1 in the order that tests ask for.
std::vector<unsigned> ordered(unsigned n, std::mt19937& random) {
  std::vector<unsigned> all(n);
  std::iota(all.begin(), all.end(), 0U);
  if (the().threads == order::reverse) std::reverse(all.begin(), all.end());
  if (the().threads == order::shuffled) std::shuffle(all.begin(), all.end(), random);
  return all;
}

class group_run {
 public:
  void begin(const grid_shape& shape, const std::function<void()>& thread) {
    threads_.assign(shape.group.x * shape.group.y, {});
    idle_.clear();
    for (const auto& w : workers_) idle_.push_back(w.get());
    warps_ = shape.group.y;
    thread_ = &thread;
  }

  // To the end, or to where it waits for other groups; failed, with a report, where threads wait
  // for each other in vain.
  outcome go(std::mt19937& random) {
    const auto warps = ordered(warps_, random), lanes = ordered(warp_lanes, random);
    for (thread_state& t : threads_) t.at = meeting::none;
    for (;;) {
      for (const unsigned w : warps)
        if (!advance(w, lanes)) return fail("lanes of a warp do not meet in the same place");
      if (std::ranges::all_of(threads_, &thread_state::done)) return outcome::finished;
      if (std::ranges::any_of(threads_, &thread_state::done))
        return fail("some threads of a group end while others wait at __syncthreads()");
      const meeting where = threads_[0].at;
      if (std::ranges::any_of(threads_, [&](const thread_state& t) { return t.at != where; }))
        return fail("threads of a group wait in different places");
      if (where == meeting::all) return outcome::waits_for_all;
      for (thread_state& t : threads_) t.at = meeting::none;
    }
  }

  // Fibers that stand in the middle of a kernel do not run another one.
  void give_up() {
    idle_.clear();
    workers_.clear();
  }

  void meet(meeting where) {
    thread_state& me = threads_[current_];
    me.at = where;
    me.on->leave();
  }
  void exchange(const void* mine, void* theirs, std::size_t bytes, unsigned from) {
    const unsigned me = current_, first = me / warp_lanes * warp_lanes;
    const unsigned slot = threads_[me].exchanges++ % 2;  // nobody is two exchanges ahead
    brought_.resize(threads_.size());
    std::memcpy(brought_[me][slot].data(), mine, bytes);
    meet(meeting::exchange);
    std::memcpy(theirs, brought_[first + from % warp_lanes][slot].data(), bytes);
  }

 private:
  // Runs a warp until its lanes are done or wait for the group.
  bool advance(unsigned warp, const std::vector<unsigned>& lanes) {
    thread_state* const of_warp = threads_.data() + warp * warp_lanes;
    for (;;) {
      for (std::size_t k = 0; k < lanes.size(); ++k) {
        constexpr std::size_t ahead = 6;
        if (k + ahead < lanes.size() && of_warp[lanes[k + ahead]].on != nullptr)
          of_warp[lanes[k + ahead]].on->will_go_on();
        go_on(warp, lanes[k]);
      }
      const meeting first = of_warp[0].at;
      const bool together = std::all_of(of_warp, of_warp + warp_lanes, [&](const thread_state& t) {
        return t.at == first || (first <= meeting::all && t.at <= meeting::all);
      });
      if (!together) return false;
      if (first <= meeting::all) return true;
      for (unsigned lane = 0; lane < warp_lanes; ++lane) of_warp[lane].at = meeting::none;
    }
  }

  void go_on(unsigned warp, unsigned lane) {
    current_ = warp * warp_lanes + lane;
    thread_state& t = threads_[current_];
    if (t.done || t.at != meeting::none) return;
    threadIdx = {lane, warp, 0};
    if (t.on == nullptr) {
      t.on = take();
      t.on->begin(*thread_);
    } else {
      t.on->go_on();
    }
    if (!t.on->finished()) return;
    t.done = true;
    idle_.push_back(t.on);
    t.on = nullptr;
  }

  worker* take() {
    if (idle_.empty()) {
      workers_.push_back(std::make_unique<worker>(workers_.size()));
      return workers_.back().get();
    }
    worker* w = idle_.back();
    idle_.pop_back();
    return w;
  }

  outcome fail(const std::string& what) {
    report(what);
    give_up();
    return outcome::failed;
  }

  std::vector<thread_state> threads_;
  std::vector<std::array<std::array<char, 8>, 2>> brought_;  // by lanes, to exchanges in turn
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<worker*> idle_;
  const std::function<void()>* thread_ = nullptr;
  unsigned current_ = 0, warps_ = 0;
};

// Those of this thread of the host, which keep their fibers.
std::vector<std::unique_ptr<group_run>>& groups() {
  thread_local std::vector<std::unique_ptr<group_run>> all;
  return all;
}
group_run& group_number(std::size_t index) {
  while (groups().size() <= index) groups().push_back(std::make_unique<group_run>());
  return *groups()[index];
}
thread_local group_run* now = nullptr;

char* shared_bytes() { return reinterpret_cast<char*>(tenon::cuda::dynamic_shared); }
constexpr std::size_t guard_bytes = 128;

outcome go_on(group_run& group, const grid_shape& shape, std::mt19937& random) {
  std::memset(shared_bytes(), 0xFF, shape.shared_bytes + guard_bytes);
  now = &group;
  const outcome how = group.go(random);
  const char* guard = shared_bytes() + shape.shared_bytes;
  if (std::all_of(guard, guard + guard_bytes, [](char c) { return c == '\xFF'; })) return how;
  report("a kernel writes beyond its shared memory");
  return outcome::failed;
}

void lose_device() {
  for (const auto& group : groups()) group->give_up();
  const std::lock_guard lock(the().mutex);
  the().lost = cudaErrorLaunchFailure;
}

// All groups up to where they meet, and again. False where not all of them come there.
bool go_on_together(const grid_shape& shape, std::mt19937& random) {
  const unsigned count = shape.grid.x * shape.grid.y;
  for (;;) {
    unsigned finished = 0;
    for (const unsigned k : ordered(count, random)) {
      blockIdx = {k % shape.grid.x, k / shape.grid.x, 0};
      const outcome how = go_on(group_number(k), shape, random);
      if (how == outcome::failed) return false;
      finished += how == outcome::finished ? 1 : 0;
    }
    if (finished == count) return true;
    if (finished > 0) {
      report("some groups end while others wait for all");
      return false;
    }
  }
}

}  // namespace

void meet_all() { now->meet(meeting::all); }
void meet_group() { now->meet(meeting::group); }
void meet_warp(unsigned lanes) {
  if (lanes != 0xFFFFFFFF) report("__syncwarp() of some lanes: the shim knows whole warps only");
  now->meet(meeting::warp);
}
void exchange(unsigned lanes, const void* mine, void* theirs, std::size_t bytes, unsigned from) {
  if (lanes != 0xFFFFFFFF) report("a shuffle of some lanes: the shim knows whole warps only");
  now->exchange(mine, theirs, bytes, from);
}

void run_grid(const grid_shape& shape, const std::function<void()>& thread) {
  std::mt19937 random(7);
  gridDim = shape.grid, blockDim = shape.group;
  if (shape.cooperative) {
    for (unsigned k = 0; k < shape.grid.x * shape.grid.y; ++k) group_number(k).begin(shape, thread);
    if (!go_on_together(shape, random)) lose_device();
    return;
  }
  for (const unsigned k : ordered(shape.grid.x * shape.grid.y, random)) {
    blockIdx = {k % shape.grid.x, k / shape.grid.x, 0};
    group_number(0).begin(shape, thread);
    const outcome how = go_on(group_number(0), shape, random);
    if (how == outcome::finished) continue;
    if (how == outcome::waits_for_all) report("groups meet that were not launched together");
    return lose_device();
  }
}

cudaError_t launch(const cudaLaunchConfig_t& how, bound_kernel kernel) {
  if (const cudaError_t e = usable(); e != cudaSuccess) return result(e);
  if (the().what.major < 8) return result(cudaErrorNoKernelImageForDevice);
  const auto& [grid, group] = std::pair(how.gridDim, how.blockDim);
  const bool possible = grid.x > 0 && grid.x <= 0x7FFFFFFF && grid.y > 0 && grid.y <= 65535 &&
                        grid.z == 1 && group.x == warp_lanes && group.y > 0 && group.y <= 32 &&
                        group.z == 1;
  if (!possible) return result(cudaErrorInvalidConfiguration);
  {
    const std::lock_guard lock(the().mutex);
    const auto asked = the().shared_bytes.find(kernel.function);
    const std::size_t most = asked == the().shared_bytes.end() ? 48 * 1024 : asked->second;
    if (how.dynamicSmemBytes > most) return result(cudaErrorInvalidValue);
  }
  if (!capturing() && lost_with_launch()) return cudaSuccess;  // is known when somebody waits
  const bool cooperative = std::any_of(how.attrs, how.attrs + how.numAttrs, [](const auto& a) {
    return a.id == cudaLaunchAttributeCooperative && a.val.cooperative != 0;
  });
  const unsigned at_once = 2 * static_cast<unsigned>(the().what.multiprocessors);
  if (cooperative && grid.x * grid.y > at_once) return result(cudaErrorCooperativeLaunchTooLarge);
  const grid_shape shape{grid, group, how.dynamicSmemBytes, cooperative};
  auto run = [shape, thread = kernel.thread] { run_grid(shape, thread); };
  return result(submit(how.stream, {std::move(run), std::move(kernel), shape}));
}

}  // namespace shim

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute, int value) {
  if (const cudaError_t e = shim::usable(); e != cudaSuccess) return shim::result(e);
  if (value < 0 || static_cast<std::size_t>(value) > shim::most_shared_bytes)
    return shim::result(cudaErrorInvalidValue);
  const std::lock_guard lock(shim::the().mutex);
  shim::the().shared_bytes[kernel] = static_cast<std::size_t>(value);
  return cudaSuccess;
}
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  if (const cudaError_t e = shim::usable(); e != cudaSuccess) return shim::result(e);
  if (shim::the().what.major < 8) return shim::result(cudaErrorNoKernelImageForDevice);
  *attributes = {};
  attributes->maxThreadsPerBlock = 1024;
  return cudaSuccess;
}
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* groups, const void*, int,
                                                          std::size_t) {
  *groups = 2;
  return shim::result(shim::usable());
}
