#include <string.h>

#include "end.h"
#include "g711.h"

#define SLICE_SECONDS 0.02 /* of time, as it is fed to libspandsp */
#define SLICE_SAMPLES 160
#define T38_SLICES 2 /* in which an end is woken over T.38 with pacing: two at once cost hardly more than one */
#define TROUBLE_SECONDS 1.0 /* trouble on the line is told so often */
_Static_assert(SLICE_SAMPLES == JITTER_FRAME_OCTETS, "a frame is a slice");

/* What leaves, and what is told */

static void put(end_t *end, const uint8_t *octets, size_t length, int copies)
{
    end->torn |= !leaving_put(&end->leaving, octets, length, copies);
}

static void forget_held(end_t *end)
{
    leaving_forget_held(&end->leaving);
    end->has_late_frame = 0;
}

static void tape(end_t *end, int outgoing, const far_address_t *far, const uint8_t *datagram, size_t octets)
{
    media_taped_t taped = {.at = end->now, .outgoing = outgoing, .far = *far, .octets = octets};

    tape_keep(&end->tape, &taped, datagram);
}

static void write_withdrawn(end_t *end)
{
    media_entry_t *entry = journal_write(&end->journal);

    if (entry)
        entry->line.kind = MEDIA_WITHDRAWN;
    else
        end->torn = 1;
}

static void account(end_t *end, const line_entry_t *line)
{
    media_entry_t *entry;

    if (line->kind == LINE_END && end->finished)
        return;
    if ((entry = journal_account(&end->journal, line)) == NULL) {
        end->torn = 1;
        return;
    }
    if (line->kind == LINE_FRAME) {
        entry->holds = pages_frame(&end->pages, line);
        entry->uncounted = end->pages.uncounted;
        end->held |= entry->holds;
    } else if (line->kind == LINE_PAGE) {
        pages_phase_d(&end->pages);
    } else {
        end->finished = 1;
    }
}

static void put_packet(end_t *end, const line_entry_t *packet)
{
    put(end, packet->octets, packet->length, packet->value);
    if (!end->held && !end->pages.uncounted)
        leaving_release(&end->leaving);
    end->busy_at = end->now;
}

static void read_line(end_t *end)
{
    const line_entry_t *entry;

    while ((entry = line_next(end->line)) != NULL) {
        if (entry->kind == LINE_PACKET) {
            put_packet(end, entry);
        } else {
            account(end, entry);
        }
    }
    end->torn |= line_is_torn(end->line);
}

static void terminate(end_t *end)
{
    if (end->finished)
        return;
    line_terminate(end->line);
    read_line(end);
}

/* Read what the terminal did. A page that would be confirmed and is not in the file ends T.30 before that leaves. */
static void read_all(end_t *end)
{
    read_line(end);
    if (end->pages.uncounted && !end->finished) {
        terminate(end);
        forget_held(end);
    }
}

/* Time */

static void at(end_t *end, double now)
{
    if (!end->begun) {
        end->begun = 1;
        end->now = end->passed = end->busy_at = end->troubles_seen_at = now;
    }
    if (now < end->now)
        return;
    end->allowance += (now - end->now) / SLICE_SECONDS * MEDIA_BURST;
    if (end->allowance > MEDIA_BURST)
        end->allowance = MEDIA_BURST;
    end->now = now;
}

/* T.38: time stands still, and is not made up for, while packets cannot leave. */
static int stands_still(const end_t *end)
{
    return end->finished || end->held || (!end->paced && end->leaving.may_leave);
}

static void pass_t38(end_t *end)
{
    while (end->passed + SLICE_SECONDS <= end->now && !stands_still(end)) {
        end->passed += SLICE_SECONDS;
        if (line_pass(end->line, SLICE_SAMPLES))
            read_all(end);
    }
    if (stands_still(end))
        end->passed = end->now;
}

/* Audio: hear and say 20 ms. While something is held it says silence, and hears nothing. */
static void say(end_t *end, const uint8_t *heard, uint8_t *said)
{
    if (end->held) {
        memset(said, end->silence, SLICE_SAMPLES);
    } else if (end->has_late_frame) {
        memcpy(said, end->late_frame, SLICE_SAMPLES);
        end->has_late_frame = 0;
    } else if (line_audio(end->line, heard, said)) {
        read_all(end);
        if (end->held) {
            memcpy(end->late_frame, said, SLICE_SAMPLES);
            end->has_late_frame = 1;
            memset(said, end->silence, SLICE_SAMPLES);
        }
    }
}

static void pass_audio(end_t *end)
{
    uint8_t heard[SLICE_SAMPLES], said[SLICE_SAMPLES];

    while (end->passed + SLICE_SECONDS <= end->now && !end->finished) {
        end->passed += SLICE_SECONDS;
        rtp_next_frame(end->rtp, heard);
        say(end, heard, said);
        put(end, said, SLICE_SAMPLES, 1);
        leaving_release(&end->leaving);
    }
}

static void pass(end_t *end, double now)
{
    double behind;

    at(end, now);
    behind = end->now - (end->rtp ? MEDIA_MOST_BEHIND : MEDIA_T38_MOST_BEHIND) * SLICE_SECONDS;
    if (end->passed < behind)
        end->passed = behind;
    if (end->rtp)
        pass_audio(end);
    else
        pass_t38(end);
}

static void hang_up(end_t *end)
{
    if (end->held) {
        end->held = 0;
        forget_held(end);
        pages_withdraw(&end->pages);
        write_withdrawn(end);
    }
    terminate(end);
}

/* What comes in */

