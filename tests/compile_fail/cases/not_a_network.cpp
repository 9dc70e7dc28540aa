// says: int is not a network; declare one: struct name final : network<input<784> | ...> {}
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | linear<7>
#ifdef WRONG
  | relu
#else
  | relu
#endif
  | relu | linear<10>
    > {};
#ifdef WRONG
static_assert(valid<int>);
#else
static_assert(valid<net>);
#endif
