/* perceptron, C interface. Written by tenon 0.1.0 from golden.hpp;
    do not edit: change the network and build again. */
#ifndef EMITTED_PERCEPTRON_H
#define EMITTED_PERCEPTRON_H

#include <stddef.h>

#define PERCEPTRON_INPUT_SIZE 5 /* floats of one sample: [5] */
#define PERCEPTRON_OUTPUT_SIZE 3 /* [3] */
#define PERCEPTRON_EVAL_ARENA_BYTES 1792
#define PERCEPTRON_ALIGNMENT 64 /* of arenas and weights */

#ifdef __cplusplus
extern "C" {
#endif
/* An evaluator. Belongs to the caller, needs no end,
    and may be moved by copying its bytes. One thread
   at a time; several evaluators over arenas of their own may share weights. */
typedef struct perceptron_eval {
  void* opaque[16];
} perceptron_eval;

/* PERCEPTRON_EVAL_ARENA_BYTES, for callers that load this network at run time. */
size_t perceptron_eval_arena_bytes(void);

/* 0, or the number of an error. arena: PERCEPTRON_EVAL_ARENA_BYTES or more. weights: a blob,
    as `export --format
   blob` writes it. Both begin at multiples of PERCEPTRON_ALIGNMENT, are used in place,
       and outlive the evaluator. */
int perceptron_eval_open(perceptron_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes);

/* After a successful open; no heap, no failure. x [n][PERCEPTRON_INPUT_SIZE],
    y [n][PERCEPTRON_OUTPUT_SIZE]: logits; any n. */
void perceptron_eval_run(perceptron_eval* m, const float* x, size_t n, float* y);
/* What the loss stands for, such as probabilities of classes: p [n][PERCEPTRON_OUTPUT_SIZE]. */
void perceptron_eval_probabilities(perceptron_eval* m, const float* x, size_t n, float* p);

/* The instruction set in use: "AVX3". */
const char* perceptron_eval_target(const perceptron_eval* m);

/* What an error number means, and what to do. */
const char* perceptron_error_text(int error);

#ifdef __cplusplus
}
#endif

#endif
