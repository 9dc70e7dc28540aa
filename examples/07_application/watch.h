/* The part of the application that is written in C. */
#ifndef APPLICATION_WATCH_H
#define APPLICATION_WATCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* The class of one signal of SIGNALS_INPUT_SIZE floats and its probability, or a negative number of an error. */
int watch_signal(const float* signal, float* probability);

#ifdef __cplusplus
}
#endif

#endif
