/* What a UDPTL datagram says (T.38 Annex A, aligned PER). Knows nothing of the one before it. */

#ifndef UNIFAX_UDPTL_DATAGRAM_H
#define UNIFAX_UDPTL_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "udptl.h"

enum { UDPTL_LONG = 128 /* octets from which a length takes two */ };

typedef struct {
    const uint8_t *octets;
    size_t length, at;
} udptl_reader_t;

typedef struct {
    uint16_t sequence;
    udptl_span_t ifp;
    int has_parity;
    udptl_span_t span; /* with parity: how many packets each sum is of, as it is written */
    size_t count;      /* of the fields that follow: packets that are repeated, latest first, or sums */
} udptl_datagram_t;

/* Read a datagram to where the fields begin, and look whether all of them are there: 1, or 0 for what is no UDPTL. */
int udptl_read_datagram(udptl_reader_t *reader, udptl_datagram_t *datagram);

/* Read the next field: 1, or 0 when it is not there. */
int udptl_read_field(udptl_reader_t *reader, udptl_span_t *field);

#endif
