// Prints a hash of everything that each network computes, a line each: two compilers have to print
// the same.
#include <cstdio>

#include "tests/emitted/entries.hpp"
#include "tests/emitted/subject.hpp"

namespace {

using tenon::tests::subject;

// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t hash(std::uint64_t h, const std::vector<float>& values) {
  for (const float v : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &v, sizeof bits);
    h = (h ^ bits) * 0x100000001b3ULL;
  }
  return h;
}

}  // namespace

int main() {
  for (const tenon::network_entry* entry : entries()) {
    const subject s(*entry);
    std::uint64_t h = hash(0xcbf29ce484222325ULL, s.evaluated(*s.make_evaluator(nullptr), 0, 37));
    for (const std::size_t n : {std::size_t{37}, std::size_t{64}}) {
      h = hash(h, s.derived(*s.make_trainer(nullptr), n));
      h = hash(h, s.trained(*s.make_trainer(nullptr), n));
    }
    std::printf("%s %016llx\n", std::string(s.info().name).c_str(),
                static_cast<unsigned long long>(h));
  }
}
