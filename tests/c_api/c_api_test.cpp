// The emitted C interface, called from C, against the emitted C++ classes.
#include <doctest/doctest.h>
#include <emitted/small.h>

#include <algorithm>
#include <cstring>
#include <emitted/small.hpp>
#include <random>
#include <string>
#include <vector>

#include "from_c.h"
#include "runtime/core/adapt.hpp"
#include "runtime/core/blob.hpp"

namespace {

namespace net = emitted::small;

// Folded random weights behind a blob's header, aligned.
struct weights {
  static constexpr std::size_t bytes =
      sizeof(tenon::blob_header) + sizeof(float) * net::eval_image_floats;
  tenon::detail::heap_arena memory = tenon::detail::allocate_arena(bytes);

  weights() {
    std::mt19937 bits(3);
    std::uniform_real_distribution<float> value(0.1F,
                                                1);  // positive: running variances are among them
    std::vector<float> image(net::image_floats), folded(net::eval_image_floats);
    for (float& v : image) v = value(bits);
    net::fold(image.data(), folded.data());
    const tenon::blob_header header =
        tenon::make_blob_header(net::signature, folded.size(), tenon::blob_layout::eval);
    std::memcpy(memory.get(), &header, sizeof header);
    std::memcpy(memory.get() + sizeof header, folded.data(), bytes - sizeof header);
  }
};

int number(tenon::error e) { return static_cast<int>(e); }

}  // namespace

TEST_CASE(
    "an evaluator opened in C gives the bits of the C++ class, for more samples than a batch "
    "holds") {
  const weights w;
  const std::size_t n = net::batch + 3;
  std::vector<float> x(n * net::input_size), y(n * net::output_size), p(y), y_c(y), p_c(y);
  std::mt19937 bits(5);
  std::uniform_real_distribution<float> value(-1, 1);
  for (float& v : x) v = value(bits);

  const auto arena = tenon::detail::allocate_arena(net::eval_arena_bytes);
  net::eval model;
  REQUIRE(model.open({arena.get(), net::eval_arena_bytes},
                     std::span<const std::byte>(w.memory.get(), weights::bytes)) ==
          net::error::none);
  model.run(x.data(), n, y.data());
  model.probabilities(x.data(), n, p.data());

  REQUIRE(run_from_c(w.memory.get(), weights::bytes, x.data(), n, y_c.data(), p_c.data()) == 0);
  CHECK(y_c == y);
  CHECK(p_c == p);
  CHECK(y != p);
  CHECK(std::any_of(y.begin(), y.end(), [&](float v) { return v != y.front(); }));
}

TEST_CASE("C sees the error numbers of tenon::error, and their texts") {
  const weights w;
  const void* const blob = w.memory.get();
  CHECK(open_from_c(0, 0, blob, weights::bytes) == 0);
  CHECK(open_from_c(0, 1, blob, weights::bytes) == number(tenon::error::arena_too_small));
  CHECK(open_from_c(4, 0, blob, weights::bytes) == number(tenon::error::arena_misaligned));
  CHECK(open_from_c(0, 0, nullptr, 0) == number(tenon::error::weights_missing));
  CHECK(open_from_c(0, 0, blob, weights::bytes - 4) == number(tenon::error::weights_wrong_size));
  CHECK(open_from_c(0, 0, w.memory.get() + 64, weights::bytes - 64) ==
        number(tenon::error::weights_not_a_blob));
  for (const tenon::error e :
       {tenon::error::none, tenon::error::weights_missing, tenon::error::target_unsupported})
    CHECK(std::string(small_error_text(number(e))) == tenon::text(e));
  for (const int stranger : {-1, 255, 256, 1 << 20})
    CHECK(std::string(small_error_text(stranger)) == "unknown error");
}

TEST_CASE("the C header's numbers are the network's") {
  CHECK(SMALL_INPUT_SIZE == 60);
  CHECK(SMALL_OUTPUT_SIZE == 3);
  CHECK(small_eval_arena_bytes() == net::eval_arena_bytes);
}
