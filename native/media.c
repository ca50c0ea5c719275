#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "media.h"
#include "pages.h"
#include "fifo.h"
#include "g711.h"
#include "rtp.h"
#include "udptl.h"

#define SLICE_SECONDS 0.02 /* of time, as it is fed to libspandsp */
#define SLICE_SAMPLES 160
#define T38_SLICES 2 /* in which an end is woken over T.38 with pacing: two at once cost hardly more than one */
#define TROUBLE_SECONDS 1.0         /* trouble on the line is told so often */
#define TELLING_TAPE_OCTETS 16384   /* from which on it should be taken: some 0.8 s of audio */
#define MOST_TAPE_OCTETS (1 << 18)

/* Before each packet or frame of audio that waits to be sent. */
typedef struct {
    size_t octets;
    int copies; /* of its datagram, that leave */
} head_t;

struct media_s {
    pthread_mutex_t lock;
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

    fifo_t waiting; /* to be sent */
    size_t leaves; /* so many octets of it; what lies behind them is held back */
    uint8_t datagram[MEDIA_DATAGRAM_OCTETS]; /* the one that left last */
    size_t datagram_octets;
    int copies; /* of it, still to leave */
    uint8_t late_frame[SLICE_SAMPLES]; /* audio: what was said as the hold began; it may hold the command's beginning */
    int has_late_frame;

    media_entry_t *journal;
    size_t written, read, room;
    fifo_t tape;
    int is_taped;
    unsigned rubbish, troubles;
    double troubles_seen_at;
    int has_trouble;
};

/* What waits to be sent */

static void put(media_t *media, const uint8_t *octets, size_t length, int copies)
{
    head_t head = {length, copies};

    if (length > MEDIA_DATAGRAM_OCTETS)
        return; /* no terminal makes one */
    if (!fifo_make_room(&media->waiting, sizeof(head) + length)) {
        media->torn = 1;
        return;
    }
    fifo_put(&media->waiting, &head, sizeof(head));
    fifo_put(&media->waiting, octets, length);
}

static void let_leave(media_t *media)
{
    media->leaves = fifo_length(&media->waiting);
}

static void forget_held(media_t *media)
{
    fifo_cut(&media->waiting, media->leaves);
    media->has_late_frame = 0;
}

/* The tape: every datagram, for who wants to see them. What is not taken in time is lost. */

static void tape(media_t *media, int outgoing, const far_address_t *far, const uint8_t *datagram, size_t octets)
{
    media_taped_t taped = {.at = media->now, .outgoing = outgoing, .far = *far, .octets = octets};

    if (!media->is_taped || octets > MEDIA_DATAGRAM_OCTETS)
        return;
    if (fifo_length(&media->tape) + sizeof(taped) + octets > MOST_TAPE_OCTETS
        || !fifo_make_room(&media->tape, sizeof(taped) + octets))
        return;
    fifo_put(&media->tape, &taped, sizeof(taped));
    fifo_put(&media->tape, datagram, octets);
}

/* The journal */

static media_entry_t *write_entry(media_t *media)
{
    size_t room = media->room ? 2 * media->room : 8;
    media_entry_t *moved;

    if (media->written == media->room) {
        if ((moved = realloc(media->journal, room * sizeof(*moved))) == NULL) {
            media->torn = 1;
            return NULL;
        }
        media->journal = moved;
        media->room = room;
    }
    return memset(&media->journal[media->written++], 0, sizeof(media_entry_t));
}

static void write_withdrawn(media_t *media)
{
    media_entry_t *entry = write_entry(media);

    if (entry)
        entry->line.kind = MEDIA_WITHDRAWN;
}

static void account(media_t *media, const line_entry_t *line)
{
    media_entry_t *entry;

    if (line->kind == LINE_END && media->finished)
        return;
    if ((entry = write_entry(media)) == NULL)
        return;
    entry->line = *line;
    entry->line.octets = NULL;
    if (line->length > sizeof(entry->told))
        entry->line.length = sizeof(entry->told);
    if (entry->line.length)
        memcpy(entry->told, line->octets, entry->line.length);
    if (line->kind == LINE_FRAME) {
        entry->holds = pages_frame(&media->pages, line);
        entry->uncounted = media->pages.uncounted;
        media->held |= entry->holds;
    } else if (line->kind == LINE_PAGE) {
        pages_phase_d(&media->pages);
    } else {
        media->finished = 1;
    }
}

