/* Pages in T.6 go from the file to the line, and from the line to the file, as they are coded.
 *
 * libspandsp 0.0.6 takes each page out of its coding and codes it anew, in either direction, and reads it bit by bit: a
 * third of what a call over T.38 cost. Some of its own functions are answered here instead. That needs no other library:
 * a module that Python loads stands before the libraries that it needs, where names are looked up (ELF, dlopen(3)), and
 * what the library would do is found behind it. Where that is otherwise, by preloading, say, all is as it was.
 *
 * Only a page by the book (t6_reader.h) is handed on. With any other the library does what it always did: of what came it
 * gets every octet, and sees no difference. */

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include "t6_reader.h"

#define ANSWERED __attribute__((visibility("default")))
#define END_OF_PAGE 6 /* EOLs: what the library counts to, and then takes nothing more */
#define MOST_OCTETS (64 << 20)

/* The library's own. */
static struct {
    int (*rx_start_page)(t4_rx_state_t *);
    int (*rx_put_chunk)(t4_rx_state_t *, const uint8_t *, int);
    int (*rx_end_page)(t4_rx_state_t *);
    int (*rx_release)(t4_rx_state_t *);
    int (*tx_start_page)(t4_tx_state_t *);
    int (*read_row)(TIFF *, void *, uint32_t, uint16_t);
    tmsize_t (*write_page)(TIFF *, uint32_t, void *, tmsize_t);
} own;

/* While the library's function runs that would take a page to pieces. */
static _Thread_local const t6_reader_t *written; /* what is to be in the file */
static _Thread_local int needs_no_rows;

static void *find(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        abort(); /* this module could not have been loaded without it */
    return found;
}

__attribute__((constructor)) static void find_all(void)
{
    own.rx_start_page = find("t4_rx_start_page");
    own.rx_put_chunk = find("t4_rx_put_chunk");
    own.rx_end_page = find("t4_rx_end_page");
    own.rx_release = find("t4_rx_release");
    own.tx_start_page = find("t4_tx_start_page");
    own.read_row = find("TIFFReadScanline");
    own.write_page = find("TIFFWriteEncodedStrip");
}

/* From the line to the file. The reader is where nobody else keeps anything: there is no handler that would. */

static t6_reader_t *reader_of(const t4_rx_state_t *s)
{
    return s->t4_t6_rx.row_write_handler ? NULL : s->t4_t6_rx.row_write_user_data;
}

static void drop_reader(t4_rx_state_t *s)
{
    t6_reader_free(reader_of(s));
    t4_rx_set_row_write_handler(s, NULL, NULL);
}

ANSWERED int t4_rx_start_page(t4_rx_state_t *s)
{
    int failed = own.rx_start_page(s);

    if (s->t4_t6_rx.row_write_handler)
        return failed;
    if (failed || s->line_encoding != T4_COMPRESSION_ITU_T6 || s->tiff.output_compression != COMPRESSION_CCITT_T6) {
        drop_reader(s);
        return failed;
    }
    if (!reader_of(s))
        t4_rx_set_row_write_handler(s, NULL, t6_reader_new());
    if (reader_of(s) && !t6_reader_begin(reader_of(s), s->image_width))
        drop_reader(s);
    return failed;
}

/* The page is none by the book: the library reads it from the start. */
static int read_again(t4_rx_state_t *s, size_t length_before, const uint8_t *buf, int len)
{
    size_t length;
    const uint8_t *before = t6_reader_octets(reader_of(s), &length);
    int has_ended;

    s->image_length = s->line_image_size = 0;
    has_ended = length_before && own.rx_put_chunk(s, before, (int) length_before);
    drop_reader(s);
    return has_ended || own.rx_put_chunk(s, buf, len);
}

ANSWERED int t4_rx_put_chunk(t4_rx_state_t *s, const uint8_t buf[], int len)
{
    t6_reader_t *reader = reader_of(s);
    size_t length_before;
    int state;

    if (!reader || len <= 0)
        return own.rx_put_chunk(s, buf, len);
    t6_reader_octets(reader, &length_before);
    state = length_before + (size_t) len > MOST_OCTETS ? T6_ODD : t6_reader_put(reader, buf, (size_t) len);
    if (state == T6_ODD)
        return read_again(s, length_before, buf, len);
    s->image_length = t6_reader_rows(reader);
    s->line_image_size += 8 * len;
    return state == T6_WHOLE;
}

static int end_whole_page(t4_rx_state_t *s, const t6_reader_t *reader)
{
    int failed;

    s->t4_t6_rx.consecutive_eols = END_OF_PAGE;
    s->image_size = s->image_length * s->bytes_per_row; /* not that it is there */
    written = reader;
    failed = own.rx_end_page(s);
    written = NULL;
    return failed;
}

