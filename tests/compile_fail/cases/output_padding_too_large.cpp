// says: layer 4 of 6: conv1d_transpose<8, 3>(stride<2>, output_padding<2>) receives [3, 8], but has an output padding of 2; use one from 0 to below the stride (or the dilation, if that is larger)
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<3, 8> | filler | relu
#ifdef WRONG
  | conv1d_transpose<8, 3>(stride<2>, output_padding<2>)
#else
  | conv1d_transpose<8, 3>(stride<2>, output_padding<1>)
#endif
  | flatten | linear<10>
    > {};
static_assert(valid<net>);
