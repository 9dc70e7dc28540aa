/* What the test asks of its part in C. */
#ifndef TENON_TESTS_FROM_C_H
#define TENON_TESTS_FROM_C_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens an evaluator on an arena that begins `skip` bytes behind an aligned place and is `less`
 * bytes too small. */
int open_from_c(size_t skip, size_t less, const void* weights, size_t weight_bytes);
/* Opens, runs n samples and computes their probabilities on a moved copy of the evaluator. */
int run_from_c(const void* weights, size_t weight_bytes, const float* x, size_t n, float* y,
               float* p);

#ifdef __cplusplus
}
#endif

#endif
