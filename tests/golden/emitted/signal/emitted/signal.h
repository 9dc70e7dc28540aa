/* signal, C interface. Written by tenon 0.1.0 from golden.hpp;
    do not edit: change the network and build again. */
#ifndef EMITTED_SIGNAL_H
#define EMITTED_SIGNAL_H

#include <stddef.h>

#define SIGNAL_INPUT_SIZE 12 /* floats of one sample: [1, 12] */
#define SIGNAL_OUTPUT_SIZE 48 /* [4, 12] */
#define SIGNAL_EVAL_ARENA_BYTES 12288
#define SIGNAL_ALIGNMENT 64 /* of arenas and weights */

#ifdef __cplusplus
extern "C" {
#endif
/* An evaluator. Belongs to the caller, needs no end,
    and may be moved by copying its bytes. One thread
   at a time; several evaluators over arenas of their own may share weights. */
typedef struct signal_eval {
  void* opaque[16];
} signal_eval;

/* SIGNAL_EVAL_ARENA_BYTES, for callers that load this network at run time. */
size_t signal_eval_arena_bytes(void);

/* 0, or the number of an error. arena: SIGNAL_EVAL_ARENA_BYTES or more. weights: a blob,
    as `export --format
   blob` writes it. Both begin at multiples of SIGNAL_ALIGNMENT, are used in place,
       and outlive the evaluator. */
int signal_eval_open(signal_eval* m, void* arena, size_t arena_bytes, const void* weights,
                size_t weight_bytes);

/* After a successful open; no heap, no failure. x [n][SIGNAL_INPUT_SIZE],
    y [n][SIGNAL_OUTPUT_SIZE]: logits; any n. */
void signal_eval_run(signal_eval* m, const float* x, size_t n, float* y);
/* What the loss stands for, such as probabilities of classes: p [n][SIGNAL_OUTPUT_SIZE]. */
void signal_eval_probabilities(signal_eval* m, const float* x, size_t n, float* p);

/* The instruction set in use: "AVX3". */
const char* signal_eval_target(const signal_eval* m);

/* What an error number means, and what to do. */
const char* signal_error_text(int error);

#ifdef __cplusplus
}
#endif

#endif