static void put_packet(media_t *media, const line_entry_t *packet)
{
    put(media, packet->octets, packet->length, packet->value);
    if (!media->held && !media->pages.uncounted)
        let_leave(media);
    media->busy_at = media->now;
}

static void read_line(media_t *media)
{
    const line_entry_t *entry;

    while ((entry = line_next(media->line)) != NULL) {
        if (entry->kind == LINE_PACKET) {
            put_packet(media, entry);
        } else {
            account(media, entry);
        }
    }
    media->torn |= line_is_torn(media->line);
}

static void terminate(media_t *media)
{
    if (media->finished)
        return;
    line_terminate(media->line);
    read_line(media);
}

/* Read what the terminal did. A page that would be confirmed and is not in the file ends T.30 before that leaves. */
static void read_all(media_t *media)
{
    read_line(media);
    if (media->pages.uncounted && !media->finished) {
        terminate(media);
        forget_held(media);
    }
}

/* Time */

static void at(media_t *media, double now)
{
    if (!media->begun) {
        media->begun = 1;
        media->now = media->passed = media->busy_at = media->troubles_seen_at = now;
    }
    if (now < media->now)
        return;
    media->allowance += (now - media->now) / SLICE_SECONDS * MEDIA_BURST;
    if (media->allowance > MEDIA_BURST)
        media->allowance = MEDIA_BURST;
    media->now = now;
}

/* T.38: time stands still, and is not made up for, while packets cannot leave. */
static int stands_still(const media_t *media)
{
    return media->finished || media->held || (!media->paced && media->leaves);
}

static void pass_t38(media_t *media)
{
    while (media->passed + SLICE_SECONDS <= media->now && !stands_still(media)) {
        media->passed += SLICE_SECONDS;
        if (line_pass(media->line, SLICE_SAMPLES))
            read_all(media);
    }
    if (stands_still(media))
        media->passed = media->now;
}

/* Audio: hear and say 20 ms. While something is held it says silence, and hears nothing. */
static void say(media_t *media, const uint8_t *heard, uint8_t *said)
{
    if (media->held) {
        memset(said, media->silence, SLICE_SAMPLES);
    } else if (media->has_late_frame) {
        memcpy(said, media->late_frame, SLICE_SAMPLES);
        media->has_late_frame = 0;
    } else if (line_audio(media->line, heard, said)) {
        read_all(media);
        if (media->held) {
            memcpy(media->late_frame, said, SLICE_SAMPLES);
            media->has_late_frame = 1;
            memset(said, media->silence, SLICE_SAMPLES);
        }
    }
}

static void pass_audio(media_t *media)
{
    uint8_t heard[SLICE_SAMPLES], said[SLICE_SAMPLES];

    while (media->passed + SLICE_SECONDS <= media->now && !media->finished) {
        media->passed += SLICE_SECONDS;
        rtp_next_frame(media->rtp, heard);
        say(media, heard, said);
        put(media, said, SLICE_SAMPLES, 1);
        let_leave(media);
    }
}

static void pass(media_t *media, double now)
{
    double behind;

    at(media, now);
    behind = media->now - (media->rtp ? MEDIA_MOST_BEHIND : MEDIA_T38_MOST_BEHIND) * SLICE_SECONDS;
    if (media->passed < behind)
        media->passed = behind;
    if (media->rtp)
        pass_audio(media);
    else
        pass_t38(media);
}

static void hang_up(media_t *media)
{
    if (media->held) {
        media->held = 0;
        forget_held(media);
        pages_withdraw(&media->pages);
        write_withdrawn(media);
    }
    terminate(media);
}

/* What comes in */

static void receive_audio(media_t *media, const uint8_t *datagram, size_t octets)
{
    if (rtp_decode(media->rtp, datagram, octets)) {
        media->rubbish++;
        return;
    }
    media->busy_at = media->now;
}

/* Time does not pass: after a stall of ours, what came meanwhile is heard before timers are. */
static void receive_t38(media_t *media, const uint8_t *datagram, size_t octets)
{
    const uint8_t *ifp;
    size_t length;
    int sequence;

    if (udptl_decode(media->udptl, datagram, octets) < 0) {
        media->rubbish++;
        return;
    }
    while (udptl_take(media->udptl, &ifp, &length, &sequence)) {
        media->busy_at = media->now;
        if (!media->finished && line_receive_ifp(media->line, ifp, (int) length, sequence))
            read_all(media);
    }
}

