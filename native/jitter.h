/* A jitter buffer for fax audio: what comes early, late, twice or not at all becomes one frame each 20 ms.
 *
 * It has no clock but jitter_take. What is missing is the last frame again: of all fillings it loses the fewest pages.
 * Time is stretched or cut by whole frames of 20 ms, in silence whenever that can wait: they are whole symbols and
 * whole turns of the carrier for every fax modem, so a slip costs one what a lost frame costs. Its memory is fixed. */

#ifndef UNIFAX_JITTER_H
#define UNIFAX_JITTER_H

#include <stddef.h>
#include <stdint.h>

enum {
    JITTER_FRAME_OCTETS = 160,  /* 20 ms of G.711 */
    JITTER_START_FRAMES = 3,    /* waited for at first: 60 ms cover 30 ms of jitter and the ticks of both ends */
    JITTER_MOST_FRAMES = 12,    /* the longest delay, 240 ms. T.30's shortest wait for an answer is 3 s (T4) */
    JITTER_REPEATS = 5,         /* of a frame; then it is silence, because the far side has stopped */
    JITTER_LATE = 10            /* so many packets in a row too late, and the far clock has stood still: begin anew */
};

typedef struct jitter_s jitter_t;

typedef struct {
    unsigned played;    /* frames taken that had come in time */
    unsigned repeated;  /* frames taken that were missing, wholly or in part */
    unsigned late;      /* packets that came after their turn */
    unsigned stretched; /* frames put in: the delay grew, or the far side's clock is slower than ours */
    unsigned skipped;   /* frames left out: the delay shrank, or its clock is faster */
} jitter_counters_t;

/* Return a new buffer for A-law or mu-law, or NULL without memory. */
jitter_t *jitter_new(int a_law);
void jitter_free(jitter_t *jitter);

/* Forget what is in it: another stream begins, with the next packet. */
void jitter_restart(jitter_t *jitter);

/* Take in a packet's audio, at its position in samples from the first; of more than half a second the beginning.
 * Returns 0 for one that came too late, or again, else 1. */
int jitter_put(jitter_t *jitter, int64_t position, const uint8_t *audio, size_t octets);

/* Write the next 20 ms, JITTER_FRAME_OCTETS: silence before anything came, repeated where it is missing. */
void jitter_take(jitter_t *jitter, uint8_t *frame);

jitter_counters_t jitter_counters(const jitter_t *jitter);

#endif
