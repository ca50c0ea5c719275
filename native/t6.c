/* See t6.h. */

#include "t6.h"

#include <stdlib.h>
#include <string.h>

/* Compiled once more for processors that count leading zeros in one step; the loader chooses. */
#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && defined(__linux__) && defined(__GLIBC__)
#define T6_WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define T6_WIDE
#endif

#include "t4_codes.h"

/* Bits on their way out, the first in the highest place. There is room for all: see t6_room. */
typedef struct {
    uint8_t *at;
    uint64_t held;
    int count;
} bit_writer;

static inline void put(bit_writer *to, t4_code code)
{
    to->held = to->held << code.length | code.bits;
    to->count += code.length;
    if (to->count >= 32) {
        uint32_t whole = __builtin_bswap32((uint32_t) (to->held >> (to->count - 32)));
        memcpy(to->at, &whole, 4);
        to->at += 4;
        to->count -= 32;
    }
}

static inline void put_run(bit_writer *to, int32_t length, int colour)
{
    while (length >= 2624) {
        put(to, t4_making_up[colour][39]);
        length -= 2560;
    }
    if (length >= 64)
        put(to, t4_making_up[colour][length / 64 - 1]);
    put(to, t4_ending[colour][length % 64]);
}

static inline uint64_t pixels_of(const uint8_t *row, size_t octets)
{
    uint64_t pixels = 0;
    memcpy(&pixels, row, octets);
    return __builtin_bswap64(pixels);
}

/* Writes down where the colour of a row changes; the first change is to black. Ends with the width, four times. */
static inline void find_changes(const uint8_t *row, int32_t width, int32_t *changes)
{
    uint64_t last = 0;
    int32_t x, octets = (width + 7) / 8;
    for (x = 0; x < width; x += 64) {
        int32_t left = octets - x / 8;
        uint64_t pixels = left >= 8 ? pixels_of(row + x / 8, 8) : pixels_of(row + x / 8, (size_t) left), differs;
        differs = pixels ^ (pixels >> 1 | last << 63);
        last = pixels & 1;
        while (differs) {
            int next = __builtin_clzll(differs);
            if (x + next >= width) /* spare bits are no pixels */
                break;
            *changes++ = x + next;
            differs ^= (uint64_t) 1 << 63 >> next;
        }
    }
    for (x = 0; x < 4; x++)
        *changes++ = width;
}

/* One row, by the row above (T.4 4.2.1.3). The names are the standard's. */
static inline void encode_row(bit_writer *to, const int32_t *changes, const int32_t *above, int32_t width)
{
    int32_t a0 = -1;
    int colour = 0;
    const int32_t *a1 = changes, *b1 = above;
    while (a0 < width) {
        while (*b1 <= a0 && *b1 < width)
            b1 += 2;
        if (b1[1] < *a1) {
            put(to, t4_pass_mode);
            a0 = b1[1];
        } else if (*a1 - *b1 >= -3 && *a1 - *b1 <= 3) {
            put(to, t4_vertical_mode[*a1 - *b1 + 3]);
            a0 = *a1++;
            colour = !colour;
            b1 += b1 > above ? -1 : 1;
        } else {
            put(to, t4_horizontal_mode);
            put_run(to, *a1 - (a0 < 0 ? 0 : a0), colour);
            put_run(to, a1[1] - *a1, !colour);
            a0 = a1[1];
            a1 += 2;
        }
    }
}

size_t t6_room(uint32_t width, uint32_t rows)
{
    /* The worst is a white and a black pixel in turn: 3 + 6 + 3 bits for two of them. And a few words for the ends. */
    return ((size_t) width * 6 + 64) / 8 * rows + 64;
}

T6_WIDE size_t t6_encode(const uint8_t *bits, uint32_t width, uint32_t rows, uint8_t *coded)
{
    bit_writer to = {coded, 0, 0};
    const t4_code end = {12, 0x001};
    size_t stride = (width + 7) / 8;
    int32_t *changes = malloc(2 * (width + 8) * sizeof *changes), *above = changes + width + 8, *all = changes;
    uint32_t row;
    if (!all)
        return 0;
    above[0] = above[1] = above[2] = above[3] = (int32_t) width;
    for (row = 0; row < rows; row++, bits += stride) {
        int32_t *old = above;
        find_changes(bits, (int32_t) width, changes);
        encode_row(&to, changes, above, (int32_t) width);
        above = changes;
        changes = old;
    }
    put(&to, end);
    put(&to, end);
    while (to.count > 0) {
        to.count -= 8;
        *to.at++ = (uint8_t) (to.count >= 0 ? to.held >> to.count : to.held << -to.count);
    }
    free(all);
    return (size_t) (to.at - coded);
}