static media_counters_t count(const media_t *media)
{
    media_counters_t counters = {.rubbish = media->rubbish};

    if (media->rtp) {
        rtp_counters_t rtp = rtp_counters(media->rtp);

        counters.played = rtp.played;
        counters.repeated = rtp.repeated;
        counters.late = rtp.late;
        counters.stretched = rtp.stretched;
        counters.skipped = rtp.skipped;
        counters.ignored = rtp.ignored;
    } else {
        udptl_counters_t udptl = udptl_counters(media->udptl);

        counters.received = udptl.received;
        counters.recovered = udptl.recovered;
        counters.lost = udptl.lost;
    }
    return counters;
}

static void look_for_trouble(media_t *media)
{
    media_counters_t counters;
    unsigned troubles;

    if (media->now - media->troubles_seen_at < TROUBLE_SECONDS)
        return;
    media->troubles_seen_at = media->now;
    counters = count(media);
    troubles = counters.rubbish + counters.recovered + counters.lost + counters.repeated + counters.late;
    media->has_trouble |= troubles != media->troubles;
    media->troubles = troubles;
}

/* What the header promises */

static media_t *new_media(line_t *line, int sending, double silence_seconds)
{
    media_t *media;

    if (line == NULL)
        return NULL;
    if ((media = calloc(1, sizeof(*media))) == NULL) {
        line_free(line);
        return NULL;
    }
    pthread_mutex_init(&media->lock, NULL);
    media->line = line;
    media->pages.sending = sending;
    media->silence_seconds = silence_seconds;
    media->allowance = MEDIA_BURST;
    return media;
}

static media_t *or_nothing(media_t *media)
{
    if (media == NULL || media->udptl || media->rtp)
        return media;
    media_free(media);
    return NULL;
}

media_t *media_new_t38(int calling, int sending, int paced, int bit_rate, double silence_seconds, int redundancy,
                       int max_datagram, int patience)
{
    line_t *line = line_new_t38(calling, paced, MEDIA_INDICATOR_COPIES, bit_rate);
    media_t *media = new_media(line, sending, silence_seconds);

    if (media) {
        media->paced = paced;
        media->udptl = udptl_new(redundancy, max_datagram, patience);
    }
    return or_nothing(media);
}

media_t *media_new_audio(int calling, int sending, double silence_seconds, int a_law, uint32_t ssrc)
{
    media_t *media = new_media(line_new_audio(calling, a_law), sending, silence_seconds);

    if (media) {
        media->paced = 1;
        media->silence = g711_silence(a_law);
        media->rtp = rtp_new(a_law, ssrc);
    }
    return or_nothing(media);
}

void media_free(media_t *media)
{
    line_free(media->line);
    if (media->udptl)
        udptl_free(media->udptl);
    if (media->rtp)
        rtp_free(media->rtp);
    pthread_mutex_destroy(&media->lock);
    fifo_free(&media->waiting);
    fifo_free(&media->tape);
    free(media->journal);
    free(media);
}

t30_state_t *media_t30(media_t *media)
{
    return line_t30(media->line);
}

int media_is_steady(const media_t *media)
{
    return media->rtp != NULL;
}

void media_expect(media_t *media, const char *host, int port, const char *sip_host, double now)
{
    far_side_t far = {.named = far_address(host, port), .sip = far_address(sip_host, 0), .since = now};

    pthread_mutex_lock(&media->lock);
    media->far = far;
    pthread_mutex_unlock(&media->lock);
}

far_address_t media_far(media_t *media)
{
    far_address_t far;

    pthread_mutex_lock(&media->lock);
    far = *far_side_address(&media->far);
    pthread_mutex_unlock(&media->lock);
    return far;
}

void media_receive(media_t *media, far_address_t source, const uint8_t *datagram, size_t octets, double now)
{
    pthread_mutex_lock(&media->lock);
    at(media, now);
    tape(media, 0, &source, datagram, octets);
    if (far_side_sent(&media->far, &source, now)) {
        if (media->rtp)
            receive_audio(media, datagram, octets);
        else
            receive_t38(media, datagram, octets);
    }
    pthread_mutex_unlock(&media->lock);
}

