#include <stdlib.h>
#include <string.h>

#include "t4_codes.h"
#include "t6_reader.h"

#define FIRST_OCTETS 16384
#define SPARE_OCTETS 8 /* of zeros behind what was put: bits are looked at eight octets at a time */
#define LOOKED_AT 24   /* bits: EOFB, which is the longest of all */
#define EOFB 0x800800  /* each of its two: eleven zeros, and a one */
#define LONGEST_MODE 7
#define LONGEST_RUN_CODE 13
#define PADS 4 /* after the changes of a row, its width: b1 and b2 stay in the row (T.4 4.2.1.3.1) */

enum { NO_MODE, PASS, HORIZONTAL, VERTICAL };

typedef struct {
    uint8_t kind, length;
    int8_t offset; /* VERTICAL */
} found_mode_t;

typedef struct {
    int16_t run;
    uint8_t length; /* 0: no code */
    uint8_t is_ending;
} found_run_t;

/* By the bits that come next, the first in the lowest place. */
static found_mode_t modes[1 << LONGEST_MODE];
static found_run_t runs[2][1 << LONGEST_RUN_CODE];

struct t6_reader_s {
    int width, state, rows;
    uint8_t *octets;
    size_t length, room;
    size_t at; /* the bit that is read next */

    int32_t *changes; /* of this row, and of the one above: where its colour changes; the first is to black */
    int32_t *above;
    int32_t count;
    int room_for;      /* the width that both have room for */
    const int32_t *b1; /* names as in T.4 4.2.1.3.1 */
    int32_t a0;        /* -1: before the first pixel */
    int colour;        /* of the pixels that come next: 1 is black */
    int runs_left;     /* of horizontal mode */
    int32_t run;       /* what there is of the one that is read */
};

/* The tables */

static uint32_t reversed(t4_code code)
{
    uint32_t bits = 0;
    int i;

    for (i = 0; i < code.length; i++)
        bits |= (uint32_t) (code.bits >> i & 1) << (code.length - 1 - i);
    return bits;
}

static void add_mode(t4_code code, found_mode_t found)
{
    uint32_t bits = reversed(code);

    found.length = code.length;
    for (; bits < 1 << LONGEST_MODE; bits += 1u << code.length)
        modes[bits] = found;
}

static void add_run(int colour, t4_code code, found_run_t found)
{
    uint32_t bits = reversed(code);

    found.length = code.length;
    for (; bits < 1 << LONGEST_RUN_CODE; bits += 1u << code.length)
        runs[colour][bits] = found;
}

__attribute__((constructor)) static void make_tables(void)
{
    int colour, i;

    add_mode(t4_pass_mode, (found_mode_t) {.kind = PASS});
    add_mode(t4_horizontal_mode, (found_mode_t) {.kind = HORIZONTAL});
    for (i = -3; i <= 3; i++)
        add_mode(t4_vertical_mode[i + 3], (found_mode_t) {.kind = VERTICAL, .offset = (int8_t) i});
    for (colour = 0; colour < 2; colour++) {
        for (i = 0; i < 64; i++)
            add_run(colour, t4_ending[colour][i], (found_run_t) {.run = (int16_t) i, .is_ending = 1});
        for (i = 0; i < 40; i++)
            add_run(colour, t4_making_up[colour][i], (found_run_t) {.run = (int16_t) (64 * (i + 1))});
    }
}

/* Rows */

static void begin_row(t6_reader_t *reader)
{
    reader->count = 0;
    reader->b1 = reader->above;
    reader->a0 = -1;
    reader->colour = 0;
}

static void end_row(t6_reader_t *reader)
{
    int32_t *ended = reader->changes;
    int i;

    for (i = 0; i < PADS; i++)
        ended[reader->count + i] = reader->width;
    reader->changes = reader->above;
    reader->above = ended;
    reader->rows++;
    begin_row(reader);
}

/* The colour changes here; at the width it is the end of the row. */
static void change(t6_reader_t *reader, int32_t place)
{
    if (place < reader->width)
        reader->changes[reader->count++] = place; /* each is to the right of the one before: there is room */
    reader->colour = !reader->colour;
}

static int read_vertical(t6_reader_t *reader, int offset)
{
    int32_t a1 = *reader->b1 + offset;

    if (a1 <= reader->a0 || a1 > reader->width)
        return 0;
    change(reader, a1);
    reader->a0 = a1;
    reader->b1 += reader->b1 > reader->above ? -1 : 1;
    return 1;
}

static int read_pass(t6_reader_t *reader)
{
    if (reader->b1[1] >= reader->width)
        return 0;
    reader->a0 = reader->b1[1];
    return 1;
}

