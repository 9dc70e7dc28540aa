// Emitted code takes no memory while it runs, and leaves alone what lies around the arenas and the
// caller's arrays. Every allocation of this program has guard bands on both sides.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

constexpr std::size_t band = 128;  // two cache lines: the widest store is 64 bytes
constexpr unsigned char canary = 0xA5;
std::atomic<long> allocations{0}, broken{0};
std::atomic<unsigned char> content{0};  // of what is handed out

// size | canaries | what the caller sees | canaries
void* allocate(std::size_t size) {
  ++allocations;
  const std::size_t all = (size + 2 * band + 63) / 64 * 64;
  auto* const base = static_cast<unsigned char*>(std::aligned_alloc(64, all));
  if (base == nullptr) throw std::bad_alloc();
  std::memset(base, canary, band);
  std::memcpy(base, &size, sizeof size);
  std::memset(base + band, content, size);
  std::memset(base + band + size, canary, all - band - size);
  return base + band;
}

bool is_intact(const void* p) {
  const unsigned char* const at = static_cast<const unsigned char*>(p);
  std::size_t size = 0;
  std::memcpy(&size, at - band, sizeof size);
  const std::size_t end = (size + 2 * band + 63) / 64 * 64 - band;
  bool intact = true;
  for (std::size_t i = sizeof size; i < band; ++i) intact = intact && at[i - band] == canary;
  for (std::size_t i = size; i < end; ++i) intact = intact && at[i] == canary;
  return intact;
}

void release(void* p) noexcept {
  if (p == nullptr) return;
  broken += !is_intact(p);
  std::free(static_cast<unsigned char*>(p) - band);
}

}  // namespace

// The array and nothrow forms end here too.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t) {
  return allocate(size);
}  // 64 is the most we ask for
void operator delete(void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }

namespace {

using namespace tenon;
using namespace tenon::tests;

TEST_CASE("a byte written beside an allocation is noticed") {
  for (const long at : {-1L, 40L}) {
    auto* const p = static_cast<unsigned char*>(::operator new(40));
    CHECK(is_intact(p));
    p[at] = 0;
    CHECK_FALSE(is_intact(p));
    p[at] = canary;
    ::operator delete(p);
  }
}

// Arrays of exactly n samples, so that the bands begin where they end.
struct arrays {
  arrays(const subject& s, std::size_t n)
      : x(s.x.begin(), s.x.begin() + static_cast<std::ptrdiff_t>(n * s.inputs())),
        y(n * s.outputs()) {}
  std::vector<float> x, y;
};

void use(evaluator& network, arrays& a, std::size_t n) {
  network.run(a.x.data(), n, a.y.data());
  network.probabilities(a.x.data(), n, a.y.data());
}

void use(trainer_core& network, const subject& s, arrays& a, std::size_t n,
         std::vector<float>& gradient) {
  settings how;
  for (const optimizer each : {optimizer::sgd, optimizer::adam, optimizer::adamw}) {
    how.method = each;
    network.gradients(a.x.data(), s.target(), n, how);
    network.update(how), ++how.step;
  }
  network.outputs(n, a.y.data());
  network.gradient(gradient);
  network.statistics(a.x.data(), n, how);
  network.forward(a.x.data(), n, a.y.data(), how);
}

TEST_CASE("running and training take no memory and write nothing outside arenas and outputs") {
  pool two(2);
  const long before = broken;
  for (const network_entry* entry : entries()) {
    const subject s(*entry);
    CAPTURE(std::string(s.info().name));
    for (pool* threads : {static_cast<pool*>(nullptr), &two}) {
      for (const std::size_t n :
           {std::size_t{1}, std::size_t{17}, std::size_t{37}, std::size_t{64}}) {
        CAPTURE(n);
        arrays a(s, n);
        const auto evaluator = s.make_evaluator(threads);
        const auto trainer = s.make_trainer(threads);
        std::vector<float> gradient(s.info().image_floats);
        const long allocated = allocations;
        use(*evaluator, a, n);
        if (s.can_train(n)) use(*trainer, s, a, n, gradient);
        const long after = allocations;
        CHECK(after == allocated);
      }
    }
    CHECK(broken == before);  // all of this network's have been released
  }
}

// Opening an evaluator writes nothing: a process that answers once touches what it needs.
TEST_CASE("what an arena held before it was opened does not show in outputs") {
  for (const network_entry* entry : entries()) {
    const subject s(*entry);
    CAPTURE(std::string(s.info().name));
    for (const std::size_t n : {std::size_t{1}, std::size_t{37}}) {
      arrays of_zeros(s, n), of_nan(s, n);
      use(*s.make_evaluator(nullptr), of_zeros, n);
      content = 0xFF;
      const auto evaluator = s.make_evaluator(nullptr);
      content = 0;
      use(*evaluator, of_nan, n);
      CHECK(same_bits(of_zeros.y, of_nan.y));
    }
  }
}

}  // namespace
