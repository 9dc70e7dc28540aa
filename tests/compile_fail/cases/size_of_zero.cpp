// says: layer 4 of 6: linear<0> receives [7], but has a size that is not positive; correct the number
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | linear<0>
#else
  | linear<1>
#endif
  | linear<10> | softmax_cross_entropy
    > {};
static_assert(valid<net>);
