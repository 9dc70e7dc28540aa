// Memory that cannot be had while a checkpoint is saved or read, and memory that must not be asked
// for.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "runtime/io/file.hpp"
#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"

namespace {

long allowed = -1, made = 0;  // allocations of this process; -1: as many as wanted
std::size_t largest = 0;

void* allocate(std::size_t size) {
  largest = std::max(largest, size);
  if (allowed >= 0 && made++ >= allowed) throw std::bad_alloc();
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace tenon::test;
using namespace tenon::runtime;

const tenon::network_info& network() { return *classifier().info; }

void save(const char* path, float value) {
  const std::vector<float> image(network().image_floats, value),
      optimizer(tenon::optimizer_slots * image.size(), value);
  run_record record;
  record.arguments = "{}";
  save_state(path, network(), record, {.image = image, .optimizer = optimizer, .best = image});
}

// Runs f with 0, 1, 2, … allocations, each time in a process of its own, until they are enough. The
// process may be aborted: nlohmann-json allocates in destructors. after(): what holds after each
// failure.
template <class F, class After>
long starve(F f, After after) {
  for (long n = 0;; ++n) {
    const pid_t child = fork();
    if (child == 0) {
      std::fclose(stderr);  // what abort says
      allowed = n;
      made = 0;
      try {
        f();
        _exit(0);
      } catch (const std::bad_alloc&) {
        _exit(1);
      }
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK_FALSE((WIFEXITED(status) && WEXITSTATUS(status) > 1));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return n;
    after();
  }
}

TEST_CASE("saving without memory leaves the old state, or the new one") {
  save("starved", 1);
  const bytes old = read_file("starved");
  save("new", 2);
  const bytes fresh = read_file("new");
  std::size_t changed = 0;
  const long needed = starve([] { save("starved", 2); },
                             [&] {
                               const bytes found = read_file("starved");
                               changed += found != old && found != fresh;
                             });
  CHECK(needed > 20);
  CHECK(changed == 0);
  CHECK(read_file("starved") == fresh);
}

TEST_CASE("loading without memory ends; it never gives half of a state") {
  save("kept", 3);
  const auto load = [] {
    const saved_state s = load_state("kept", network());
    if (s.image[0] != 3 || s.optimizer.size() != tenon::optimizer_slots) _exit(2);
  };
  CHECK(starve(load, [] {}) > 20);
}

TEST_CASE("a damaged header makes nobody ask for more memory than the file is large") {
  save("sound", 4);
  const bytes sound = read_file("sound");
  std::uint64_t header = 0;
  std::memcpy(&header, sound.data(), sizeof header);
  std::size_t most = 0;
  for (std::size_t bit = 0; bit < 8 * (sizeof header + header); ++bit) {
    bytes content = sound;
    content[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    largest = 0;
    try {
      safetensors_file file(std::move(content));
    } catch (const safetensors_error&) {
    }
    most = std::max(most, largest);
  }
  CHECK(most <= 2 * sound.size());
}

}  // namespace
