// What checking a network gives: a value, either with its shape and counts or with the sentence
// that says what is wrong.
#pragma once
#include "dsl/shape.hpp"
#include "dsl/text.hpp"

namespace tenon {

struct verdict {
  bool legal = false;
  dims input, output;
  long parameters = 0;
  long trainable = 0;      // of them: not those of frozen blocks
  long macs = 0;           // per sample, forward
  long macs_training = 0;  // forward and backward: no gradient where nothing before is trained

  // Of the first mistake:
  int layer = 0;  // position from 1, repeats written out
  detail::text where, arrived, needs, remedy;

  // "layer 3 of 5: linear<10> receives [6, 28, 28], but needs a flat input; put flatten before it";
  // empty if legal.
  constexpr detail::text sentence() const {
    detail::text t;
    if (!legal) t << where << " " << arrived << needs << "; " << remedy;
    return t;
  }
};

}  // namespace tenon
