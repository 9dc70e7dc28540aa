// says: layer 5 of 6: relu receives [7], but comes right after branches(...); join the branches first: branches(...) | concat, or | add
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler
#ifdef WRONG
  | branches(linear<3>, linear<5>)
#else
  | branches(linear<3>, linear<5>) | concat
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
