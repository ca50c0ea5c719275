/* Packets and frames of audio on their way out: what waits, what of it may leave, and what is held back. */

#ifndef UNIFAX_LEAVING_H
#define UNIFAX_LEAVING_H

#include <stddef.h>
#include <stdint.h>

#include "fifo.h"

enum { LEAVING_MOST_OCTETS = 2048 }; /* of one; no terminal makes a longer one */

typedef struct {
    fifo_t waiting;
    size_t may_leave; /* so many octets of it; what lies behind them is held back */
} leaving_t;

/* Put one behind the others, held back; its datagram is to leave so many times. Returns 0 without memory. One that is too
 * long is dropped. */
int leaving_put(leaving_t *leaving, const uint8_t *octets, size_t length, int copies);

/* Let everything leave; drop what is held back. */
void leaving_release(leaving_t *leaving);
void leaving_forget_held(leaving_t *leaving);

/* Take the next, at most LEAVING_MOST_OCTETS; there has to be one that may leave. Returns its octets. */
size_t leaving_take(leaving_t *leaving, uint8_t *octets, int *copies);

void leaving_free(leaving_t *leaving);

#endif
