// says: layer 4 of 6: conv2d<8, 9> receives [3, 8, 8], but has a window of 9x9, larger than its input; use a smaller window, or padding<P>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8, 8> | filler | relu
#ifdef WRONG
  | conv2d<8, 9>
#else
  | conv2d<8, 8>
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
