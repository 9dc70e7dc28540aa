// says: layer 6 of 6: softmax_cross_entropy receives [8, 5, 5], but needs a flat input; put flatten | linear<classes> before it
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 7, 7> | filler | relu | conv2d<8, 3> | relu
#ifdef WRONG
  
#else
  | flatten | linear<10>
#endif
  | softmax_cross_entropy
    > {};
static_assert(valid<net>);
