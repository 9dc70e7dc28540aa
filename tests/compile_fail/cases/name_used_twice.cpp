// says: layer 4 of 6: save<'a'> receives [7], but uses a name a second time; choose another name
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | save<"a">
#ifdef WRONG
  | save<"a">
#else
  | save<"b">
#endif
  | linear<7> | add_with<"a">
    > {};
static_assert(valid<net>);