static int has_news(const media_t *media)
{
    return media->read < media->written || media->torn || media->has_trouble
        || fifo_length(&media->tape) > TELLING_TAPE_OCTETS;
}

static double next_wake(const media_t *media)
{
    int slices = media->rtp || !media->paced ? 1 : T38_SLICES;
    int is_still = media->rtp ? media->finished : (media->finished || media->held) && !media->leaves;

    return media->begun && !is_still ? media->passed + slices * SLICE_SECONDS : -1;
}

media_state_t media_wake(media_t *media, double now)
{
    media_state_t state;

    pthread_mutex_lock(&media->lock);
    pass(media, now);
    if (!media->held && media->now - media->busy_at >= media->silence_seconds)
        hang_up(media);
    look_for_trouble(media);
    state.may_send = media->leaves > 0;
    state.has_news = has_news(media);
    state.next_wake = next_wake(media);
    pthread_mutex_unlock(&media->lock);
    return state;
}

double media_next_wake(media_t *media)
{
    double wake;

    pthread_mutex_lock(&media->lock);
    wake = next_wake(media);
    pthread_mutex_unlock(&media->lock);
    return wake;
}

/* Make the next datagram. Returns whether anything may leave. */
static int make_datagram(media_t *media)
{
    uint8_t octets[MEDIA_DATAGRAM_OCTETS];
    head_t head;
    int made;

    if (!media->leaves || (!media->paced && media->allowance <= 0))
        return 0;
    fifo_take(&media->waiting, &head, sizeof(head));
    fifo_take(&media->waiting, octets, head.octets);
    media->leaves -= sizeof(head) + head.octets;
    media->allowance -= head.copies;
    if (media->rtp)
        made = (int) rtp_encode(media->rtp, octets, media->datagram);
    else
        made = udptl_encode(media->udptl, octets, head.octets, media->datagram, sizeof(media->datagram));
    media->datagram_octets = made > 0 ? (size_t) made : 0;
    media->copies = made > 0 ? head.copies : 0;
    return 1;
}

size_t media_take(media_t *media, uint8_t *datagram)
{
    size_t octets = 0;

    pthread_mutex_lock(&media->lock);
    while (!media->copies && make_datagram(media))
        ;
    if (media->copies) {
        media->copies--;
        octets = media->datagram_octets;
        memcpy(datagram, media->datagram, octets);
        tape(media, 1, far_side_address(&media->far), datagram, octets);
    }
    pthread_mutex_unlock(&media->lock);
    return octets;
}

int media_next(media_t *media, media_entry_t *entry)
{
    int has;

    pthread_mutex_lock(&media->lock);
    has = media->read < media->written;
    if (has) {
        *entry = media->journal[media->read++];
    } else {
        media->read = media->written = 0;
        media->has_trouble = 0;
    }
    pthread_mutex_unlock(&media->lock);
    return has;
}

void media_tape(media_t *media)
{
    pthread_mutex_lock(&media->lock);
    media->is_taped = 1;
    pthread_mutex_unlock(&media->lock);
}

int media_taped(media_t *media, media_taped_t *taped, uint8_t *datagram)
{
    int has;

    pthread_mutex_lock(&media->lock);
    has = fifo_length(&media->tape) > 0;
    if (has) {
        fifo_take(&media->tape, taped, sizeof(*taped));
        fifo_take(&media->tape, datagram, taped->octets);
    }
    pthread_mutex_unlock(&media->lock);
    return has;
}

int media_is_torn(media_t *media)
{
    int torn;

    pthread_mutex_lock(&media->lock);
    torn = media->torn;
    pthread_mutex_unlock(&media->lock);
    return torn;
}

void media_release(media_t *media, double now)
{
    pthread_mutex_lock(&media->lock);
    pass(media, now);
    media->held = 0;
    let_leave(media);
    media->busy_at = media->now;
    pthread_mutex_unlock(&media->lock);
}

void media_hang_up(media_t *media, double now)
{
    pthread_mutex_lock(&media->lock);
    pass(media, now);
    hang_up(media);
    pthread_mutex_unlock(&media->lock);
}

media_counters_t media_counters(media_t *media)
{
    media_counters_t counters;

    pthread_mutex_lock(&media->lock);
    counters = count(media);
    pthread_mutex_unlock(&media->lock);
    return counters;
}
