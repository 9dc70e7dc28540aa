// says: layer 1 of 6: relu stands first; begin with input<C, H, W>, input<C, L> or input<N>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    
#ifdef WRONG
  relu
#else
  input<7>
#endif
  | tanh_ | linear<5> | filler | linear<10> | softmax_cross_entropy
    > {};
static_assert(valid<net>);
