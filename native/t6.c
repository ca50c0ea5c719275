/* See t6.h. */

#include "t6.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t length;
    uint16_t bits;
} t4_code;

static const t4_code ending[2][64] = { /* T.4 table 2: runs of 0 to 63; white, then black */
    {
    {8, 0x35}, {6, 0x07}, {4, 0x07}, {4, 0x08}, {4, 0x0b}, {4, 0x0c}, {4, 0x0e}, {4, 0x0f},
    {5, 0x13}, {5, 0x14}, {5, 0x07}, {5, 0x08}, {6, 0x08}, {6, 0x03}, {6, 0x34}, {6, 0x35},
    {6, 0x2a}, {6, 0x2b}, {7, 0x27}, {7, 0x0c}, {7, 0x08}, {7, 0x17}, {7, 0x03}, {7, 0x04},
    {7, 0x28}, {7, 0x2b}, {7, 0x13}, {7, 0x24}, {7, 0x18}, {8, 0x02}, {8, 0x03}, {8, 0x1a},
    {8, 0x1b}, {8, 0x12}, {8, 0x13}, {8, 0x14}, {8, 0x15}, {8, 0x16}, {8, 0x17}, {8, 0x28},
    {8, 0x29}, {8, 0x2a}, {8, 0x2b}, {8, 0x2c}, {8, 0x2d}, {8, 0x04}, {8, 0x05}, {8, 0x0a},
    {8, 0x0b}, {8, 0x52}, {8, 0x53}, {8, 0x54}, {8, 0x55}, {8, 0x24}, {8, 0x25}, {8, 0x58},
    {8, 0x59}, {8, 0x5a}, {8, 0x5b}, {8, 0x4a}, {8, 0x4b}, {8, 0x32}, {8, 0x33}, {8, 0x34},
    },
    {
    {10, 0x37}, {3, 0x02}, {2, 0x03}, {2, 0x02}, {3, 0x03}, {4, 0x03}, {4, 0x02}, {5, 0x03},
    {6, 0x05}, {6, 0x04}, {7, 0x04}, {7, 0x05}, {7, 0x07}, {8, 0x04}, {8, 0x07}, {9, 0x18},
    {10, 0x17}, {10, 0x18}, {10, 0x08}, {11, 0x67}, {11, 0x68}, {11, 0x6c}, {11, 0x37}, {11, 0x28},
    {11, 0x17}, {11, 0x18}, {12, 0xca}, {12, 0xcb}, {12, 0xcc}, {12, 0xcd}, {12, 0x68}, {12, 0x69},
    {12, 0x6a}, {12, 0x6b}, {12, 0xd2}, {12, 0xd3}, {12, 0xd4}, {12, 0xd5}, {12, 0xd6}, {12, 0xd7},
    {12, 0x6c}, {12, 0x6d}, {12, 0xda}, {12, 0xdb}, {12, 0x54}, {12, 0x55}, {12, 0x56}, {12, 0x57},
    {12, 0x64}, {12, 0x65}, {12, 0x52}, {12, 0x53}, {12, 0x24}, {12, 0x37}, {12, 0x38}, {12, 0x27},
    {12, 0x28}, {12, 0x58}, {12, 0x59}, {12, 0x2b}, {12, 0x2c}, {12, 0x5a}, {12, 0x66}, {12, 0x67},
    },
};

static const t4_code making_up[2][40] = { /* T.4 tables 3a and 3b: runs of 64 to 2560, in steps of 64 */
    {
    {5, 0x1b}, {5, 0x12}, {6, 0x17}, {7, 0x37}, {8, 0x36}, {8, 0x37}, {8, 0x64}, {8, 0x65},
    {8, 0x68}, {8, 0x67}, {9, 0xcc}, {9, 0xcd}, {9, 0xd2}, {9, 0xd3}, {9, 0xd4}, {9, 0xd5},
    {9, 0xd6}, {9, 0xd7}, {9, 0xd8}, {9, 0xd9}, {9, 0xda}, {9, 0xdb}, {9, 0x98}, {9, 0x99},
    {9, 0x9a}, {6, 0x18}, {9, 0x9b}, {11, 0x08}, {11, 0x0c}, {11, 0x0d}, {12, 0x12}, {12, 0x13},
    {12, 0x14}, {12, 0x15}, {12, 0x16}, {12, 0x17}, {12, 0x1c}, {12, 0x1d}, {12, 0x1e}, {12, 0x1f},
    },
    {
    {10, 0x0f}, {12, 0xc8}, {12, 0xc9}, {12, 0x5b}, {12, 0x33}, {12, 0x34}, {12, 0x35}, {13, 0x6c},
    {13, 0x6d}, {13, 0x4a}, {13, 0x4b}, {13, 0x4c}, {13, 0x4d}, {13, 0x72}, {13, 0x73}, {13, 0x74},
    {13, 0x75}, {13, 0x76}, {13, 0x77}, {13, 0x52}, {13, 0x53}, {13, 0x54}, {13, 0x55}, {13, 0x5a},
    {13, 0x5b}, {13, 0x64}, {13, 0x65}, {11, 0x08}, {11, 0x0c}, {11, 0x0d}, {12, 0x12}, {12, 0x13},
    {12, 0x14}, {12, 0x15}, {12, 0x16}, {12, 0x17}, {12, 0x1c}, {12, 0x1d}, {12, 0x1e}, {12, 0x1f},
    },
};

static const t4_code pass_mode = {4, 0x1}, horizontal_mode = {3, 0x1};
static const t4_code vertical_mode[7] = { /* T.4 table 4: a1 three to the left of b1, to three to the right */
    {7, 0x02}, {6, 0x02}, {3, 0x2}, {1, 0x1}, {3, 0x3}, {6, 0x03}, {7, 0x03},
};

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

static void put_run(bit_writer *to, int32_t length, int colour)
{
    while (length >= 2624) {
        put(to, making_up[colour][39]);
        length -= 2560;
    }
    if (length >= 64)
        put(to, making_up[colour][length / 64 - 1]);
    put(to, ending[colour][length % 64]);
}

static inline uint64_t pixels_of(const uint8_t *row, size_t octets)
{
    uint64_t pixels = 0;
    memcpy(&pixels, row, octets);
    return __builtin_bswap64(pixels);
}

/* Writes down where the colour of a row changes; the first change is to black. Ends with the width, four times. */
static void find_changes(const uint8_t *row, int32_t width, int32_t *changes)
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
static void encode_row(bit_writer *to, const int32_t *changes, const int32_t *above, int32_t width)
{
    int32_t a0 = -1;
    int colour = 0;
    const int32_t *a1 = changes, *b1 = above;
    while (a0 < width) {
        while (*b1 <= a0 && *b1 < width)
            b1 += 2;
        if (b1[1] < *a1) {
            put(to, pass_mode);
            a0 = b1[1];
        } else if (*a1 - *b1 >= -3 && *a1 - *b1 <= 3) {
            put(to, vertical_mode[*a1 - *b1 + 3]);
            a0 = *a1++;
            colour = !colour;
            b1 += b1 > above ? -1 : 1;
        } else {
            put(to, horizontal_mode);
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

size_t t6_encode(const uint8_t *bits, uint32_t width, uint32_t rows, uint8_t *coded)
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
