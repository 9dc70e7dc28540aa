// says: layer 4 of 6: conv2d<8, 3>(same, padding<2>) receives [3, 8, 8], but has two options for padding; keep one of same and padding<P>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8, 8> | filler | relu
#ifdef WRONG
  | conv2d<8, 3>(same, padding<2>)
#else
  | conv2d<8, 3>(same)
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
