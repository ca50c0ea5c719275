/* One end of a fax's media, whole and without a socket: from whom it comes, its transport (UDPTL or RTP), the terminal,
 * time in slices, and what is held back until a fact is on disk.
 *
 * It knows no clock: time is an argument, in seconds, and never goes back. Several threads may use an end at the same
 * time: every function but media_free() locks it. What it tells is read from its journal, in order. */

#ifndef UNIFAX_MEDIA_H
#define UNIFAX_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "far_side.h"
#include "spandsp_line.h"

enum {
    MEDIA_FRAME = LINE_FRAME,
    MEDIA_PAGE = LINE_PAGE,
    MEDIA_END = LINE_END,
    MEDIA_WITHDRAWN, /* what was held back will never leave */
};

enum {
    MEDIA_BURST = 10,            /* T.38 without pacing: datagrams in each 20 ms. Unlimited, a page overruns socket
                                  * buffers: 4 of 10 faxes arrived whole */
    MEDIA_INDICATOR_COPIES = 3,  /* an indicator has nothing after it that would soon repeat it */
    MEDIA_MOST_BEHIND = 10,      /* audio: slices of 20 ms that are made up for after a stall of ours, 0.2 s; beyond it the
                                  * far side has lost what we said anyway */
    MEDIA_T38_MOST_BEHIND = 50,  /* over T.38, 1 s: what was due is sent, but no timer of 3 s runs out unattended */
    MEDIA_DATAGRAM_OCTETS = 2048, /* room for any datagram of ours */
    MEDIA_TOLD_OCTETS = 80,      /* of a DIS, DTC or DCS; T.30 table 2 has 16 of them */
};

typedef struct {
    line_entry_t line; /* without `octets`: these are in `told` */
    int holds;         /* FRAME: nothing that follows leaves until media_release() */
    int uncounted;     /* FRAME: a page would be confirmed that is not in the file: it never leaves, and T.30 ends */
    uint8_t told[MEDIA_TOLD_OCTETS];
} media_entry_t;

typedef struct {
    unsigned rubbish; /* datagrams that were none of this transport: late RTP over T.38, mostly */
    unsigned received, recovered, lost;                           /* T.38: see udptl_counters_t */
    unsigned played, repeated, late, stretched, skipped, ignored; /* audio: see rtp_counters_t */
} media_counters_t;

typedef struct {
    double at; /* in seconds, of the clock that the end lives by */
    int outgoing;
    far_address_t far; /* where it came from, or went */
    size_t octets;
} media_taped_t;

typedef struct media_s media_t;

/* Return a new end for T.38, or NULL without memory. It ends after `silence_seconds` without a packet either way.
 * Settings are made through media_t30() before anything else. */
media_t *media_new_t38(int calling, int sending, int paced, int bit_rate, double silence_seconds, int redundancy,
                       int max_datagram, int patience);

/* Return a new end for G.711, or NULL without memory. It ends after `silence_seconds` without audio of the far side. */
media_t *media_new_audio(int calling, int sending, double silence_seconds, int a_law, uint32_t ssrc);
void media_free(media_t *media);
t30_state_t *media_t30(media_t *media);

/* The far side wants its media at an address, or at another one; its SIP comes from `sip_host`. */
void media_expect(media_t *media, const char *host, int port, const char *sip_host, double now);

/* Whether something comes every 20 ms, as long as all is well: audio. */
int media_is_steady(const media_t *media);

/* Where our media goes. */
far_address_t media_far(media_t *media);

/* A datagram came. Nobody but the far side is listened to, and rubbish is dropped and counted. */
void media_receive(media_t *media, far_address_t source, const uint8_t *datagram, size_t octets, double now);

typedef struct {
    int may_send;     /* there are datagrams to take */
    int has_news;     /* there is something to read: in the journal, or so many copies that they should be taken; or, once
                       * a second, counters that tell of a bad line have moved */
    double next_wake; /* when to wake it: every 20 ms, over T.38 with pacing every 40; -1 when time would change nothing */
} media_state_t;

/* Time has passed. */
media_state_t media_wake(media_t *media, double now);
double media_next_wake(media_t *media);

/* Take the next datagram that may leave now, at most MEDIA_DATAGRAM_OCTETS; 0 when there is none. */
size_t media_take(media_t *media, uint8_t *datagram);

/* Take the next entry of the journal: 1, or 0 when all were taken. */
int media_next(media_t *media, media_entry_t *entry);

/* Keep a copy of every datagram from now on, until it is taken. */
void media_tape(media_t *media);

/* Take the next copy, at most MEDIA_DATAGRAM_OCTETS: 1, or 0 when there is none. What is longer is not kept. */
int media_taped(media_t *media, media_taped_t *taped, uint8_t *datagram);

/* Whether memory ran out and the journal has a hole. */
int media_is_torn(media_t *media);

/* Let leave what was held back. */
void media_release(media_t *media, double now);

/* End T.30 from our side, without a word to the far side. What is held back never leaves. */
void media_hang_up(media_t *media, double now);

media_counters_t media_counters(media_t *media);

#endif
