// says: layer 4 of 6: dropout<0.5> receives [7], but has a bare number; say which: dropout<drop(0.5)> or dropout<keep(0.5)>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | dropout<0.5>
#else
  | dropout<drop(0.5)>
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
