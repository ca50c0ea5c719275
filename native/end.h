/* One end of a fax's media, by which media.h keeps what it promises, for one thread at a time: its transport, the terminal,
 * time in slices, and what is held back. */

#ifndef UNIFAX_END_H
#define UNIFAX_END_H

#include "journal.h"
#include "leaving.h"
#include "media.h"
#include "pages.h"
#include "rtp.h"
#include "udptl.h"

typedef struct {
    far_side_t far;
    udptl_t *udptl; /* this or rtp */
    rtp_t *rtp;
    line_t *line;
    pages_t pages;

    int paced;
    double silence_seconds;
    double now;
    double passed; /* up to here time was fed, or stood still */
    double busy_at; /* when a packet last came in, or over T.38 was made */
    double allowance; /* datagrams that may leave now, without pacing */
    int begun, held, finished, torn;
    uint8_t silence; /* of audio */

    leaving_t leaving;
    uint8_t datagram[MEDIA_DATAGRAM_OCTETS]; /* the one that left last */
    size_t datagram_octets;
    int copies; /* of it, still to leave */
    uint8_t late_frame[JITTER_FRAME_OCTETS]; /* audio: what was said as the hold began; it may hold the command's beginning */
    int has_late_frame;

    journal_t journal;
    tape_t tape;
    unsigned rubbish, troubles;
    double troubles_seen_at;
    int has_trouble;
} end_t;

/* Begin an end that is all zeros: 1, or 0 without memory. It takes `line`, which may be NULL for want of memory. Either way
 * it has to be closed. */
int end_open(end_t *end, line_t *line, int sending, double silence_seconds);
int end_speaks_t38(end_t *end, int paced, int redundancy, int max_datagram, int patience);
int end_speaks_audio(end_t *end, int a_law, uint32_t ssrc);
void end_close(end_t *end);

/* See the functions of media.h that are named so. */
void end_receive(end_t *end, const far_address_t *source, const uint8_t *datagram, size_t octets, double now);
media_state_t end_wake(end_t *end, double now);
double end_next_wake(const end_t *end);
size_t end_take(end_t *end, uint8_t *datagram);
int end_next(end_t *end, media_entry_t *entry);
void end_release(end_t *end, double now);
void end_hang_up(end_t *end, double now);
media_counters_t end_counters(const end_t *end);

#endif