static int read_mode(t6_reader_t *reader, uint32_t bits)
{
    found_mode_t found = modes[bits & ((1 << LONGEST_MODE) - 1)];

    while (*reader->b1 <= reader->a0 && *reader->b1 < reader->width)
        reader->b1 += 2;
    reader->at += found.length;
    switch (found.kind) {
    case VERTICAL:
        return read_vertical(reader, found.offset);
    case PASS:
        return read_pass(reader);
    case HORIZONTAL:
        reader->runs_left = 2;
        reader->run = 0;
        return 1;
    default:
        return 0;
    }
}

/* A run of no pixels is by the book where a row begins in black, and after one that ends the row. */
static int may_be_empty(const t6_reader_t *reader, int32_t begin)
{
    return reader->runs_left == 2 ? reader->a0 < 0 : begin == reader->width;
}

static int read_run(t6_reader_t *reader, uint32_t bits)
{
    found_run_t found = runs[reader->colour][bits & ((1 << LONGEST_RUN_CODE) - 1)];
    int32_t begin = reader->a0 < 0 ? 0 : reader->a0;

    reader->at += found.length;
    reader->run += found.run;
    if (!found.length || reader->run > reader->width - begin)
        return 0;
    if (!found.is_ending)
        return 1;
    if (!reader->run && !may_be_empty(reader, begin))
        return 0;
    change(reader, begin + reader->run);
    reader->a0 = begin + reader->run;
    reader->run = 0;
    reader->runs_left--;
    return 1;
}

/* Bits */

static uint32_t next_bits(const t6_reader_t *reader)
{
    const uint8_t *octets = reader->octets + reader->at / 8;
    uint64_t bits = 0;
    int i;

    for (i = 0; i < SPARE_OCTETS; i++) /* compilers know this for a load */
        bits |= (uint64_t) octets[i] << 8 * i;
    return (uint32_t) (bits >> reader->at % 8);
}

static int read_code(t6_reader_t *reader)
{
    uint32_t bits = next_bits(reader);

    if (reader->runs_left) {
        if (!read_run(reader, bits))
            return T6_ODD;
    } else if (reader->a0 < 0 && (bits & ((1 << LOOKED_AT) - 1)) == EOFB) {
        reader->at += LOOKED_AT;
        return T6_WHOLE;
    } else if (!read_mode(reader, bits)) {
        return T6_ODD;
    }
    if (reader->a0 == reader->width && !reader->runs_left)
        end_row(reader);
    return T6_GOES_ON;
}

/* What the header promises */

t6_reader_t *t6_reader_new(void)
{
    return calloc(1, sizeof(t6_reader_t));
}

void t6_reader_free(t6_reader_t *reader)
{
    if (reader == NULL)
        return;
    free(reader->octets);
    free(reader->changes);
    free(reader->above);
    free(reader);
}

static int grow(int32_t **changes, int width)
{
    int32_t *moved = realloc(*changes, ((size_t) width + PADS) * sizeof(**changes));

    if (moved)
        *changes = moved;
    return moved != NULL;
}

int t6_reader_begin(t6_reader_t *reader, int width)
{
    int i;

    reader->state = T6_ODD;
    reader->rows = reader->runs_left = 0;
    reader->length = reader->at = 0;
    if (width < 1 || width > T6_MOST_WIDTH)
        return 0;
    if (width > reader->room_for) {
        if (!grow(&reader->changes, width) || !grow(&reader->above, width))
            return 0;
        reader->room_for = width;
    }
    reader->width = width;
    for (i = 0; i < PADS; i++)
        reader->above[i] = width; /* above the first row is a white one */
    begin_row(reader);
    reader->state = T6_GOES_ON;
    return 1;
}

static int keep(t6_reader_t *reader, const uint8_t *octets, size_t length)
{
    size_t needed = reader->length + length + SPARE_OCTETS, room = reader->room ? reader->room : FIRST_OCTETS;
    uint8_t *moved;

    while (room < needed)
        room *= 2;
    if (room > reader->room) {
        if ((moved = realloc(reader->octets, room)) == NULL)
            return 0;
        reader->octets = moved;
        reader->room = room;
    }
    memcpy(reader->octets + reader->length, octets, length);
    reader->length += length;
    memset(reader->octets + reader->length, 0, SPARE_OCTETS);
    return 1;
}

int t6_reader_put(t6_reader_t *reader, const uint8_t *octets, size_t length)
{
    if (reader->state != T6_GOES_ON || !length)
        return reader->state;
    if (!keep(reader, octets, length))
        reader->state = T6_ODD;
    while (reader->state == T6_GOES_ON && reader->at + LOOKED_AT <= 8 * reader->length)
        reader->state = read_code(reader);
    if (reader->state == T6_WHOLE)
        reader->length = (reader->at + 7) / 8;
    return reader->state;
}

int t6_reader_rows(const t6_reader_t *reader)
{
    return reader->rows;
}

const uint8_t *t6_reader_octets(const t6_reader_t *reader, size_t *length)
{
    *length = reader->length;
    return reader->octets;
}
