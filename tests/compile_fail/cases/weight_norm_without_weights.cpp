// says: layer 4 of 6: batch_norm receives [7], but does not know the option weight_norm; it knows epsilon<1e-5>, momentum<0.1>, cumulative, no_affine
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | batch_norm(weight_norm)
#else
  | linear<7>(weight_norm)
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
