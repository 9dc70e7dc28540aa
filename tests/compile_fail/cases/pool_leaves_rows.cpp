// says: layer 4 of 6: max_pool<4> receives [3, 14, 14], but its windows leave 2 rows over; use max_pool<2>, or add floor_ to drop what is left
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 14, 14> | filler | relu
#ifdef WRONG
  | max_pool<4>
#else
  | max_pool<4>(floor_)
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
