// says: layer 5 of 6: linear<10> receives [8, 28, 28], but needs a flat input; put flatten before it
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<1, 28, 28> | filler | conv2d<8, 3>(same) | relu
#ifdef WRONG
  | linear<10>
#else
  | flatten | linear<10>
#endif
  | softmax_cross_entropy
    > {};
static_assert(valid<net>);
