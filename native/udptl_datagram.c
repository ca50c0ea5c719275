#include <string.h>

#include "udptl_datagram.h"

#define FEC 0x80

static int read_length(udptl_reader_t *reader, size_t *length)
{
    const uint8_t *octets = reader->octets + reader->at;
    size_t left = reader->length - reader->at;

    if (left < 1 || (octets[0] & 0xC0) == 0xC0) /* in fragments */
        return 0;
    if (octets[0] < UDPTL_LONG) {
        *length = octets[0];
        reader->at += 1;
        return 1;
    }
    if (left < 2)
        return 0;
    *length = (size_t) (octets[0] & 0x3F) << 8 | octets[1];
    reader->at += 2;
    return 1;
}

int udptl_read_field(udptl_reader_t *reader, udptl_span_t *field)
{
    size_t length;

    if (!read_length(reader, &length) || length > reader->length - reader->at)
        return 0;
    field->begin = reader->at;
    field->end = reader->at += length;
    return 1;
}

int udptl_read_datagram(udptl_reader_t *reader, udptl_datagram_t *datagram)
{
    udptl_span_t field;
    size_t i, begin;

    memset(datagram, 0, sizeof(*datagram));
    if (reader->length < 3 || reader->length > UDPTL_MOST_OCTETS)
        return 0;
    datagram->sequence = (uint16_t) (reader->octets[0] << 8 | reader->octets[1]);
    reader->at = 2;
    if (!udptl_read_field(reader, &datagram->ifp))
        return 0;
    if (reader->at == reader->length)
        return 1; /* no error recovery at all: not allowed, and harmless */
    datagram->has_parity = (reader->octets[reader->at++] & FEC) != 0;
    if (datagram->has_parity && !udptl_read_field(reader, &datagram->span))
        return 0;
    if (!read_length(reader, &datagram->count))
        return 0;
    begin = reader->at;
    for (i = 0; i < datagram->count; i++)
        if (!udptl_read_field(reader, &field))
            return 0;
    reader->at = begin;
    return 1;
}

int udptl_spans(const uint8_t *octets, size_t length, udptl_span_t *spans, size_t room, int *has_parity)
{
    udptl_reader_t reader = {octets, length, 0};
    udptl_datagram_t datagram;
    size_t i;

    if (!udptl_read_datagram(&reader, &datagram) || 1 + datagram.count > room)
        return -1;
    spans[0] = datagram.ifp;
    for (i = 1; i <= datagram.count; i++)
        udptl_read_field(&reader, &spans[i]);
    *has_parity = datagram.has_parity;
    return (int) (1 + datagram.count);
}
