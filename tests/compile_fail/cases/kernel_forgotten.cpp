// says: layer 4 of 6: conv2d<16> receives [3, 8, 8], but has no kernel size; write conv2d<16, 3>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8, 8> | filler | relu
#ifdef WRONG
  | conv2d<16>
#else
  | conv2d<16, 3>
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
