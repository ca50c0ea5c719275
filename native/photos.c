/* Photographs, and the dots that they become. */
#include <stdlib.h>
#include <string.h>

#include "tones.h"

BW_WIDE static void measure(const uint8_t *restrict row, uint16_t *restrict sums, uint16_t *restrict steps,
                            uint16_t *restrict tones, uint32_t *restrict squares, int width)
{
    for (int x = 0; x < width; x++) {
        uint8_t next = row[x + (x + 1 < width)];
        sums[x] = (uint16_t) (sums[x] + row[x]);
        steps[x] = (uint16_t) (steps[x] + (row[x] > next ? row[x] - next : next - row[x]));
        tones[x] = (uint16_t) (tones[x] + (row[x] > 25 && row[x] < BW_LIGHT));
        squares[x] += (uint32_t) (row[x] * row[x]);
    }
}

/* Marks in `photo` where one surely is, 2, and where it may go on as a sky does, 1. */
static void find_seeds(const part *p, const columns *c)
{
    const bw_grain *g = &p->job->grain;
    for (int by = 0; by < p->down; by++) {
        int rows = at_most(g->block_y, p->rows - by * g->block_y), step = g->block_y / 4; /* four rows tell enough */
        memset(c->sums, 0, (size_t) p->width * sizeof *c->sums * 3);
        memset(c->squares, 0, (size_t) p->width * sizeof *c->squares);
        for (int y = 0; y < rows; y += step)
            measure(p->grey + (size_t) (by * g->block_y + y) * p->job->width, c->sums, c->steps, c->tones,
                    c->squares, p->width);
        for (int bx = 0; bx < p->across; bx++) {
            int from = bx * g->block_x, to = at_most(from + g->block_x, p->width), at = by * p->across + bx;
            float many = (float) ((rows + step - 1) / step * (to - from)), sum = 0, steps = 0, tones = 0, squares = 0, variance;
            for (int x = from; x < to; x++) {
                sum += c->sums[x];
                steps += c->steps[x];
                tones += c->tones[x];
                squares += (float) c->squares[x];
            }
            variance = squares / many - sum / many * (sum / many);
            p->spread[at] = variance;
            p->photo[at] = 0;
            if (p->toned[at] && tones > 0.6f * many && steps < 24 * many)
                p->photo[at] = variance > 1.5f * 1.5f ? 2 : variance > 0.01f ? 1 : 0;
        }
    }
}

/* Lets what is sure grow over all that may go on, and drops the rest of that. */
static void grow(const part *p, int *stack)
{
    int depth = 0, blocks = p->across * p->down;
    for (int at = 0; at < blocks; at++)
        if (p->photo[at] == 2)
            stack[depth++] = at;
    while (depth) {
        int at = stack[--depth], x = at % p->across, y = at / p->across;
        for (int oy = at_least(0, y - 1); oy <= at_most(p->down - 1, y + 1); oy++)
            for (int ox = at_least(0, x - 1); ox <= at_most(p->across - 1, x + 1); ox++)
                if (p->photo[oy * p->across + ox] == 1) {
                    p->photo[oy * p->across + ox] = 2;
                    stack[depth++] = oy * p->across + ox;
                }
    }
    for (int at = 0; at < blocks; at++)
        p->photo[at] = p->photo[at] == 2;
}

/* Squares up what nearly fills its rectangle, as pictures do. */
static void square_up(const part *p, int *stack)
{
    memset(p->work, 0, (size_t) p->across * p->down);
    for (int start = 0; start < p->across * p->down; start++) {
        int depth = 0, count = 0, left = p->across, right = 0, top = p->down, bottom = 0;
        if (!p->photo[start] || p->work[start])
            continue;
        p->work[start] = 1;
        stack[depth++] = start;
        while (depth) {
            int at = stack[--depth], x = at % p->across, y = at / p->across;
            count++;
            left = at_most(left, x);
            right = at_least(right, x);
            top = at_most(top, y);
            bottom = at_least(bottom, y);
            for (int oy = at_least(0, y - 1); oy <= at_most(p->down - 1, y + 1); oy++)
                for (int ox = at_least(0, x - 1); ox <= at_most(p->across - 1, x + 1); ox++) {
                    int other = oy * p->across + ox;
                    if (p->photo[other] && !p->work[other]) {
                        p->work[other] = 1;
                        stack[depth++] = other;
                    }
                }
        }
        if (count > 0.85 * (right - left + 1) * (bottom - top + 1))
            for (int y = top; y <= bottom; y++)
                for (int x = left; x <= right; x++)
                    p->photo[y * p->across + x] = p->work[y * p->across + x] = 1;
    }
}

/* Finds what is on paper, patch by patch: photographs and tints are smooth; writing on a tint is not, and its tint goes
   the way of the paper; what is small stays as dark as it is. */
