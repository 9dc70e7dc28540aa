// says: layer 4 of 6, round 2 of repeat<2>: conv2d<8, 3> receives [8, 2, 2], but has a window of 3x3, larger than its input; use a smaller window, or padding<P>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 4, 4> | filler
#ifdef WRONG
  | repeat<2>(conv2d<8, 3>)
#else
  | repeat<2>(conv2d<8, 2>)
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
