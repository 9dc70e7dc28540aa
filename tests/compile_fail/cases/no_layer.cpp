// says: layer 4 of 6: int receives [7], but is not a layer; keep only layers between the bars
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | 5
#else
  | linear<5>
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
