// says: layer 4 of 6: dropout<drop(1)> receives [7], but drops with a probability outside [0, 1); write a number from 0 to below 1, such as drop(0.5)
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | dropout<drop(1)>
#else
  | dropout<keep(1)>
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
