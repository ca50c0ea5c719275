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

    /* What the samples of a pixel say. */
    enum { OTHER, DARKNESS, LIGHT, COLOURS, INKS };

    typedef struct {
        int says;
        unsigned samples, octets;  /* of a pixel; of a sample, whose 4 are a float from 0 to 1 */
    } layout;

    /* Finds out whether pixels are of a kind that is read row by row: what scanners write, and what libtiff's own
       conversion does not know. */
    static layout layout_of(TIFF *file)
    {
        uint16_t bits, samples, planar, compression, format, inks, photometric = PHOTOMETRIC_MINISWHITE;
        layout found = {OTHER, 1, 1};
        int is_whole, is_float;
        TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &samples);
        TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &planar);
        TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &compression);
        TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &format);
        TIFFGetFieldDefaulted(file, TIFFTAG_INKSET, &inks);
        TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &photometric);
        if (TIFFIsTiled(file) || planar != PLANARCONFIG_CONTIG)
            return found;
        is_whole = bits == 8;
        is_float = bits == 32 && format == SAMPLEFORMAT_IEEEFP;
        found.samples = samples;
        found.octets = bits / 8;
        if ((is_whole || is_float) && photometric <= PHOTOMETRIC_MINISBLACK && samples == 1)
            found.says = photometric == PHOTOMETRIC_MINISWHITE ? DARKNESS : LIGHT;
        else if ((is_whole || is_float) && photometric == PHOTOMETRIC_RGB && samples == 3)
            found.says = COLOURS;
        else if (is_whole && photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG && samples == 3
                 && TIFFSetField(file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
            found.says = COLOURS;
        else if (bits == 16 && format == SAMPLEFORMAT_UINT && photometric == PHOTOMETRIC_SEPARATED && samples == 4
                 && inks == INKSET_CMYK)
            found.says = INKS;
        return found;
    }

    /* Makes octets of a row's samples, where they stand. 0 for a float out of its range, as measurements are. */
    static int to_octets(unsigned char *samples, uint32_t count, unsigned octets)
    {
        int is_good = 1;
        for (uint32_t i = 0; octets == 2 && i < count; i++) {
            uint16_t deep;
            memcpy(&deep, samples + 2 * (size_t) i, sizeof deep);
            samples[i] = (unsigned char) ((deep + 128u) / 257);
        }
        for (uint32_t i = 0; octets == 4 && i < count; i++) {
            float value;
            memcpy(&value, samples + 4 * (size_t) i, sizeof value);
            is_good &= value >= 0 && value <= 1;
            samples[i] = (unsigned char) (is_good ? value * 255 + 0.5f : 0);
        }
        return is_good;
    }

    static void row_to_grey(const unsigned char *pixels, uint32_t width, layout of, unsigned char *grey)
    {
        for (uint32_t x = 0; x < width; x++, pixels += of.samples) {
            unsigned left = of.says == INKS ? 255 - pixels[3] : 0; /* as libtiff has it in 8 bits */
            grey[x] = of.says == LIGHT ? *pixels
                : of.says == DARKNESS ? (unsigned char) ~*pixels
                : of.says == COLOURS ? brightness(pixels[0], pixels[1], pixels[2])
                : brightness((255 - pixels[0]) * left / 255, (255 - pixels[1]) * left / 255,
                             (255 - pixels[2]) * left / 255);
        }
    }

    /* A picture of such pixels: one row in memory at a time, whatever the size of a strip. */
    static int picture_rows(TIFF *file, unsigned char *grey, uint32_t width, uint32_t rows, const layout *of)
    {
        tmsize_t octets = (tmsize_t) width * of->samples * of->octets;
        unsigned char *pixels;
        uint32_t row;
        int result = GOOD;
        if (TIFFScanlineSize(file) != octets)
            return DAMAGED;
        pixels = _TIFFmalloc(octets);
        if (!pixels)
            return NO_MEMORY;
        for (row = 0; result == GOOD && row < rows; row++) {
            if (TIFFReadScanline(file, pixels, row, 0) < 0)
                result = DAMAGED;
            else if (!to_octets(pixels, width * of->samples, of->octets))
                result = NO_SUCH_COLOURS;
            else
                row_to_grey(pixels, width, *of, grey + (size_t) row * width);
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
        layout simple = layout_of(file);
        int result = GOOD;
        TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &width);
        TIFFGetField(file, TIFFTAG_IMAGELENGTH, &rows);
        if ((size_t) width * rows != size)
            return DAMAGED;
        if (simple.says != OTHER)
            return picture_rows(file, grey, width, rows, &simple);
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
