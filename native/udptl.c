#include "kept.h"
#include "parity.h"
#include "udptl.h"
#include "udptl_datagram.h"

#define SEQUENCES 65536
#define HEAD_OCTETS 4 /* of a datagram beside its packets: its number, what follows, and how many of that */
#define FAR 1000 /* a number further away, either way, is no packet of the stream that we follow */
#define STEPS 3  /* so much higher a number, right after one that was far away, goes on from it */
#define NONE (-1)
_Static_assert(SEQUENCES % UDPTL_MOST_REDUNDANCY == 0, "numbers go round, and so do the places of what was sent");
_Static_assert(UDPTL_MOST_PATIENCE + 1 + PARITY_MOST <= UDPTL_MOST_PACKETS, "all that can come at once has room");

typedef struct {
    uint16_t sequence;
    kept_t ifp;
} packet_t;

struct udptl_s {
    udptl_counters_t counters;
    int redundancy;
    int patience;
    size_t max_datagram;

    uint16_t next_out;
    kept_t sent[UDPTL_MOST_REDUNDANCY]; /* the last `earlier` of them, each at its number modulo the size */
    int earlier;

    int next_in;   /* the number to be taken next, or NONE */
    int elsewhere; /* the number of the last datagram, if it was far away, or NONE */
    packet_t waiting[UDPTL_MOST_PACKETS];
    int count;
    packet_t ready[UDPTL_MOST_PACKETS]; /* in order, with those that were taken already */
    int made_ready, taken;
    parity_t *parity; /* once the far side has sent any */
};

udptl_t *udptl_new(int redundancy, int max_datagram, int patience)
{
    udptl_t *udptl;

    if ((udptl = calloc(1, sizeof(*udptl))) == NULL)
        return NULL;
    udptl->redundancy = redundancy < UDPTL_MOST_REDUNDANCY ? redundancy : UDPTL_MOST_REDUNDANCY;
    udptl->patience = patience < UDPTL_MOST_PATIENCE ? patience : UDPTL_MOST_PATIENCE;
    udptl->max_datagram = max_datagram > 0 ? (size_t) max_datagram : 0;
    udptl->next_in = udptl->elsewhere = NONE;
    return udptl;
}

void udptl_free(udptl_t *udptl)
{
    int i;

    for (i = 0; i < UDPTL_MOST_REDUNDANCY; i++)
        free(udptl->sent[i].octets);
    for (i = 0; i < UDPTL_MOST_PACKETS; i++) {
        free(udptl->waiting[i].ifp.octets);
        free(udptl->ready[i].ifp.octets);
    }
    parity_free(udptl->parity);
    free(udptl);
}

udptl_counters_t udptl_counters(const udptl_t *udptl)
{
    return udptl->counters;
}

/* ---- What goes out ---- */

/* Octets of a field: its length, and itself. */
static size_t size_of(size_t octets)
{
    return (octets < UDPTL_LONG ? 1 : 2) + octets;
}

static size_t write_field(uint8_t *out, const uint8_t *octets, size_t length)
{
    size_t at = 0;

    if (length >= UDPTL_LONG)
        out[at++] = (uint8_t) (0x80 | length >> 8);
    out[at++] = (uint8_t) length;
    if (length)
        memcpy(out + at, octets, length);
    return at + length;
}

int udptl_packet_room(int redundancy, int max_datagram)
{
    int field = (max_datagram - HEAD_OCTETS) / (1 + redundancy);

    return field - (field <= UDPTL_LONG ? 1 : 2);
}

/* Keep a packet to be repeated. One that can never be has none before it repeated either: they are the older ones. */
static void keep_sent(udptl_t *udptl, const uint8_t *ifp, size_t octets)
{
    kept_t *kept = &udptl->sent[udptl->next_out % UDPTL_MOST_REDUNDANCY];

    if (octets > udptl->max_datagram || !keep(kept, ifp, octets))
        udptl->earlier = 0;
    else if (udptl->earlier < udptl->redundancy)
        udptl->earlier++;
}

