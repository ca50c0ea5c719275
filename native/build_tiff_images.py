"""Builds `unifax.documents._tiff_images`: libtiff, as a reader of pictures. Its Python owner is tiff_images.py."""

from cffi import FFI

builder = FFI()

builder.cdef(
    """
    typedef ... TIFF;

    typedef struct {
        uint32_t width, rows;
        float x_dpi, y_dpi;
        int orientation, bilevel;
    } picture;

    typedef struct { const unsigned char *data; int64_t size, at; } source;

    enum { DAMAGED, GOOD, NO_SUCH_COLOURS, NO_MEMORY };

    TIFF *picture_open(source *from);
    void picture_close(TIFF *file);
    int picture_look(TIFF *file, uint64_t directory, picture *found);
    int picture_bits(TIFF *file, unsigned char *bits, size_t size);
    int picture_grey(TIFF *file, unsigned char *grey, size_t size);
    """
)

builder.set_source(
    "unifax.documents._tiff_images",
    r"""
    #include <stdint.h>
    #include <string.h>
    #include <tiffio.h>

    typedef struct {
        uint32_t width, rows;
        float x_dpi, y_dpi;  /* 0 where the file says nothing that can be used */
        int orientation, bilevel;
    } picture;

    typedef struct { const unsigned char *data; int64_t size, at; } source;

    enum { DAMAGED, GOOD, NO_SUCH_COLOURS, NO_MEMORY };

    static tmsize_t source_read(thandle_t from, void *to, tmsize_t count)
    {
        source *file = from;
        int64_t left = file->at < file->size ? file->size - file->at : 0;
        if (count > left)
            count = (tmsize_t) left;
        memcpy(to, file->data + file->at, (size_t) count);
        file->at += count;
        return count;
    }

    static tmsize_t source_write(thandle_t from, void *data, tmsize_t count)
    {
        (void) from, (void) data, (void) count;
        return 0;
    }

    static toff_t source_seek(thandle_t from, toff_t offset, int whence)
    {
        source *file = from;
        int64_t start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->at : file->size;
        if (offset > (uint64_t) INT64_MAX - (uint64_t) start)
            return (toff_t) -1;
        file->at = start + (int64_t) offset;
        return (toff_t) file->at;
    }

    static int source_close(thandle_t from) { (void) from; return 0; }

    static toff_t source_size(thandle_t from) { return (toff_t) ((source *) from)->size; }

    static int source_map(thandle_t from, void **data, toff_t *size)
    {
        *data = (void *) ((source *) from)->data;
        *size = (toff_t) ((source *) from)->size;
        return 1;
    }

    static void source_unmap(thandle_t from, void *data, toff_t size) { (void) from, (void) data, (void) size; }

    static TIFF *picture_open(source *from)
    {
        TIFFSetErrorHandler(NULL);
        TIFFSetWarningHandler(NULL);
        return TIFFClientOpen("picture", "r", from, source_read, source_write, source_seek, source_close,
                              source_size, source_map, source_unmap);
    }

    static void picture_close(TIFF *file) { TIFFClose(file); }

    /* Turns to the picture whose directory begins there. */
    static int picture_look(TIFF *file, uint64_t directory, picture *found)
    {
        uint16_t bits, samples, photometric = PHOTOMETRIC_MINISWHITE, unit, orientation;
        memset(found, 0, sizeof *found);
        if (!TIFFSetSubDirectory(file, directory)
            || !TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &found->width)
            || !TIFFGetField(file, TIFFTAG_IMAGELENGTH, &found->rows))
            return 0;
        TIFFGetField(file, TIFFTAG_XRESOLUTION, &found->x_dpi);
        TIFFGetField(file, TIFFTAG_YRESOLUTION, &found->y_dpi);
        TIFFGetFieldDefaulted(file, TIFFTAG_RESOLUTIONUNIT, &unit);
        if (unit == RESUNIT_NONE)
            found->x_dpi = found->y_dpi = 0;
        if (unit == RESUNIT_CENTIMETER) {
            found->x_dpi *= 2.54f;
            found->y_dpi *= 2.54f;
        }
        TIFFGetFieldDefaulted(file, TIFFTAG_ORIENTATION, &orientation);
        TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        found->orientation = orientation;
        found->bilevel = bits == 1 && samples == 1 && !TIFFIsTiled(file) && photometric <= PHOTOMETRIC_MINISBLACK;
        return 1;
    }

    /* The rows of a bilevel picture, each in whole octets; 1 is white. */
    static int picture_bits(TIFF *file, unsigned char *bits, size_t size)
    {
        uint16_t photometric = PHOTOMETRIC_MINISWHITE;
        uint32_t strip, strips = TIFFNumberOfStrips(file);
        size_t done = 0, i;
        for (strip = 0; strip < strips && done < size; strip++) {
            tmsize_t got = TIFFReadEncodedStrip(file, strip, bits + done, (tmsize_t) (size - done));
            if (got < 0)
                return 0;
            done += (size_t) got;
        }
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        if (photometric == PHOTOMETRIC_MINISWHITE)
            for (i = 0; i < size; i++)
                bits[i] = (unsigned char) ~bits[i];
        return done == size;
    }

    /* How many rows are best decoded together: whole strips, or whole rows of tiles. */
    static uint32_t rows_at_once(TIFF *file, uint32_t rows)
    {
        uint32_t unit = rows;
        TIFFGetFieldDefaulted(file, TIFFIsTiled(file) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &unit);
        if (unit == 0 || unit >= rows)
            return rows;
        unit *= (63 + unit) / unit;
        return unit < rows ? unit : rows;
    }

    /* ITU-R BT.601. */
    static unsigned char brightness(unsigned red, unsigned green, unsigned blue)
    {
        return (unsigned char) ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16);
    }

    /* How many octets a pixel has, in grey and RGB as scanners write them, which are read row by row; else 0. */
    static unsigned simple_pixel(TIFF *file)
    {
        uint16_t bits, samples, planar, compression, photometric = PHOTOMETRIC_MINISWHITE;
        TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
        TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &planar);
        TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &compression);
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        if (TIFFIsTiled(file) || bits != 8 || planar != PLANARCONFIG_CONTIG)
            return 0;
        if (photometric <= PHOTOMETRIC_MINISBLACK)
            return samples == 1 ? 1 : 0;
        if (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG && samples == 3)
            return TIFFSetField(file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB) ? 3 : 0;
        return photometric == PHOTOMETRIC_RGB && samples == 3 ? 3 : 0;
    }

    /* A picture of such pixels: one row in memory at a time, whatever the size of a strip. */
    static int picture_rows(TIFF *file, unsigned char *grey, uint32_t width, uint32_t rows, unsigned octets)
    {
        uint16_t photometric = PHOTOMETRIC_MINISWHITE;
        unsigned char *pixels;
        uint32_t row, x;
        int result = GOOD;
        if (TIFFScanlineSize(file) != (tmsize_t) width * octets)
            return DAMAGED;
        pixels = _TIFFmalloc((tmsize_t) width * octets);
        if (!pixels)
            return NO_MEMORY;
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        for (row = 0; result == GOOD && row < rows; row++) {
            if (TIFFReadScanline(file, pixels, row, 0) < 0)
                result = DAMAGED;
            for (x = 0; result == GOOD && x < width; x++) {
                const unsigned char *p = pixels + (size_t) octets * x;
                *grey++ = octets == 3 ? brightness(p[0], p[1], p[2])
                    : photometric == PHOTOMETRIC_MINISWHITE ? (unsigned char) ~*p : *p;
            }
        }
        _TIFFfree(pixels);
        return result;
    }

    /* Any other picture in 8-bit grey, in rows as they are stored, what is transparent in white. Returns GOOD, or why
       not. */
    static int picture_grey(TIFF *file, unsigned char *grey, size_t size)
    {
        TIFFRGBAImage image;
        char why[1024];
        uint32_t *pixels;
        uint32_t width = 0, row, rows = 0, most;
        unsigned octets = simple_pixel(file);
        int result = GOOD;
        TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &width);
        TIFFGetField(file, TIFFTAG_IMAGELENGTH, &rows);
        if ((size_t) width * rows != size)
            return DAMAGED;
        if (octets)
            return picture_rows(file, grey, width, rows, octets);
        if (!TIFFRGBAImageOK(file, why) || !TIFFRGBAImageBegin(&image, file, 1, why))
            return NO_SUCH_COLOURS;
        image.req_orientation = image.orientation;
        most = rows_at_once(file, image.height);
        pixels = _TIFFmalloc((tmsize_t) ((size_t) width * most * sizeof *pixels));
        if (!pixels)
            result = NO_MEMORY;
        for (row = 0; result == GOOD && row < image.height; row += rows) {
            size_t i, count;
            rows = image.height - row < most ? image.height - row : most;
            count = (size_t) width * rows;
            image.row_offset = (int) row;
            if (!TIFFRGBAImageGet(&image, pixels, width, rows)) {
                result = DAMAGED;
                break;
            }
            for (i = 0; i < count; i++) {  /* colours are already less by what shines through */
                uint32_t p = pixels[i];
                unsigned seen = brightness(TIFFGetR(p), TIFFGetG(p), TIFFGetB(p)) + 255 - TIFFGetA(p);
                *grey++ = (unsigned char) (seen > 255 ? 255 : seen);
            }
        }
        _TIFFfree(pixels);
        TIFFRGBAImageEnd(&image);
        return result;
    }
    """,
    libraries=["tiff"],
)

if __name__ == "__main__":
    builder.compile(tmpdir="src", verbose=False)
