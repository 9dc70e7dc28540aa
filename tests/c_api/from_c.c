#include "from_c.h"

#include "emitted/small.h"

static _Alignas(SMALL_ALIGNMENT) unsigned char arena[SMALL_EVAL_ARENA_BYTES + SMALL_ALIGNMENT];

int open_from_c(size_t skip, size_t less, const void* weights, size_t weight_bytes) {
  small_eval model;
  return small_eval_open(&model, arena + skip, SMALL_EVAL_ARENA_BYTES - less, weights,
                         weight_bytes);
}

int run_from_c(const void* weights, size_t weight_bytes, const float* x, size_t n, float* y,
               float* p) {
  small_eval model, moved;
  const int error = small_eval_open(&model, arena, small_eval_arena_bytes(), weights, weight_bytes);
  if (error != 0) return error;
  small_eval_run(&model, x, n, y);
  moved = model;
  small_eval_probabilities(&moved, x, n, p);
  return small_eval_target(&moved)[0] == '\0';
}
