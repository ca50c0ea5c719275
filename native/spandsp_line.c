#include <stdlib.h>
#include <string.h>
#include <openssl/sha.h>
#include <tiffio.h>

/* Fields that no function gives access to are needed by hear(), go_on_waiting(), write_page() and pack_more(). */
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>
#include <spandsp/version.h>

#include "g711.h"
#include "questions.h"
#include "spandsp_line.h"

#if SPANDSP_RELEASE_DATE != 20110122
#error "This is written for libspandsp 0.0.6: other versions have other completion codes and other behaviour."
#endif

#define FRAME_FCF(msg) ((msg)[2])
#define FINAL 0x10 /* in the control field: the far side turns from speaking to listening (T.30 5.3.5) */
#define AUDIO_SAMPLES 160
#define MORE_MICROSECONDS 50000 /* of a page in a packet, where libspandsp takes 30000 */
#define IFP_OCTETS 5            /* of a packet beside the page */
/* Of t30.c in 0.0.6: a state, and what timer_t2_t4 is counting. T2B begins when a carrier goes without a frame. */
#define STATE_III_Q_MCF 22
#define TIMER_IS_T2 1
#define TIMER_IS_T2B 4
#define T2_SAMPLES (7 * 8000)

typedef struct {
    line_entry_t entry;
    size_t offset; /* of its octets: the buffer may move while it grows */
} written_t;

struct line_s {
    t38_terminal_state_t *t38; /* this and core, or fax */
    t38_core_state_t *core;
    fax_state_t *fax;
    int a_law;
    t30_state_t *t30;

    int said;            /* FCF of the last frame that went out */
    int heard;           /* FCF of the last final frame that came in since, 0 for none */
    int asked;           /* FCF2 of the last PPS that came in */
    int state_for_dcs;   /* libspandsp's state when it has sent DIS */
    int state_at_answer; /* and when it said MCF or PPR: the same until that is out */

    written_t *entries;
    size_t count, read, room;
    uint8_t *octets;
    size_t octets_used, octets_room;
    int torn;
};

static int grow(void **block, size_t *room, size_t needed, size_t size)
{
    size_t want = *room ? *room : 64;
    void *moved;

    if (needed <= *room)
        return 1;
    while (want < needed)
        want *= 2;
    if ((moved = realloc(*block, want * size)) == NULL)
        return 0;
    *block = moved;
    *room = want;
    return 1;
}

static line_entry_t *write_entry(line_t *line, int kind, int value, const uint8_t *octets, size_t length)
{
    written_t *written;

    if (!grow((void **) &line->entries, &line->room, line->count + 1, sizeof(written_t))
        || !grow((void **) &line->octets, &line->octets_room, line->octets_used + length, 1)) {
        line->torn = 1;
        return NULL;
    }
    written = &line->entries[line->count++];
    memset(written, 0, sizeof(*written));
    written->entry.kind = kind;
    written->entry.value = value;
    written->entry.length = length;
    written->offset = line->octets_used;
    if (length)
        memcpy(line->octets + line->octets_used, octets, length);
    line->octets_used += length;
    return &written->entry;
}

static void write_counters(line_t *line, line_entry_t *entry)
{
    const char *ident = t30_get_rx_ident(line->t30);
    t30_stats_t stats;

    if (ident)
        strncpy(entry->far_station_id, ident, sizeof(entry->far_station_id) - 1);
    t30_get_transfer_statistics(line->t30, &stats);
    entry->bit_rate = stats.bit_rate;
    entry->error_correcting_mode = stats.error_correcting_mode;
    entry->encoding = stats.encoding;
    entry->pages_tx = stats.pages_tx;
    entry->pages_rx = stats.pages_rx;
    entry->pages_in_file = stats.pages_in_file;
    entry->width = stats.width;
    entry->length_rows = stats.length;
    entry->y_resolution = stats.y_resolution;
    entry->bad_rows = stats.bad_rows;
}

/* libspandsp codes a page whole before it sends any of it, and keeps it until the answer. */
static void write_page(const line_t *line, line_entry_t *entry)
{
    const t4_tx_state_t *page = &line->t30->t4.tx;

    if (page->image_buffer == NULL || page->image_size <= 0)
        return;
    entry->coded_octets = page->image_size;
    entry->row_bits = page->t4_t6_tx.min_bits_per_row;
    SHA256(page->image_buffer, (size_t) page->image_size, entry->coded_sha256);
}

/* Return how many blocks of the part of a page that is out PPR asks for (T.30 A.4.4): a bit for each. */
static int count_blocks(const line_t *line, const uint8_t *map, int octets)
{
    int block, count = 0;

    for (block = 0; block < line->t30->ecm_frames && block / 8 < octets; block++)
        count += map[block / 8] >> block % 8 & 1;
    return count;
}

static int on_packet(t38_core_state_t *core, void *data, const uint8_t *octets, int length, int count)
{
    (void) core;
    if (length > 0 && count > 0)
        write_entry((line_t *) data, LINE_PACKET, count, octets, (size_t) length);
    return 0;
}