int udptl_encode(udptl_t *udptl, const uint8_t *ifp, size_t octets, uint8_t *datagram, size_t room)
{
    size_t at = 2, count_at;
    int back;

    if (octets >= UDPTL_FRAGMENTED || size_of(octets) + HEAD_OCTETS > room)
        return -1;
    if (room > udptl->max_datagram)
        room = udptl->max_datagram;
    datagram[0] = (uint8_t) (udptl->next_out >> 8);
    datagram[1] = (uint8_t) udptl->next_out;
    at += write_field(datagram + at, ifp, octets);
    datagram[at++] = 0; /* what follows are packets that are repeated */
    count_at = at++;
    for (back = 1; back <= udptl->earlier; back++) {
        const kept_t *kept = &udptl->sent[(uint16_t) (udptl->next_out - back) % UDPTL_MOST_REDUNDANCY];

        if (at + size_of(kept->length) > room)
            break;
        at += write_field(datagram + at, kept->octets, kept->length);
    }
    datagram[count_at] = (uint8_t) (back - 1);
    keep_sent(udptl, ifp, octets);
    udptl->next_out++;
    return (int) at;
}

/* ---- What comes in ---- */

/* How far `end` lies after `start` on the circle of numbers; negative when before. */
static int distance(int start, int end)
{
    return (end - start + SEQUENCES + SEQUENCES / 2) % SEQUENCES - SEQUENCES / 2;
}

static int is_near(int start, int end)
{
    return abs(distance(start, end)) <= FAR;
}

/* Follow a stream that begins: with this number when it is near, else with the one before it. Streams begin at 0. */
static void follow(udptl_t *udptl, int sequence)
{
    int before = udptl->elsewhere, begin = NONE;

    if (is_near(udptl->next_in == NONE ? 0 : udptl->next_in, sequence)) {
        udptl->elsewhere = NONE;
        if (udptl->next_in == NONE)
            begin = sequence;
    } else {
        udptl->elsewhere = sequence;
        if (before != NONE && distance(before, sequence) > 0 && distance(before, sequence) <= STEPS)
            begin = before;
    }
    if (begin == NONE)
        return;
    udptl->next_in = begin;
    udptl->count = 0;
    parity_free(udptl->parity);
    udptl->parity = NULL;
}

static packet_t *find(udptl_t *udptl, int sequence)
{
    int i;

    for (i = 0; i < udptl->count; i++)
        if (udptl->waiting[i].sequence == sequence)
            return &udptl->waiting[i];
    return NULL;
}

/* A packet is here: it waits for its turn, unless that is over, or it is here already. */
static void await_turn(udptl_t *udptl, uint16_t sequence, const uint8_t *ifp, size_t octets, unsigned *counter)
{
    int ahead = distance(udptl->next_in, sequence);

    if (ahead < 0 || ahead > FAR || udptl->count == UDPTL_MOST_PACKETS || find(udptl, sequence) != NULL)
        return;
    if (!keep(&udptl->waiting[udptl->count].ifp, ifp, octets))
        return;
    udptl->waiting[udptl->count++].sequence = sequence;
    ++*counter;
}

/* Take in the packets that a datagram repeats. */
static void read_repeated(udptl_t *udptl, udptl_reader_t *reader, const udptl_datagram_t *datagram)
{
    udptl_span_t field;
    size_t back;

    for (back = 1; back <= datagram->count && udptl_read_field(reader, &field); back++)
        if (field.begin < field.end)
            await_turn(udptl, (uint16_t) (datagram->sequence - back), reader->octets + field.begin,
                       field.end - field.begin, &udptl->counters.recovered);
}

/* How many packets each sum of a datagram is of; 0 for nonsense. */
static int span_of(const udptl_reader_t *reader, const udptl_datagram_t *datagram)
{
    size_t at;
    int span = 0;

    for (at = datagram->span.begin; at < datagram->span.end; at++) {
        span = span << 8 | reader->octets[at];
        if (span > PARITY_MOST)
            return 0;
    }
    return span;
}

