// says: layer 4 of 6: batch_norm(momentum<10>) receives [7], but has a momentum outside 0 to 1; write the weight of the new value, such as momentum<0.1>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | batch_norm(momentum<10.0>)
#else
  | batch_norm(momentum<0.1>)
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
