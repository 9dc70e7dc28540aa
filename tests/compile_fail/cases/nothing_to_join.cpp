// says: layer 4 of 6: add receives [7], but joins branches, and there are none; write branches(a, b) before it
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | add
#else
  | branches(linear<3>, linear<3>) | add
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
