/* One fax terminal of libspandsp and the journal of what it did.
 *
 * libspandsp tells what happens by calling functions. Here those functions only write: what went out and what happened
 * becomes one sequence of entries, in the order in which it happened, which media.c reads after each call. So it is
 * always known which packets came after which frame. */

#ifndef UNIFAX_SPANDSP_LINE_H
#define UNIFAX_SPANDSP_LINE_H

#include <stddef.h>
#include <stdint.h>

enum { LINE_PACKET = 1, LINE_FRAME, LINE_PAGE, LINE_END };
enum { LINE_STATION_ID_OCTETS = 21, LINE_SHA256_OCTETS = 32 };

typedef struct {
    int kind;
    int value;        /* PACKET: how many copies; FRAME: FCF; PAGE: the FCF phase D is told; END: completion code */
    int detail;       /* FRAME: FCF2 of PPS and EOR; of a PPR that came, how many blocks it asks for; else 0 */
    int outgoing;     /* FRAME */
    size_t length;    /* PACKET: octets of the IFP packet; FRAME: of DIS, DTC and DCS, those after the FCF, else 0 */
    const uint8_t *octets;
    /* The library's counters at that moment (not of PACKET). They are zero again at phase E, so they are taken here. */
    int bit_rate;
    int error_correcting_mode;
    int encoding;
    int pages_tx;
    int pages_rx;
    int pages_in_file;
    int width;
    int length_rows;
    int y_resolution; /* rows per metre */
    int bad_rows;
    /* FRAME: of a question of ours after a page, the page as it was coded for the line; else 0 */
    int coded_octets;
    int row_bits; /* to which its rows were filled up, at least */
    uint8_t coded_sha256[LINE_SHA256_OCTETS];
    char far_station_id[LINE_STATION_ID_OCTETS]; /* ends in a zero; nothing else before it is told */
} line_entry_t;

typedef struct line_s line_t;
typedef struct t30_state_s t30_state_t;

/* Return a new T.38 terminal, or NULL without memory. Settings are made through line_t30() before the first packet.
 *
 * With pacing each packet of a page carries 50 ms of it, if that fits into `packet_room` octets, else 30. A frame of ECM
 * is then four packets instead of six, one of them the end of the frame. */
line_t *line_new_t38(int calling, int paced, int copies_of_indicators, int bit_rate, int packet_room);

/* Return a new terminal for G.711 audio, A-law or mu-law, or NULL without memory. */
line_t *line_new_audio(int calling, int a_law);
void line_free(line_t *line);

t30_state_t *line_t30(line_t *line);

/* End T.30, without a word to the far side; the journal tells of the end. */
void line_terminate(line_t *line);

/* These three return whether there are entries to read now.
 *
 * T.38: take in an IFP packet. libspandsp knows late and repeated ones by their number and drops them. */
int line_receive_ifp(line_t *line, const uint8_t *ifp, int length, int sequence);

/* T.38: let time pass, in samples of 1/8000 s. */
int line_pass(line_t *line, int samples);

/* Audio: hear and say 20 ms, 160 octets of G.711 each way. */
int line_audio(line_t *line, const uint8_t *heard, uint8_t *said);

/* Return the next entry, or NULL when all were read. An entry is good until the next call of any function here. */
const line_entry_t *line_next(line_t *line);

/* Return whether memory ran out and the journal has a hole. */
int line_is_torn(const line_t *line);

#endif
