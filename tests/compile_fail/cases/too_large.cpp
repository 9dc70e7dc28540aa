// says: layer 4 of 6: linear<100000> receives [100000], but has more than 2147483647 parameters; use smaller sizes
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<100000> | filler | relu
#ifdef WRONG
  | linear<100000>
#else
  | linear<100>
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
