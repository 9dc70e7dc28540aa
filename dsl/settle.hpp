// Decides what becomes of each row in a mode: kept, dropped (an identity there, or a loss that is
// not needed), or merged into the layer before it (an affine layer right behind one that absorbs
// it). Looks only at properties; never names a layer.
#pragma once
#include "dsl/layer.hpp"

namespace tenon::detail {

enum class fate : unsigned char { kept, dropped, merged };

struct settling {  // each can be switched off, and results must not change
  bool drop_identities = true;
  bool merge_affine = true;
};

template <int N>
struct fates {
  fate of[N + 1] = {};
  int into[N + 1] = {};  // merged: the row that absorbs it
};

// Writes one fate per row. Exact or not at all: nothing but dropped rows and marks of repeats may
// lie between the two, for they leave the value as it is. A loss is dropped in eval, whatever the
// switches: nothing depends on it.
constexpr void settle(const row* rows, int count, mode m, settling how, fate* of, int* into) {
  const auto at = static_cast<int>(m);
  int absorber = -1;
  for (int i = 0; i < count; ++i) {
    const row& r = rows[i];
    of[i] = fate::kept;
    into[i] = -1;
    if (r.role == kind_of_row::round || r.role == kind_of_row::frozen) continue;
    if (r.identity[at] && (how.drop_identities || r.role == kind_of_row::loss)) {
      of[i] = fate::dropped;
    } else if (r.affine[at] && absorber >= 0 && how.merge_affine) {
      of[i] = fate::merged;
      into[i] = absorber;
      absorber = -1;  // one affine layer per absorber
    } else {
      absorber = r.absorbs_affine ? i : -1;
    }
  }
}

template <int N>
constexpr fates<N> settle(const row* rows, mode m, settling how = {}) {
  fates<N> f;
  settle(rows, N, m, how, f.of, f.into);
  return f;
}

}  // namespace tenon::detail
