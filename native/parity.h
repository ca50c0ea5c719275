/* Forward error correction of UDPTL: a lost packet from the others and the parity of all (ITU-T T.38 9.1.4.2).
 *
 * Knows no datagrams, and not what a packet means. We make no parity: repeating is simpler, and does more. */

#ifndef UNIFAX_PARITY_H
#define UNIFAX_PARITY_H

#include <stddef.h>
#include <stdint.h>

/* Packets that the parity of a datagram may reach back (Asterisk and spandsp keep 16), and groups that are kept. */
enum { PARITY_MOST = 64 };

/* What came of a stream, and what can be said of the rest of it. */
typedef struct parity_s parity_t;

/* Return NULL without memory. */
parity_t *parity_new(void);
void parity_free(parity_t *parity);

/* A packet is known. */
void parity_keep(parity_t *parity, uint16_t sequence, const uint8_t *packet, size_t octets);

/* The exclusive or of `span` packets is known, each filled up with zeros to the longest: of `first` and, `step` numbers
 * apart, those after it. Nothing happens unless they are PARITY_MOST numbers at most. */
void parity_learn(parity_t *parity, uint16_t first, int span, int step, const uint8_t *sum, size_t octets);

/* Find a packet that is known from now on, as its group lacks nothing else: 1, or 0 when there is none. It may end in
 * zeros that are not its own, which no reader of IFP looks at. Its octets are good until the next call. */
int parity_mend(parity_t *parity, uint16_t *sequence, const uint8_t **packet, size_t *octets);

#endif