static void receive_audio(end_t *end, const uint8_t *datagram, size_t octets)
{
    if (rtp_decode(end->rtp, datagram, octets)) {
        end->rubbish++;
        return;
    }
    end->busy_at = end->now;
}

/* Time does not pass: after a stall of ours, what came meanwhile is heard before timers are. */
static void receive_t38(end_t *end, const uint8_t *datagram, size_t octets)
{
    const uint8_t *ifp;
    size_t length;
    int sequence;

    if (udptl_decode(end->udptl, datagram, octets) < 0) {
        end->rubbish++;
        return;
    }
    while (udptl_take(end->udptl, &ifp, &length, &sequence)) {
        end->busy_at = end->now;
        if (!end->finished && line_receive_ifp(end->line, ifp, (int) length, sequence))
            read_all(end);
    }
}

media_counters_t end_counters(const end_t *end)
{
    media_counters_t counters = {.rubbish = end->rubbish};

    if (end->rtp) {
        rtp_counters_t rtp = rtp_counters(end->rtp);

        counters.played = rtp.played;
        counters.repeated = rtp.repeated;
        counters.late = rtp.late;
        counters.stretched = rtp.stretched;
        counters.skipped = rtp.skipped;
        counters.ignored = rtp.ignored;
    } else {
        udptl_counters_t udptl = udptl_counters(end->udptl);

        counters.received = udptl.received;
        counters.recovered = udptl.recovered;
        counters.lost = udptl.lost;
    }
    return counters;
}

static void look_for_trouble(end_t *end)
{
    media_counters_t counters;
    unsigned troubles;

    if (end->now - end->troubles_seen_at < TROUBLE_SECONDS)
        return;
    end->troubles_seen_at = end->now;
    counters = end_counters(end);
    troubles = counters.rubbish + counters.recovered + counters.lost + counters.repeated + counters.late;
    end->has_trouble |= troubles != end->troubles;
    end->troubles = troubles;
}

/* What the header promises */

int end_open(end_t *end, line_t *line, int sending, double silence_seconds)
{
    end->line = line;
    end->pages.sending = sending;
    end->silence_seconds = silence_seconds;
    end->allowance = MEDIA_BURST;
    return line != NULL;
}

int end_speaks_t38(end_t *end, int paced, int redundancy, int max_datagram, int patience)
{
    end->paced = paced;
    end->udptl = udptl_new(redundancy, max_datagram, patience);
    return end->udptl != NULL;
}

int end_speaks_audio(end_t *end, int a_law, uint32_t ssrc)
{
    end->paced = 1;
    end->silence = g711_silence(a_law);
    end->rtp = rtp_new(a_law, ssrc);
    return end->rtp != NULL;
}

void end_close(end_t *end)
{
    if (end->line)
        line_free(end->line);
    if (end->udptl)
        udptl_free(end->udptl);
    if (end->rtp)
        rtp_free(end->rtp);
    leaving_free(&end->leaving);
    tape_free(&end->tape);
    journal_free(&end->journal);
}

void end_receive(end_t *end, const far_address_t *source, const uint8_t *datagram, size_t octets, double now)
{
    at(end, now);
    tape(end, 0, source, datagram, octets);
    if (far_side_sent(&end->far, source, now)) {
        if (end->rtp)
            receive_audio(end, datagram, octets);
        else
            receive_t38(end, datagram, octets);
    }
}

static int has_news(const end_t *end)
{
    return journal_has_news(&end->journal) || end->torn || end->has_trouble || tape_has_news(&end->tape);
}

double end_next_wake(const end_t *end)
{
    int slices = end->rtp || !end->paced ? 1 : T38_SLICES;
    int is_still = end->rtp ? end->finished : (end->finished || end->held) && !end->leaving.may_leave;

    return end->begun && !is_still ? end->passed + slices * SLICE_SECONDS : -1;
}

media_state_t end_wake(end_t *end, double now)
{
    media_state_t state;

    pass(end, now);
    if (!end->held && end->now - end->busy_at >= end->silence_seconds)
        hang_up(end);
    look_for_trouble(end);
    state.may_send = end->leaving.may_leave > 0;
    state.has_news = has_news(end);
    state.next_wake = end_next_wake(end);
    return state;
}

/* Make the next datagram. Returns whether anything may leave. */
static int make_datagram(end_t *end)
{
    uint8_t octets[LEAVING_MOST_OCTETS];
    size_t length;
    int made, copies;

    if (!end->leaving.may_leave || (!end->paced && end->allowance <= 0))
        return 0;
    length = leaving_take(&end->leaving, octets, &copies);
    end->allowance -= copies;
    if (end->rtp)
        made = (int) rtp_encode(end->rtp, octets, end->datagram);
    else
        made = udptl_encode(end->udptl, octets, length, end->datagram, sizeof(end->datagram));
    end->datagram_octets = made > 0 ? (size_t) made : 0;
    end->copies = made > 0 ? copies : 0;
    return 1;
}

size_t end_take(end_t *end, uint8_t *datagram)
{
    size_t octets = 0;

    while (!end->copies && make_datagram(end))
        ;
    if (end->copies) {
        end->copies--;
        octets = end->datagram_octets;
        memcpy(datagram, end->datagram, octets);
        tape(end, 1, far_side_address(&end->far), datagram, octets);
    }
    return octets;
}

int end_next(end_t *end, media_entry_t *entry)
{
    int has = journal_next(&end->journal, entry);

    if (!has)
        end->has_trouble = 0;
    return has;
}

void end_release(end_t *end, double now)
{
    pass(end, now);
    end->held = 0;
    leaving_release(&end->leaving);
    end->busy_at = end->now;
}

void end_hang_up(end_t *end, double now)
{
    pass(end, now);
    hang_up(end);
}
