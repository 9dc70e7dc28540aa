// says: layer 4 of 6: softmax_cross_entropy receives [7], but is a loss, and more follows it; move it to the end
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | softmax_cross_entropy
#else
  | tanh_
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
