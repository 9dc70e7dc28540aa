// says: layer 4 of 6: dropout<drop(0.5)>(vanilla) receives [7], but leaves evaluation a factor for the weights behind it, and relu has none that are linear in its input; put it directly before a linear layer or a convolution, or leave out vanilla
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu | dropout<drop(0.5)>(vanilla)
#ifdef WRONG
  | relu | linear<10>
#else
  | linear<10> | relu
#endif
    > {};
static_assert(valid<net>);
