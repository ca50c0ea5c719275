/* The least and the most within a window around each pixel, and around each block. */
#include <stdlib.h>
#include <string.h>

#include "tones.h"

enum { STRIP = 512 };

/* What is read is read before it is written. */
BW_WIDE void bw_lesser(const uint8_t *a, const uint8_t *b, uint8_t *to, int count)
{
#pragma GCC ivdep
    for (int x = 0; x < count; x++)
        to[x] = a[x] < b[x] ? a[x] : b[x];
}

BW_WIDE void bw_greater(const uint8_t *a, const uint8_t *b, uint8_t *to, int count)
{
#pragma GCC ivdep
    for (int x = 0; x < count; x++)
        to[x] = a[x] > b[x] ? a[x] : b[x];
}

/* Along a row, in log2(size) passes over a line of the row and its edges drawn out. */
static void across(bw_choice *choose, const uint8_t *row, uint8_t *to, int width, int size, uint8_t *line)
{
    int before = size / 2, after = size - 1 - before, reach = 1;
    memset(line, row[0], (size_t) before);
    memcpy(line + before, row, (size_t) width);
    memset(line + before + width, row[width - 1], (size_t) after);
    while (reach < size) {
        int step = at_most(reach, size - reach);
        reach += step;
        choose(line, line + step, reach == size ? to : line, width + size - reach);
    }
}

/* Down strips of columns: with runs of `size` rows begun and ended, each window is one of either (van Herk). */
static void down(bw_choice *choose, const uint8_t *from, uint8_t *to, int width, int rows, int size)
{
    uint8_t ends[WINDOW][STRIP], begun[STRIP];
    int before = size / 2;
    for (int x = 0; x < width; x += STRIP) {
        int count = at_most(STRIP, width - x);
        for (int top = 0; top < rows; top += size) {
#define ROW(y) (from + (size_t) at_least(0, at_most(rows - 1, (y))) * width + x)
            memcpy(ends[size - 1], ROW(top - before + size - 1), (size_t) count);
            for (int i = size - 2; i >= 0; i--)
                choose(ends[i + 1], ROW(top - before + i), ends[i], count);
            for (int i = 0; i < size && top + i < rows; i++) {
                uint8_t *out = to + (size_t) (top + i) * width + x;
                if (i == 0) {
                    memcpy(out, ends[0], (size_t) count);
                    continue;
                }
                if (i == 1)
                    memcpy(begun, ROW(top - before + size), (size_t) count);
                else
                    choose(begun, ROW(top - before + size - 1 + i), begun, count);
                choose(ends[i], begun, out, count);
            }
#undef ROW
        }
    }
}

void bw_filter(bw_choice *choose, const part *p, const uint8_t *from, int stride, uint8_t *to)
{
    for (int y = 0; y < p->box_rows; y++)
        across(choose, from + (size_t) y * stride, p->spare + (size_t) y * p->box_width, p->box_width,
               p->job->grain.stroke_x, p->line);
    down(choose, p->spare, to, p->box_width, p->box_rows, p->job->grain.stroke_y);
}

/* The same in maps of blocks, so many blocks around each. */
void bw_spread_map(bw_choice *choose, const part *p, uint8_t *map, int reach)
{
    for (int y = 0; y < p->down; y++)
        across(choose, map + (size_t) y * p->across, p->work + (size_t) y * p->across, p->across, 2 * reach + 1,
               p->line);
    down(choose, p->work, map, p->across, p->down, 2 * reach + 1);
}
