#include <stdlib.h>
#include <string.h>

#include "rtp.h"

#define VERSION 0x80
#define PADDING 0x20
#define EXTENSION 0x10
#define CSRC_COUNT 0x0F
#define MARKER 0x80
#define PAYLOAD_TYPE 0x7F
#define FAR_SAMPLES 16000 /* a timestamp further away, either way, is no packet of the stream that we follow: 2 s */

struct rtp_s {
    rtp_packet_t next; /* of ours, without its audio */
    unsigned ignored;
    jitter_t *jitter;
    int has_source;
    uint32_t source;          /* the far side's SSRC */
    uint32_t their_timestamp; /* of its last packet that we took: positions in the buffer are counted from it */
    int64_t position;
    int strange;
};

static uint16_t read_16(const uint8_t *octets)
{
    return (uint16_t) (octets[0] << 8 | octets[1]);
}

static uint32_t read_32(const uint8_t *octets)
{
    return (uint32_t) read_16(octets) << 16 | read_16(octets + 2);
}

static void write_32(uint8_t *octets, uint32_t value)
{
    octets[0] = (uint8_t) (value >> 24);
    octets[1] = (uint8_t) (value >> 16);
    octets[2] = (uint8_t) (value >> 8);
    octets[3] = (uint8_t) value;
}

int rtp_parse(const uint8_t *datagram, size_t octets, rtp_packet_t *packet)
{
    size_t begin, end = octets;

    if (octets < RTP_HEADER_OCTETS || octets > RTP_MOST_OCTETS || (datagram[0] & 0xC0) != VERSION)
        return -1;
    begin = RTP_HEADER_OCTETS + 4u * (datagram[0] & CSRC_COUNT);
    if (datagram[0] & EXTENSION) {
        if (begin + 4 > end)
            return -1;
        begin += 4 + 4u * read_16(datagram + begin + 2);
    }
    if (datagram[0] & PADDING) {
        if (datagram[octets - 1] == 0)
            return -1;
        end -= datagram[octets - 1] < end ? datagram[octets - 1] : end;
    }
    if (begin > end)
        return -1;
    packet->payload_type = datagram[1] & PAYLOAD_TYPE;
    packet->marker = (datagram[1] & MARKER) != 0;
    packet->sequence = read_16(datagram + 2);
    packet->timestamp = read_32(datagram + 4);
    packet->ssrc = read_32(datagram + 8);
    packet->payload = datagram + begin;
    packet->octets = end - begin;
    return 0;
}

void rtp_write_header(const rtp_packet_t *packet, uint8_t *datagram)
{
    datagram[0] = VERSION;
    datagram[1] = (uint8_t) ((packet->payload_type & PAYLOAD_TYPE) | (packet->marker ? MARKER : 0));
    datagram[2] = (uint8_t) (packet->sequence >> 8);
    datagram[3] = (uint8_t) packet->sequence;
    write_32(datagram + 4, packet->timestamp);
    write_32(datagram + 8, packet->ssrc);
}

rtp_t *rtp_new(int a_law, uint32_t ssrc)
{
    rtp_t *rtp;

    if ((rtp = calloc(1, sizeof(*rtp))) == NULL)
        return NULL;
    if ((rtp->jitter = jitter_new(a_law)) == NULL) {
        free(rtp);
        return NULL;
    }
    rtp->next.payload_type = a_law ? 8 : 0; /* RFC 3551 6 */
    rtp->next.marker = 1;
    rtp->next.sequence = (uint16_t) ssrc;
    rtp->next.timestamp = ssrc ^ 0x5A5A5A5A;
    rtp->next.ssrc = ssrc;
    return rtp;
}

void rtp_free(rtp_t *rtp)
{
    jitter_free(rtp->jitter);
    free(rtp);
}

size_t rtp_encode(rtp_t *rtp, const uint8_t *frame, uint8_t *datagram)
{
    rtp_write_header(&rtp->next, datagram);
    memcpy(datagram + RTP_HEADER_OCTETS, frame, JITTER_FRAME_OCTETS);
    rtp->next.marker = 0;
    rtp->next.sequence++;
    rtp->next.timestamp += JITTER_FRAME_OCTETS;
    return RTP_DATAGRAM_OCTETS;
}

static void begin(rtp_t *rtp, const rtp_packet_t *packet)
{
    rtp->has_source = 1;
    rtp->source = packet->ssrc;
    rtp->their_timestamp = packet->timestamp;
    rtp->position = rtp->strange = 0;
    jitter_restart(rtp->jitter);
    jitter_put(rtp->jitter, 0, packet->payload, packet->octets);
}

/* A packet of another stream: followed, once enough of them have come and none of the one that we follow. */
static void turn_up(rtp_t *rtp, const rtp_packet_t *packet)
{
    rtp->ignored++;
    if (++rtp->strange >= RTP_STRANGE)
        begin(rtp, packet);
}

static void follow(rtp_t *rtp, const rtp_packet_t *packet, int32_t ahead)
{
    rtp->strange = 0;
    if (jitter_put(rtp->jitter, rtp->position + ahead, packet->payload, packet->octets) && ahead > 0) {
        rtp->their_timestamp = packet->timestamp;
        rtp->position += ahead;
    }
}

int rtp_decode(rtp_t *rtp, const uint8_t *datagram, size_t octets)
{
    rtp_packet_t packet;
    int32_t ahead; /* negative when before: timestamps go round */

    if (rtp_parse(datagram, octets, &packet) < 0)
        return -1;
    ahead = (int32_t) (packet.timestamp - rtp->their_timestamp);
    if (packet.payload_type != rtp->next.payload_type || packet.octets == 0)
        rtp->ignored++;
    else if (!rtp->has_source)
        begin(rtp, &packet);
    else if (packet.ssrc != rtp->source || ahead > FAR_SAMPLES || ahead < -FAR_SAMPLES)
        turn_up(rtp, &packet);
    else
        follow(rtp, &packet, ahead);
    return 0;
}

void rtp_next_frame(rtp_t *rtp, uint8_t *frame)
{
    jitter_take(rtp->jitter, frame);
}

rtp_counters_t rtp_counters(const rtp_t *rtp)
{
    jitter_counters_t of = jitter_counters(rtp->jitter);

    return (rtp_counters_t) {of.played, of.repeated, of.late, of.stretched, of.skipped, rtp->ignored};
}
