// says: 
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | linear<7>
#ifdef WRONG
  | rleu
#else
  | relu
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
