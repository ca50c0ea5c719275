/* Octets in the order in which they came, in one growing piece of memory. */

#ifndef UNIFAX_FIFO_H
#define UNIFAX_FIFO_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *octets;
    size_t begin, end, room;
} fifo_t;

/* How many are in it. */
size_t fifo_length(const fifo_t *fifo);

/* Make room for so many more: 1, or 0 without memory. */
int fifo_make_room(fifo_t *fifo, size_t octets);

/* Put some behind the others. There must be room. */
void fifo_put(fifo_t *fifo, const void *octets, size_t length);

/* Take the first. There must be so many. */
void fifo_take(fifo_t *fifo, void *octets, size_t length);

/* Forget all but the first. */
void fifo_cut(fifo_t *fifo, size_t length);

void fifo_free(fifo_t *fifo);

#endif
