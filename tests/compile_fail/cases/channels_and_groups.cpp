// says: layer 4 of 6: conv2d<8, 3>(groups<2>) receives [3, 8, 8], but its 2 groups do not divide the input channels; choose groups that divide both channel counts
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8, 8> | filler | relu
#ifdef WRONG
  | conv2d<8, 3>(groups<2>)
#else
  | conv2d<9, 3>(groups<3>)
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
