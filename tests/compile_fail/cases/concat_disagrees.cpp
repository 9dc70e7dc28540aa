// says: layer 6 of 6: concat receives [16, 32, 32], but joins [8, 30, 30] with [8, 32, 32]; make all but the channels equal
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<16, 32, 32> | filler | relu
#ifdef WRONG
  | branches(conv2d<8, 3>, conv2d<8, 1>)
#else
  | branches(conv2d<8, 3>(same), conv2d<8, 1>)
#endif
  | concat
    > {};
static_assert(valid<net>);
