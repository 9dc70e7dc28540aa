// says: layer 4 of 6: instance_norm receives [7], but normalises single values, which leaves nothing of them; put it where a sample has more, or use batch_norm
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | instance_norm
#else
  | layer_norm
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
