// says: layer 4 of 6: input<7> receives [7], but is not the first layer; keep one input, at the front
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | input<7>
#else
  | linear<7>
#endif
  | linear<10> | softmax_cross_entropy
    > {};
static_assert(valid<net>);
