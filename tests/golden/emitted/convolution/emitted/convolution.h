/* convolution, C interface. Written by tenon 0.1.0 from golden.hpp;
    do not edit: change the network and build again. */
#ifndef EMITTED_CONVOLUTION_H
#define EMITTED_CONVOLUTION_H

#include <stddef.h>

#define CONVOLUTION_INPUT_SIZE 128 /* floats of one sample: [2, 8, 8] */
#define CONVOLUTION_OUTPUT_SIZE 3 /* [3] */
#define CONVOLUTION_EVAL_ARENA_BYTES 58880
#define CONVOLUTION_ALIGNMENT 64 /* of arenas and weights */

#ifdef __cplusplus
extern "C" {
#endif
/* An evaluator. Belongs to the caller, needs no end,
    and may be moved by copying its bytes. One thread
   at a time; several evaluators over arenas of their own may share weights. */
typedef struct convolution_eval {
  void* opaque[16];
} convolution_eval;

/* CONVOLUTION_EVAL_ARENA_BYTES, for callers that load this network at run time. */
size_t convolution_eval_arena_bytes(void);

/* 0, or the number of an error. arena: CONVOLUTION_EVAL_ARENA_BYTES or more. weights: a blob,
    as `export --format
   blob` writes it. Both begin at multiples of CONVOLUTION_ALIGNMENT, are used in place,
       and outlive the evaluator. */
int convolution_eval_open(convolution_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes);

/* After a successful open; no heap, no failure. x [n][CONVOLUTION_INPUT_SIZE],
    y [n][CONVOLUTION_OUTPUT_SIZE]: logits; any n. */
void convolution_eval_run(convolution_eval* m, const float* x, size_t n, float* y);
/* What the loss stands for, such as probabilities of classes: p [n][CONVOLUTION_OUTPUT_SIZE]. */
void convolution_eval_probabilities(convolution_eval* m, const float* x, size_t n, float* p);

/* The instruction set in use: "AVX3". */
const char* convolution_eval_target(const convolution_eval* m);

/* What an error number means, and what to do. */
const char* convolution_error_text(int error);

#ifdef __cplusplus
}
#endif

#endif
