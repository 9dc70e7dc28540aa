#include "watch.h"

#include "emitted/signals.h"
#include "emitted/signals_weights.h"

static _Alignas(SIGNALS_ALIGNMENT) unsigned char arena[SIGNALS_EVAL_ARENA_BYTES];

int watch_signal(const float* signal, float* probability) {
  signals_eval model;
  float p[SIGNALS_OUTPUT_SIZE];
  int best = 0;
  const int error = signals_eval_open(&model, arena, sizeof arena, signals_weights(), signals_weights_bytes());
  if (error != 0) return -error;
  signals_eval_probabilities(&model, signal, 1, p);
  for (int i = 1; i < SIGNALS_OUTPUT_SIZE; ++i) {
    if (p[i] > p[best]) best = i;
  }
  *probability = p[best];
  return best;
}
