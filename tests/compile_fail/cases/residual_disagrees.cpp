// says: layers 3 to 4 of 6: residual main gives [32, 16, 16], shortcut gives [16, 32, 32]; add a second argument: residual(main, conv2d<32, 1>(stride<2>))
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<16, 32, 32> | filler
#ifdef WRONG
  | residual(conv2d<32, 3>(same, stride<2>) | batch_norm)
#else
  | residual(conv2d<32, 3>(same, stride<2>) | batch_norm, conv2d<32, 1>(stride<2>))
#endif
  | global_avg_pool | linear<10>
    > {};
static_assert(valid<net>);
