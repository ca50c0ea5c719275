/* UDPTL: fax packets in datagrams, each carrying the ones before it again (ITU-T T.38 9.1).
 *
 * Knows nothing of what an IFP packet means, of sockets or of time. Memory is bounded, and once it has grown to the
 * sizes of a stream's packets nothing is allocated any more; a packet for which there is none is a lost one. An end is
 * used by one thread at a time. */

#ifndef UNIFAX_UDPTL_H
#define UNIFAX_UDPTL_H

#include <stddef.h>
#include <stdint.h>

enum {
    UDPTL_REDUNDANCY = 3,      /* earlier packets in each datagram: with three, 5 % random loss costs a fax nothing */
    UDPTL_MOST_REDUNDANCY = 8, /* of ours: a greater one counts as this */
    UDPTL_MAX_DATAGRAM = 1400, /* octets, when the far side asks for nothing smaller (T38FaxMaxDatagram) */
    UDPTL_PATIENCE = 2,        /* datagrams kept back after a gap: see udptl_new */
    UDPTL_MOST_PATIENCE = 8,   /* a greater one counts as this */
    UDPTL_MOST_OCTETS = 2048,  /* of a datagram that we take: Ethernet carries 1500 */
    UDPTL_MOST_PACKETS = 80,   /* that may become ready at once: all that parity can make, and what was kept back */
    UDPTL_FRAGMENTED = 1 << 14 /* octets from which X.691 11.9 cuts a field into fragments: no packet is that long */
};

typedef struct udptl_s udptl_t;

typedef struct {
    unsigned received;  /* IFP packets that came in their own datagram, in time */
    unsigned recovered; /* IFP packets whose datagram was lost or late, taken from a later one */
    unsigned lost;      /* IFP packets that never came */
} udptl_counters_t;

/* Return one end of a stream, or NULL without memory: it numbers and repeats what goes out, completes and orders what
 * comes in. The oldest repetitions are left out when a datagram would be longer than `max_datagram` octets.
 *
 * `patience` is for a far side without redundancy: after a gap that nothing has filled, so many packets are kept back,
 * because the missing one may only be late. libspandsp drops what comes late: with neighbours swapped and no
 * redundancy, a fax fails at the first exchange; with two kept back it arrives whole. With redundancy a gap is filled
 * by the datagram that shows it. */
udptl_t *udptl_new(int redundancy, int max_datagram, int patience);
void udptl_free(udptl_t *udptl);

/* Return the most octets of an IFP packet of which a datagram can carry all repetitions, each as long as itself. */
int udptl_packet_room(int redundancy, int max_datagram);

/* Write the datagram for the next IFP packet; to send it twice, send the same datagram twice. Returns its octets, or
 * -1, and nothing has happened, when the packet alone has no room or is UDPTL_FRAGMENTED octets or longer. A packet
 * that is shorter than `room` by 6 octets has always room. */
int udptl_encode(udptl_t *udptl, const uint8_t *ifp, size_t octets, uint8_t *datagram, size_t room);

/* Take in a datagram. Returns how many IFP packets can now be taken, or -1 for what is no UDPTL. What was not taken
 * before is forgotten.
 *
 * What is lost is taken from the repetitions in a datagram, or made out of its parity. A far side may begin to count
 * anew, and is followed once it goes on counting: late RTP can be read as UDPTL too, but its number stays the same. */
int udptl_decode(udptl_t *udptl, const uint8_t *datagram, size_t octets);

/* Take the next IFP packet and its number, in order, each only once: 1, or 0 when there is none. The octets are good
 * until the next udptl_decode. */
int udptl_take(udptl_t *udptl, const uint8_t **ifp, size_t *octets, int *sequence);

udptl_counters_t udptl_counters(const udptl_t *udptl);

/* Where the octets begin and end that a datagram carries. */
typedef struct {
    size_t begin, end;
} udptl_span_t;

/* Find what a datagram carries (T.38 Annex A): its own IFP packet, then the earlier ones, latest first, or the parity
 * of forward error correction. Returns how many spans there are, or -1 for what is no UDPTL; `room` for as many as the
 * datagram has octets is enough. */
int udptl_spans(const uint8_t *datagram, size_t octets, udptl_span_t *spans, size_t room, int *has_parity);

#endif
