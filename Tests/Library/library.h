/* What the parts of the program that uses every function share. */
#ifndef NIGHTJAR_TESTS_LIBRARY_H
#define NIGHTJAR_TESTS_LIBRARY_H

#include <nightjar.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                           \
    do {                                                                           \
        if (!(condition)) {                                                        \
            fprintf(stderr, "error: %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                               \
        }                                                                          \
    } while (0)

/* The engine of all parts but those that make their own. */
extern nj_engine *engine;

/* A search, its other jobs, and what it refuses. */
void searching(void);

/* Batches on each device but the CPU. Nothing where there is none. */
void on_devices(void);

/* One hasher, eight threads, for that many seconds; 0 is a short while. */
void threads(int seconds);

#endif
