// says: layer 4 of 6: group_norm<3> receives [7], but its 3 groups do not divide the 7 channels; choose a number of groups that does
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | group_norm<3>
#else
  | group_norm<1>
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