/* Learn the sums of a datagram: each is of every count-th packet before it. */
static void read_parity(udptl_t *udptl, udptl_reader_t *reader, const udptl_datagram_t *datagram)
{
    int span = span_of(reader, datagram), count = (int) datagram->count, i;
    udptl_span_t field;

    if (span == 0 || (udptl->parity == NULL && (udptl->parity = parity_new()) == NULL))
        return;
    for (i = 0; i < count && udptl_read_field(reader, &field); i++)
        parity_learn(udptl->parity, (uint16_t) (datagram->sequence + i - span * count), span, count,
                     reader->octets + field.begin, field.end - field.begin);
}

/* Take in what can be made out of parity. */
static void mend(udptl_t *udptl)
{
    uint16_t sequence;
    const uint8_t *ifp;
    size_t octets;

    while (parity_mend(udptl->parity, &sequence, &ifp, &octets))
        await_turn(udptl, sequence, ifp, octets, &udptl->counters.recovered);
}

static void take_in(udptl_t *udptl, udptl_reader_t *reader, const udptl_datagram_t *datagram)
{
    const uint8_t *ifp = reader->octets + datagram->ifp.begin;
    size_t octets = datagram->ifp.end - datagram->ifp.begin;

    await_turn(udptl, datagram->sequence, ifp, octets, &udptl->counters.received);
    if (datagram->has_parity)
        read_parity(udptl, reader, datagram);
    else
        read_repeated(udptl, reader, datagram);
    if (udptl->parity != NULL) {
        parity_keep(udptl->parity, datagram->sequence, ifp, octets);
        mend(udptl);
    }
}

static packet_t *nearest(udptl_t *udptl)
{
    packet_t *found = udptl->waiting;
    int i;

    for (i = 1; i < udptl->count; i++)
        if (distance(udptl->next_in, udptl->waiting[i].sequence) < distance(udptl->next_in, found->sequence))
            found = &udptl->waiting[i];
    return found;
}

/* The next packet may be taken. An empty one is counted, and not passed on. */
static void make_ready(udptl_t *udptl, packet_t *packet)
{
    packet_t *ready = &udptl->ready[udptl->made_ready], ended = *packet;

    *packet = udptl->waiting[--udptl->count];
    udptl->waiting[udptl->count] = *ready; /* buffers change their places: none is copied, and none is lost */
    *ready = ended;
    udptl->made_ready += ended.ifp.length > 0;
    udptl->next_in = (udptl->next_in + 1) % SEQUENCES;
}

int udptl_decode(udptl_t *udptl, const uint8_t *octets, size_t length)
{
    udptl_reader_t reader = {octets, length, 0};
    udptl_datagram_t datagram;
    packet_t *packet;

    udptl->made_ready = udptl->taken = 0;
    if (!udptl_read_datagram(&reader, &datagram))
        return -1;
    follow(udptl, datagram.sequence);
    if (udptl->next_in == NONE)
        return 0;
    if (is_near(udptl->next_in, datagram.sequence))
        take_in(udptl, &reader, &datagram);
    while (udptl->count > 0) {
        if ((packet = find(udptl, udptl->next_in)) == NULL) {
            if (udptl->count <= udptl->patience)
                break;
            packet = nearest(udptl);
            udptl->counters.lost += (unsigned) distance(udptl->next_in, packet->sequence);
            udptl->next_in = packet->sequence;
        }
        make_ready(udptl, packet);
    }
    return udptl->made_ready;
}

int udptl_take(udptl_t *udptl, const uint8_t **ifp, size_t *octets, int *sequence)
{
    const packet_t *packet;

    if (udptl->taken == udptl->made_ready)
        return 0;
    packet = &udptl->ready[udptl->taken++];
    *ifp = packet->ifp.octets;
    *octets = packet->ifp.length;
    *sequence = packet->sequence;
    return 1;
}