static void find_patches(const part *p, int *stack)
{
    for (int at = 0; at < p->across * p->down; at++) {
        p->seeds[at] = p->toned[at] && !p->tints[at] && 100 * p->ground[at] < BARE * p->level[at] ? p->photo[at] ? 2 : 1 : 0;
        p->photo[at] = 0;
    }
    for (int start = 0; start < p->across * p->down; start++) {
        int depth = 0, count = 0, smooth = 0;
        if (!p->seeds[start])
            continue;
        smooth += p->seeds[start] == 2;
        p->seeds[start] = 0;
        stack[count++] = start;
        while (depth < count) { /* what was taken stays on the stack */
            int at = stack[depth++], x = at % p->across, y = at / p->across;
            for (int oy = at_least(0, y - 1); oy <= at_most(p->down - 1, y + 1); oy++)
                for (int ox = at_least(0, x - 1); ox <= at_most(p->across - 1, x + 1); ox++) {
                    int other = oy * p->across + ox;
                    if (p->seeds[other]) {
                        smooth += p->seeds[other] == 2;
                        p->seeds[other] = 0;
                        stack[count++] = other;
                    }
                }
        }
        int is_large = count >= 6, is_smooth = 10 * smooth >= 6 * count;
        for (int i = 0; i < count; i++)
            if (is_large && is_smooth && p->job->treatment == BW_AUTO)
                p->photo[stack[i]] = 1;
            else if (!is_large || is_smooth)
                p->ground[stack[i]] = p->level[stack[i]];
    }
    bw_spread_map(bw_greater, p, p->photo, 1); /* their edges, between blocks */
    for (int at = 0; at < p->across * p->down; at++)
        p->photo[at] &= p->toned[at] != 0;
}

/* Finds photographs: blocks of middle tones that change smoothly, in patches, and the sky above them. */
static void find_pictures(const part *p, int *stack)
{
    uint8_t *seeds = p->seeds;
    int blocks = p->across * p->down, any = 0;
    for (int at = 0; at < blocks; at++)
        seeds[at] = p->photo[at] == 2 && p->tints[at] != WRITTEN_ON;
    bw_spread_map(bw_lesser, p, seeds, 1);
    bw_spread_map(bw_greater, p, seeds, 1);
    for (int at = 0; at < blocks; at++) {
        p->photo[at] = seeds[at] ? 2 : p->photo[at] && p->spread[at] < 9 ? 1 : 0;
        any |= seeds[at];
    }
    grow(p, stack);
    if (!any)
        return;
    bw_spread_map(bw_greater, p, p->photo, 5);
    bw_spread_map(bw_lesser, p, p->photo, 5);
    memcpy(seeds, p->photo, (size_t) blocks);
    bw_spread_map(bw_greater, p, seeds, 1);
    for (int at = 0; at < blocks; at++)
        p->photo[at] |= seeds[at] && p->spread[at] > 0.01f;
    square_up(p, stack);
}

/* Finds all that becomes dots; says whether anything does. */
int bw_find_photo(const part *p, const columns *c, int *stack)
{
    int blocks = p->across * p->down, any = 0;
    if (p->job->treatment == BW_PHOTO) {
        memset(p->photo, 1, (size_t) blocks);
        return 1;
    }
    find_seeds(p, c);
    if (p->paper)
        find_patches(p, stack);
    else if (p->job->treatment == BW_AUTO)
        find_pictures(p, stack);
    else
        memset(p->photo, 0, (size_t) blocks);
    for (int at = 0; at < blocks; at++) {
        p->photo[at] = p->tints[at] != WRITTEN_ON && (p->photo[at] || p->tints[at] == TO_DOTS);
        any |= p->photo[at];
    }
    return any;
}

/* Finds the darkest and the lightest tone that matter, from every fourth pixel. On paper the lightest is halfway to the
   paper's own, so that the palest of its tints is not white. */
void bw_find_range(const part *p, int *low, int *high)
{
    const bw_grain *g = &p->job->grain;
    int counts[256] = {0}, total = 0, seen = 0, whole = p->job->treatment == BW_PHOTO;
    int64_t limits = 0;
    for (int y = 0; y < p->rows; y += 2)
        for (int bx = 0; bx < p->across; bx++) {
            const uint8_t *row = p->grey + (size_t) y * p->job->width;
            int at = y / g->block_y * p->across + bx;
            int last = p->photo[at] ? at_most((bx + 1) * g->block_x, p->width) : 0;
            int dark = whole ? BW_DARK - 15 : -1, bright = p->paper ? p->level[at] * BARE / 100 : whole ? BW_LIGHT : 256;
            for (int x = bx * g->block_x; x < last; x += 2)
                if (row[x] > dark && row[x] < bright) {
                    counts[row[x]]++;
                    total++;
                    limits += bright;
                }
        }
    *low = 0;
    while (*low < 255 && (seen += counts[*low]) < 0.03 * total)
        ++*low;
    *high = *low;
    while (*high < 255 && seen < 0.93 * total)
        seen += counts[++*high];
    if (p->paper && total)
        *high = (*high + (int) (limits / total)) / 2;
}

enum { CELLS = 256 };
#define TURN 6.2831853f

/* Lays a screen of clustered dots over the columns of the page: the tones below which each of its pixels is black. */
void bw_make_screen(const part *p, int low, int high, uint8_t *screen)
{
    const bw_grain *g = &p->job->grain;
    int cells = at_most(g->dot_x * g->dot_y, CELLS);
    float heights[CELLS];
    for (int cell = 0; cell < cells; cell++)
        heights[cell] = __builtin_cosf((cell % g->dot_x + 0.5f) * TURN / g->dot_x)
                        * __builtin_cosf((cell / g->dot_x + 0.5f) * TURN / g->dot_y);
    for (int cell = 0; cell < cells; cell++) {
        int rank = 0;
        for (int other = 0; other < cells; other++) {
            float higher = heights[other] - heights[cell]; /* equal ones: the first comes first */
            rank += higher < -1e-5f || (higher < 1e-5f && other < cell);
        }
        float tone = (float) low + (rank + 0.5f) / cells * at_least(high - low, 1);
        for (int x = (cell % g->dot_x - p->left % g->dot_x + g->dot_x) % g->dot_x; x < p->width; x += g->dot_x)
            screen[(size_t) (cell / g->dot_x) * p->width + x] = (uint8_t) (tone + 1);
    }
}