/* libspandsp 0.0.6 takes a DCS with the fourth, invalid code for the width of a page (T.30 table 2, bits 17 and 18), and
 * clears a row of -1 pixels: one frame from a stranger ends the process. It hears of frames before it acts on them, and
 * this one is turned into a frame that it does not know. */
static void disarm(uint8_t *msg, int length)
{
    if ((FRAME_FCF(msg) & 0xFE) == T30_DCS && length > 5 && (msg[5] & 0x03) == 0x03)
        FRAME_FCF(msg) = 0xFF;
}

/* A question comes again when its answer was lost on the way, or is not out yet. libspandsp 0.0.6 takes it for an error
 * in ECM, when it has said MCF for the last page, or is about to say any answer, and hangs up: the page is here, and the
 * far side never knows. After a whole page it gives its last answer again if it stands where it does without ECM, and
 * hears the question as it is put there. An answer about a part of a page is on its way: CRP then changes nothing. */
static void hear_question_again(line_t *line, uint8_t *msg)
{
    int fcf2 = msg[3] & 0xFE;
    int is_leaving = line->t30->state == line->state_at_answer;

    if (line->said == T30_MCF && (fcf2 == T30_EOP || (is_leaving && fcf2 != T30_NULL))) {
        line->t30->state = STATE_III_Q_MCF;
        line->t30->last_rx_page_result = T30_MCF;
        FRAME_FCF(msg) = msg[3];
    } else if (is_leaving && (line->said == T30_MCF || line->said == T30_PPR)) {
        FRAME_FCF(msg) = T30_CRP;
    }
}

/* DCS comes again when the training was not seen. libspandsp hangs up at that too: it expects no frame then. So it is
 * brought to where it stood when DCS came first. */
static void hear_dcs_again(line_t *line)
{
    if (line->heard == T30_DCS && line->state_for_dcs)
        line->t30->state = line->state_for_dcs;
}

static void hear(line_t *line, uint8_t *msg, int length)
{
    int fcf = FRAME_FCF(msg) & 0xFE;

    if (fcf == T30_DCS) {
        hear_dcs_again(line);
    } else if (fcf == T30_PPS && length > 3) {
        if (!line->heard && msg[3] == line->asked)
            hear_question_again(line, msg);
        line->asked = msg[3];
    }
    if ((msg[1] & FINAL) && FRAME_FCF(msg) != T30_CRP)
        line->heard = fcf;
}

static void say(line_t *line, const uint8_t *msg)
{
    line->said = FRAME_FCF(msg) & 0xFE;
    line->heard = 0;
    if (line->said == T30_DIS)
        line->state_for_dcs = line->t30->state;
    if (line->said == T30_MCF || line->said == T30_PPR)
        line->state_at_answer = line->t30->state;
}

/* Whether libspandsp has answered, and waits for an image or a question about one. */
static int awaits_image(const line_t *line)
{
    return !line->heard && (line->said == T30_CFR || line->said == T30_PPR || line->said == T30_MCF);
}

/* T2 counts the wait for a command (T.30 5.4.3.1). libspandsp gives up too early, by DIS, which nobody expects then:
 * in the middle of an image that its modem cannot read because the training was hurt on the way, and 0.2 s after the
 * carrier of a question that was. T2 stands still while there is a carrier, and begins again after it: the question
 * comes, or comes again after 3 s, and PPR asks for what is missing. */
static void go_on_waiting(line_t *line)
{
    t30_state_t *t30 = line->t30;

    if (!awaits_image(line) || t30->timer_t2_t4 <= 0)
        return;
    if (t30->timer_t2_t4_is == TIMER_IS_T2B) {
        t30->timer_t2_t4_is = TIMER_IS_T2;
        t30->timer_t2_t4 = T2_SAMPLES;
    } else if (t30->rx_signal_present) {
        t30->timer_t2_t4 += AUDIO_SAMPLES;
    }
}

static void on_frame(t30_state_t *t30, void *data, int incoming, const uint8_t *msg, int length)
{
    line_t *line = data;
    line_entry_t *entry;
    int fcf, tells;

    (void) t30;
    if (length < 3)
        return;
    if (incoming)
        disarm((uint8_t *) msg, length); /* its own receive buffer, const only in the handler's type */
    fcf = FRAME_FCF(msg);
    if ((fcf & 0xFE) == T4_FCD || (fcf & 0xFE) == T4_RCP)
        return; /* image data of ECM: thousands of them */
    if (incoming)
        hear(line, (uint8_t *) msg, length);
    else
        say(line, msg);
    tells = (fcf & 0xFE) == T30_DIS || (fcf & 0xFE) == T30_DCS; /* DTC is DIS with the last bit set */
    if ((entry = write_entry(line, LINE_FRAME, fcf, msg + 3, tells ? (size_t) length - 3 : 0)) == NULL)
        return;
    entry->outgoing = !incoming;
    if (length > 3 && ((fcf & 0xFE) == T30_PPS || (fcf & 0xFE) == T30_EOR))
        entry->detail = msg[3];
    write_counters(line, entry);
    if (incoming && (fcf & 0xFE) == T30_PPR)
        entry->detail = count_blocks(line, msg + 3, length - 3);
    else if (!incoming && is_after_page(question_of(fcf, entry->detail)))
        write_page(line, entry);
}

