// says: layer 4 of 6: conv1d<16, 3> receives [3, 8, 8], but needs [channels, length]; use conv2d, or declare input<C, L>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8, 8> | filler | relu
#ifdef WRONG
  | conv1d<16, 3>
#else
  | conv2d<16, 3>
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