ANSWERED int t4_rx_end_page(t4_rx_state_t *s)
{
    t6_reader_t *reader = reader_of(s);
    size_t length;

    if (!reader)
        return own.rx_end_page(s);
    if (t6_reader_put(reader, NULL, 0) == T6_WHOLE && t6_reader_rows(reader))
        return end_whole_page(s, reader);
    t6_reader_octets(reader, &length);
    read_again(s, length, NULL, 0);
    return own.rx_end_page(s);
}

ANSWERED int t4_rx_release(t4_rx_state_t *s)
{
    if (s->rx)
        drop_reader(s);
    return own.rx_release(s);
}

/* The file says that the lowest bit of an octet is first, as it is on the line. */
ANSWERED tmsize_t TIFFWriteEncodedStrip(TIFF *file, uint32_t strip, void *data, tmsize_t octets)
{
    size_t length;

    if (!written)
        return own.write_page(file, strip, data, octets);
    data = (void *) t6_reader_octets(written, &length);
    return TIFFWriteRawStrip(file, strip, data, (tmsize_t) length);
}

/* From the file to the line */

/* Whether the page that the file stands at is one that could go as it is; and how it is coded. */
static int may_be_handed_on(TIFF *file, uint32_t *width, uint32_t *rows, uint16_t *order)
{
    uint16_t compression = 0, photometric = 0, bits = 0, samples = 0;

    TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &compression);
    TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(file, TIFFTAG_FILLORDER, order);
    return TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric) && TIFFGetField(file, TIFFTAG_IMAGEWIDTH, width)
        && TIFFGetField(file, TIFFTAG_IMAGELENGTH, rows) && compression == COMPRESSION_CCITT_T6
        && photometric == PHOTOMETRIC_MINISWHITE && bits == 1 && samples == 1 && *width <= T6_MOST_WIDTH
        && !TIFFIsTiled(file) && TIFFNumberOfStrips(file) == 1;
}

/* Return the page that the file stands at, if it is one by the book. */
static t6_reader_t *read_page(TIFF *file)
{
    uint32_t width = 0, rows = 0;
    uint16_t order = 0;
    t6_reader_t *page = NULL;
    uint8_t *octets = NULL;
    tmsize_t length;
    int is_whole = 0;

    if (!may_be_handed_on(file, &width, &rows, &order))
        return NULL;
    length = (tmsize_t) TIFFRawStripSize(file, 0);
    if (length <= 0 || length > MOST_OCTETS)
        return NULL;
    octets = malloc((size_t) length);
    page = t6_reader_new();
    if (octets && page && TIFFReadRawStrip(file, 0, octets, length) == length && t6_reader_begin(page, (int) width)) {
        if (order != FILLORDER_LSB2MSB)
            TIFFReverseBits(octets, length);
        is_whole = t6_reader_put(page, octets, (size_t) length) == T6_WHOLE && (uint32_t) t6_reader_rows(page) == rows;
    }
    free(octets);
    if (is_whole)
        return page;
    t6_reader_free(page);
    return NULL;
}

/* The library has coded a page without any row. */
static int put_in_place(t4_tx_state_t *s, const t6_reader_t *page)
{
    size_t length;
    const uint8_t *octets = t6_reader_octets(page, &length);
    uint8_t *moved;

    if ((size_t) s->image_buffer_size < length) {
        if ((moved = realloc(s->image_buffer, length)) == NULL)
            return -1;
        s->image_buffer = moved;
        s->image_buffer_size = (int) length;
    }
    memcpy(s->image_buffer, octets, length);
    s->image_size = (int) length;
    s->line_image_size = 8 * s->image_size;
    return 0;
}

ANSWERED int t4_tx_start_page(t4_tx_state_t *s)
{
    int has_header = s->header_info && s->header_info[0], failed;
    t6_reader_t *page = NULL;

    if (s->line_encoding == T4_COMPRESSION_ITU_T6 && !has_header && !s->t4_t6_tx.row_read_handler && s->tiff.tiff_file
        && s->current_page <= s->tiff.stop_page && TIFFSetDirectory(s->tiff.tiff_file, (tdir_t) s->current_page))
        page = read_page(s->tiff.tiff_file);
    if (!page)
        return own.tx_start_page(s);
    needs_no_rows = 1;
    failed = own.tx_start_page(s);
    needs_no_rows = 0;
    if (!failed)
        failed = put_in_place(s, page);
    t6_reader_free(page);
    return failed;
}

ANSWERED int TIFFReadScanline(TIFF *file, void *row, uint32_t number, uint16_t sample)
{
    return needs_no_rows ? -1 : own.read_row(file, row, number, sample);
}