static int on_phase_d(t30_state_t *t30, void *data, int fcf)
{
    line_entry_t *entry;

    (void) t30;
    if ((entry = write_entry((line_t *) data, LINE_PAGE, fcf, NULL, 0)) != NULL)
        write_counters((line_t *) data, entry);
    return T30_ERR_OK;
}

static void on_phase_e(t30_state_t *t30, void *data, int code)
{
    line_entry_t *entry;

    (void) t30;
    if ((entry = write_entry((line_t *) data, LINE_END, code, NULL, 0)) != NULL)
        write_counters((line_t *) data, entry);
}

static void listen_to(line_t *line, t30_state_t *t30)
{
    line->t30 = t30;
    /* A file that libtiff cannot read ends the call with a code of its own; stderr need not hear of it. */
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    t30_set_real_time_frame_handler(t30, on_frame, line);
    t30_set_phase_d_handler(t30, on_phase_d, line);
    t30_set_phase_e_handler(t30, on_phase_e, line);
}

/* No function of the library says how much of a page is in a packet. It reads this when a modem begins to send. */
static void pack_more(line_t *line, int bit_rate, int packet_room)
{
    if (IFP_OCTETS + bit_rate / 8 * MORE_MICROSECONDS / 1000000 <= packet_room)
        line->t38->t38_fe.us_per_tx_chunk = MORE_MICROSECONDS;
}

line_t *line_new_t38(int calling, int paced, int copies_of_indicators, int bit_rate, int packet_room)
{
    line_t *line;

    if ((line = calloc(1, sizeof(*line))) == NULL)
        return NULL;
    if ((line->t38 = t38_terminal_init(NULL, calling, on_packet, line)) == NULL) {
        free(line);
        return NULL;
    }
    line->core = t38_terminal_get_t38_core_state(line->t38);
    t38_terminal_set_config(line->t38, paced ? 0 : T38_TERMINAL_OPTION_NO_PACING);
    if (paced)
        pack_more(line, bit_rate, packet_room);
    t38_set_t38_version(line->core, 0);
    t38_set_redundancy_control(line->core, T38_PACKET_CATEGORY_INDICATOR, copies_of_indicators);
    t38_set_fastest_image_data_rate(line->core, bit_rate);
    listen_to(line, t38_terminal_get_t30_state(line->t38));
    return line;
}

line_t *line_new_audio(int calling, int a_law)
{
    line_t *line;

    if ((line = calloc(1, sizeof(*line))) == NULL)
        return NULL;
    if ((line->fax = fax_init(NULL, calling)) == NULL) {
        free(line);
        return NULL;
    }
    line->a_law = a_law;
    fax_set_transmit_on_idle(line->fax, TRUE);
    listen_to(line, fax_get_t30_state(line->fax));
    return line;
}

void line_free(line_t *line)
{
    if (line->t38)
        t38_terminal_free(line->t38);
    if (line->fax)
        fax_free(line->fax);
    free(line->entries);
    free(line->octets);
    free(line);
}

t30_state_t *line_t30(line_t *line)
{
    return line->t30;
}

void line_terminate(line_t *line)
{
    t30_terminate(line->t30);
}

static int has_news(const line_t *line)
{
    return line->read < line->count || line->torn;
}

int line_receive_ifp(line_t *line, const uint8_t *ifp, int length, int sequence)
{
    t38_core_rx_ifp_packet(line->core, ifp, length, (uint16_t) sequence);
    return has_news(line);
}

int line_pass(line_t *line, int samples)
{
    t38_terminal_send_timeout(line->t38, samples);
    return has_news(line);
}

int line_audio(line_t *line, const uint8_t *heard, uint8_t *said)
{
    int16_t samples[AUDIO_SAMPLES];
    int made;

    g711_samples(line->a_law, heard, samples, AUDIO_SAMPLES);
    fax_rx(line->fax, samples, AUDIO_SAMPLES);
    go_on_waiting(line);
    made = fax_tx(line->fax, samples, AUDIO_SAMPLES);
    if (made < AUDIO_SAMPLES) /* after its end it makes nothing */
        memset(samples + made, 0, sizeof(*samples) * (size_t) (AUDIO_SAMPLES - made));
    g711_octets(line->a_law, samples, said, AUDIO_SAMPLES);
    return has_news(line);
}

const line_entry_t *line_next(line_t *line)
{
    written_t *written;

    if (line->read == line->count) {
        line->read = line->count = line->octets_used = 0;
        return NULL;
    }
    written = &line->entries[line->read++];
    written->entry.octets = line->octets + written->offset;
    return &written->entry;
}

int line_is_torn(const line_t *line)
{
    return line->torn;
}
