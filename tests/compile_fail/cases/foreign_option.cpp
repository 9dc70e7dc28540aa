// says: layer 4 of 6: linear<5> receives [7], but does not know the option stride; it knows no_bias, init<he_normal>, weight_norm, weight_standardization, drop_connect<drop(0.5)>, weight_noise<0.01>
#include <tenon/dsl.hpp>
using namespace tenon;

constexpr auto filler = repeat<LAYERS - 5>(relu);  // makes it LAYERS layers
struct net final : network<
    input<7> | filler | relu
#ifdef WRONG
  | linear<5>(stride<2>)
#else
  | linear<5>(no_bias)
#endif
  | relu | linear<10>
    > {};
static_assert(valid<net>);
