/* Grey pages to black and white: what the parts of the kernel share, and what Python sees of it. */
#ifndef UNIFAX_BILEVEL_H
#define UNIFAX_BILEVEL_H

#include <stddef.h>
#include <stdint.h>

/* From here on for cffi, too. */

/* Lengths in pixels of the page's raster; across and down, because they need not be square. */
typedef struct {
    int block_x, block_y;   /* what is judged as one: 2 mm; across a multiple of 8 */
    int stroke_x, stroke_y; /* thinner things are strokes, thicker ones are fills: 1.6 mm */
    int dot_x, dot_y;       /* a square of two dots at 45 degrees */
} bw_grain;

enum { BW_AUTO, BW_TEXT, BW_PHOTO };

/* Writes rows of (width + 7) / 8 bytes, and 1 for each block that has dots, else 0.
   Returns 1 when any has, 0 when none has, -1 when memory is short. */
int bw_page(const uint8_t *grey, int width, int rows, const bw_grain *grain, int treatment,
            uint8_t *packed, uint8_t *dotted);

/* Ink that hangs together, corners included. right and bottom are one beyond. */
typedef struct {
    int left, top, right, bottom, pixels, holes;
} bw_shape;

/* Finds the shapes of a page from its top, `room` of them at most (then the rest of the page was not looked at).
   Returns how many they are, -1 when memory is short. */
int bw_shapes(const uint8_t *packed, int width, int rows, bw_shape *shapes, int room);

/* Counts lines of ink between white rows, in strips of 128 columns: those of `least` to `most` rows that are a twelfth
   black, and those of more than `tall`, which are no lines of writing but may hide some. -1 when memory is short. */
int bw_lines(const uint8_t *packed, int width, int rows, int least, int most, int tall);

/* Makes a page smaller, in neither direction by more than 15: black is what was at least half black. 0, or -1 when
   memory is short. */
int bw_shrink(const uint8_t *packed, int width, int rows, uint8_t *to, int to_width, int to_rows);

/* end of what cffi reads */

enum { BW_CUT = 170, BW_DARK = 40, BW_LIGHT = 240, BW_CONTRAST = 48, BW_NEAR = 1, BW_TONED = 2 };

/* A page at work, and its blocks. */
typedef struct {
    const uint8_t *grey;
    uint8_t *packed;
    int width, rows, stride;
    bw_grain grain;
    int treatment;
    int across, down;  /* blocks */
    uint8_t *toned;    /* of each block: BW_TONED when its grey is continuous, not a few flat values; BW_NEAR one */
    uint8_t *dotted;
    int top, bottom;   /* rows where flat grey needs more than the cut */
} bw_job;

/* Continuous tones within one rectangle of blocks, as far as they are toned. 1, 0 and -1 as bw_page. */
int bw_tones(const bw_job *job, int left, int top, int right, int bottom);

/* Fills and strokes of flat grey, everywhere else from top to bottom. 0, or -1 when memory is short. */
int bw_flats(const bw_job *job);

/* Packs bytes of 0 and 1, a multiple of 8 of them. */
static inline void bw_pack(const uint8_t *flags, uint8_t *packed, int count)
{
    for (int i = 0; i < count / 8; i++) {
        uint64_t eight;
        __builtin_memcpy(&eight, flags + 8 * i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        packed[i] = (uint8_t) (eight * 0x8040201008040201u >> 56);
    }
}

/* The loops that matter are compiled once more for processors with wider registers, where the loader can choose. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && defined(__linux__) && defined(__GLIBC__)
#define BW_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define BW_WIDE
#endif

#endif
