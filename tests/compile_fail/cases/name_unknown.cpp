// says: layer 5 of 6: add_with<'b'> receives [7], but names nothing that is saved before it; saved so far: a
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | save<"a"> | linear<7>
#ifdef WRONG
  | add_with<"b">
#else
  | add_with<"a">
#endif
  | linear<10>
    > {};
static_assert(valid<net>);
