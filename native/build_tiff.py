"""Builds `unifax.documents._tiff`: libtiff, narrowed to fax pages. Its one Python owner is documents/pages.py."""

from pathlib import Path

from cffi import FFI

builder = FFI()

builder.cdef(
    """
    typedef ... TIFF;

    typedef struct {
        uint32_t width, rows;
        float x_dpi, y_dpi;
        int bilevel;
    } fax_page;

    TIFF *fax_open(int fd, const char *mode);
    void fax_close(TIFF *file);
    size_t fax_write(TIFF *file, const unsigned char *bits, uint32_t width, uint32_t rows,
                     float x_dpi, float y_dpi, int number, int total);
    size_t fax_size(const unsigned char *bits, uint32_t width, uint32_t rows, float y_dpi, int coding);
    void fax_shrink(const unsigned char *bits, uint32_t width, uint32_t rows,
                    unsigned char *grey, uint32_t columns, uint32_t lines);
    int fax_describe(TIFF *file, fax_page *page);
    int fax_read(TIFF *file, unsigned char *bits, size_t size);
    int fax_next(TIFF *file);
    const char *fax_error(void);
    """
)

builder.set_source(
    "unifax.documents._tiff",
    r"""
    #include <stdarg.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <stdlib.h>
    #include <string.h>
    #include <tiffio.h>
    #include "t6.h"

    typedef struct {
        uint32_t width, rows;
        float x_dpi, y_dpi;
        int bilevel;
    } fax_page;

    static _Thread_local char last_error[256];

    static void keep_error(const char *module, const char *format, va_list arguments)
    {
        (void) module;
        vsnprintf(last_error, sizeof last_error, format, arguments);
    }

    static const char *fax_error(void) { return last_error; }

    /* Takes the descriptor: fax_close closes it, and so does a failure here not. */
    static TIFF *fax_open(int fd, const char *mode)
    {
        last_error[0] = '\0';
        TIFFSetErrorHandler(keep_error);
        TIFFSetWarningHandler(NULL);
        return TIFFFdOpen(fd, "fax", mode);
    }

    static void fax_close(TIFF *file) { TIFFClose(file); }

    /* A page of one strip, 1 is black (MinIsWhite). */
    static void describe(TIFF *file, uint32_t width, uint32_t rows, float y_dpi)
    {
        TIFFSetField(file, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(file, TIFFTAG_IMAGELENGTH, rows);
        TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, 1);
        TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
        TIFFSetField(file, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
        TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, rows);
        TIFFSetField(file, TIFFTAG_YRESOLUTION, y_dpi);
        TIFFSetField(file, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    }

    /* One page as RFC 2306 has it and spandsp reads it: G4. Returns the octets of the coded page; 0 is a failure. */
    static size_t fax_write(TIFF *file, const unsigned char *bits, uint32_t width, uint32_t rows,
                            float x_dpi, float y_dpi, int number, int total)
    {
        size_t octets = 0;
        unsigned char *coded = malloc(t6_room(width, rows));
        TIFFSetField(file, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
        TIFFSetField(file, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
        TIFFSetField(file, TIFFTAG_XRESOLUTION, x_dpi);
        TIFFSetField(file, TIFFTAG_PAGENUMBER, number - 1, total);
        TIFFSetField(file, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
        describe(file, width, rows, y_dpi);
        if (coded)
            octets = t6_encode(bits, width, rows, coded);
        if (octets && TIFFWriteRawStrip(file, 0, coded, (tmsize_t) octets) != (tmsize_t) octets)
            octets = 0;
        free(coded);
        return octets && TIFFWriteDirectory(file) ? octets : 0;
    }

    /* A file that nobody keeps. */
    typedef struct {
        toff_t at, end;
    } nowhere;

    static tmsize_t nowhere_read(thandle_t place, void *data, tmsize_t size)
    {
        (void) place, (void) data, (void) size;
        return 0;
    }

    static tmsize_t nowhere_write(thandle_t place, void *data, tmsize_t size)
    {
        nowhere *file = place;
        (void) data;
        file->at += (toff_t) size;
        if (file->end < file->at)
            file->end = file->at;
        return size;
    }

    static toff_t nowhere_seek(thandle_t place, toff_t to, int from)
    {
        nowhere *file = place;
        return file->at = to + (from == SEEK_CUR ? file->at : from == SEEK_END ? file->end : 0);
    }

    static int nowhere_close(thandle_t place)
    {
        (void) place;
        return 0;
    }

    static toff_t nowhere_size(thandle_t place) { return ((nowhere *) place)->end; }

    /* Octets of a page as it goes over the line without fill: MH (1), MR (2) with EOLs and RTC, or MMR (4) with EOFB.
       libtiff takes K from the resolution, 2 at standard and 4 above (T.4 4.2.2). 0 is a failure. */
    static size_t fax_size(const unsigned char *bits, uint32_t width, uint32_t rows, float y_dpi, int coding)
    {
        nowhere place = {0, 0};
        tmsize_t size = (tmsize_t) ((width + 7) / 8) * rows;
        size_t octets = 0;
        TIFF *file;
        last_error[0] = '\0';
        TIFFSetErrorHandler(keep_error);
        file = TIFFClientOpen("fax", "w", &place, nowhere_read, nowhere_write, nowhere_seek, nowhere_close,
                              nowhere_size, NULL, NULL);
        if (!file)
            return 0;
        TIFFSetField(file, TIFFTAG_COMPRESSION, coding == 4 ? COMPRESSION_CCITTFAX4 : COMPRESSION_CCITTFAX3);
        if (coding == 2)
            TIFFSetField(file, TIFFTAG_GROUP3OPTIONS, GROUP3OPT_2DENCODING);
        describe(file, width, rows, y_dpi);
        if (TIFFWriteEncodedStrip(file, 0, (void *) bits, size) == size)
            octets = (size_t) TIFFRawStripSize(file, 0);
        TIFFClose(file);
        return !octets || coding == 4 ? octets : octets + (coding == 2 ? 10 : 9);
    }

    static int fax_describe(TIFF *file, fax_page *page)
    {
        uint16_t bits = 1, samples = 1, unit = RESUNIT_INCH;
        memset(page, 0, sizeof *page);
        if (!TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &page->width)
            || !TIFFGetField(file, TIFFTAG_IMAGELENGTH, &page->rows))
            return 0;
        TIFFGetField(file, TIFFTAG_XRESOLUTION, &page->x_dpi);
        TIFFGetField(file, TIFFTAG_YRESOLUTION, &page->y_dpi);
        TIFFGetFieldDefaulted(file, TIFFTAG_RESOLUTIONUNIT, &unit);
        if (unit == RESUNIT_CENTIMETER) {
            page->x_dpi *= 2.54f;
            page->y_dpi *= 2.54f;
        }
        TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
        page->bilevel = bits == 1 && samples == 1 && !TIFFIsTiled(file);
        return 1;
    }

    /* All strips of the current page, one after the other; afterwards 1 is black and spare bits are 0. */
    static int fax_read(TIFF *file, unsigned char *bits, size_t size)
    {
        uint32_t width = 0, rows = 0, row, strip, strips = TIFFNumberOfStrips(file);
        uint16_t photometric = PHOTOMETRIC_MINISWHITE;
        size_t stride, done = 0, i;
        last_error[0] = '\0';
        TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &width);
        TIFFGetField(file, TIFFTAG_IMAGELENGTH, &rows);
        stride = (width + 7) / 8;
        if (size != stride * rows)
            return 0;
        for (strip = 0; strip < strips && done < size; strip++) {
            tmsize_t got = TIFFReadEncodedStrip(file, strip, bits + done, (tmsize_t) (size - done));
            if (got < 0)
                return 0;
            done += (size_t) got;
        }
        if (done != size)
            return 0;
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        if (photometric == PHOTOMETRIC_MINISBLACK)
            for (i = 0; i < size; i++)
                bits[i] = (unsigned char) ~bits[i];
        if (width % 8)
            for (row = 0; row < rows; row++)
                bits[row * stride + stride - 1] &= (unsigned char) (0xff << (8 - width % 8));
        return 1;
    }

    /* How many of the first x pixels of a row are black; before[n] are those of its first n octets. */
    static uint32_t black_before(const unsigned char *row, const uint32_t *before, uint32_t x)
    {
        return before[x / 8] + (x % 8 ? (uint32_t) __builtin_popcount(row[x / 8] >> (8 - x % 8)) : 0);
    }

    /* A smaller page in grey, 255 is white: each pixel is the mean of those it covers, which may be none but itself. */
    static void fax_shrink(const unsigned char *bits, uint32_t width, uint32_t rows,
                           unsigned char *grey, uint32_t columns, uint32_t lines)
    {
        size_t stride = (width + 7) / 8, octet;
        uint32_t *before = calloc(stride + 1 + columns, sizeof *before), *black = before + stride + 1;
        uint32_t line, column;
        if (!before)
            return;
        for (line = 0; line < lines; line++, grey += columns) {
            uint32_t first = (uint32_t) ((uint64_t) line * rows / lines);
            uint32_t end = (uint32_t) ((uint64_t) (line + 1) * rows / lines), row;
            memset(black, 0, columns * sizeof *black);
            for (row = first; row < end; row++) {
                const unsigned char *pixels = bits + row * stride;
                uint32_t left = 0;
                for (octet = 0; octet < stride; octet++)
                    before[octet + 1] = before[octet] + (uint32_t) __builtin_popcount(pixels[octet]);
                for (column = 0; column < columns; column++) {
                    uint32_t x = (uint32_t) ((uint64_t) (column + 1) * width / columns);
                    uint32_t right = black_before(pixels, before, x);
                    black[column] += right - left;
                    left = right;
                }
            }
            for (column = 0; column < columns; column++) {
                uint32_t x = (uint32_t) ((uint64_t) column * width / columns);
                uint32_t area = ((uint32_t) ((uint64_t) (column + 1) * width / columns) - x) * (end - first);
                grey[column] = (unsigned char) (255 - (255 * (uint64_t) black[column] + area / 2) / area);
            }
        }
        free(before);
    }

    static int fax_next(TIFF *file) { return TIFFReadDirectory(file); }
    """,
    sources=["native/t6.c"],
    depends=["native/t6.h", "native/t4_codes.h"],
    include_dirs=[str(Path(__file__).resolve().parent)],
    libraries=["tiff"],
    extra_compile_args=["-std=gnu11", "-O3", "-Wall", "-Wextra"],
)

if __name__ == "__main__":
    builder.compile(tmpdir="src", verbose=False)
