/* RTP with G.711 audio (RFC 3550, RFC 3551): packets out, and 20 ms frames in the order and pace of the far side.
 *
 * Knows no sockets, no time and no chance: rtp_next_frame is its clock, and it is asked for one frame each 20 ms.
 * Nothing here allocates after rtp_new. An end is used by one thread at a time. */

#ifndef UNIFAX_RTP_H
#define UNIFAX_RTP_H

#include <stddef.h>
#include <stdint.h>

#include "jitter.h"

enum {
    RTP_HEADER_OCTETS = 12,
    RTP_DATAGRAM_OCTETS = 172, /* of each packet that we send: the header and 20 ms */
    RTP_MOST_OCTETS = 1500,    /* of a packet that we take: 200 ms of G.711 would be 1612, which nobody sends */
    RTP_STRANGE = 5            /* packets in a row of another stream begin a new one: 100 ms */
};

typedef struct {
    uint8_t payload_type;
    int marker;
    uint16_t sequence;
    uint32_t timestamp;     /* in samples of 1/8000 s, modulo 2**32 */
    uint32_t ssrc;
    const uint8_t *payload; /* within the datagram */
    size_t octets;          /* of the payload */
} rtp_packet_t;

/* Read a packet (RFC 3550 5.1): 0, or -1 for what is none. */
int rtp_parse(const uint8_t *datagram, size_t octets, rtp_packet_t *packet);

/* Write a packet's header, RTP_HEADER_OCTETS. */
void rtp_write_header(const rtp_packet_t *packet, uint8_t *datagram);

/* One end of an RTP stream each way, in one law.
 *
 * Other payload types, as comfort noise (13) and telephone events, are left out: what they stood for is filled in as if
 * it were lost. Of several sources at the far address the one that goes on sending is followed (RFC 3550 8.2). */
typedef struct rtp_s rtp_t;

typedef struct {
    unsigned played, repeated, late, stretched, skipped; /* as of jitter_counters_t */
    unsigned ignored; /* packets left out: of other payload types, or of no stream that goes on */
} rtp_counters_t;

/* Return a new end for A-law or mu-law, or NULL without memory. `ssrc` should be random: sequence number and timestamp
 * begin with parts of it (RFC 3550 5.1). */
rtp_t *rtp_new(int a_law, uint32_t ssrc);
void rtp_free(rtp_t *rtp);

/* Write the packet of the next 20 ms of our audio: JITTER_FRAME_OCTETS of G.711 in, RTP_DATAGRAM_OCTETS out, which is
 * what it returns. */
size_t rtp_encode(rtp_t *rtp, const uint8_t *frame, uint8_t *datagram);

/* Take in a packet: 0, or -1 for what is no RTP. An ignored packet is RTP too. */
int rtp_decode(rtp_t *rtp, const uint8_t *datagram, size_t octets);

/* Write the next 20 ms of the far side's audio, JITTER_FRAME_OCTETS: silence before it has begun, repeated where it is
 * missing. */
void rtp_next_frame(rtp_t *rtp, uint8_t *frame);

rtp_counters_t rtp_counters(const rtp_t *rtp);

#endif
