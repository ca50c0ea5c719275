/* Continuous tones: scanned paper becomes white and its writing black; photographs become dots of the right tone. */
#include <stdlib.h>
#include <string.h>

#include "bilevel.h"

/* Pixels of a block that were looked at, and those of them clearly darker or lighter than most. */
typedef struct {
    int samples, dark, light;
} strokes;

/* One rectangle of the page, its left edge a multiple of 8 pixels. */
typedef struct {
    const bw_job *job;
    const uint8_t *grey; /* its first pixel in the page */
    int left, top, width, rows;
    int bx, by, across, down; /* the same in blocks */
    int box_left, box_top, box_width, box_rows; /* pixels of it whose strokes are looked for, and: */
    uint8_t *closed, *opened, *spare;           /* a byte for each of them */
    uint8_t *toned, *ground, *level, *photo, *seeds, *work; /* a byte for each block */
    uint8_t *grey_of, *kind, *cuts, *tints; /* and these, of tints */
    strokes *strokes;
    uint8_t *line; /* room for a row and its edges drawn out */
    int paper;     /* it is a scan of paper, so bright or brighter where nothing is on it: see level */
    float *spread;
} part;

static int at_most(int a, int b) { return a < b ? a : b; }
static int at_least(int a, int b) { return a > b ? a : b; }

/* --- the least and the most within a window around each pixel --- */

/* `to` may be `a`, or stand before `b` and overlap it: what is read is read before it is written. */

BW_WIDE static void lesser(const uint8_t *a, const uint8_t *b, uint8_t *to, int count)
{
#pragma GCC ivdep
    for (int x = 0; x < count; x++)
        to[x] = a[x] < b[x] ? a[x] : b[x];
}

BW_WIDE static void greater(const uint8_t *a, const uint8_t *b, uint8_t *to, int count)
{
#pragma GCC ivdep
    for (int x = 0; x < count; x++)
        to[x] = a[x] > b[x] ? a[x] : b[x];
}

typedef void choice(const uint8_t *a, const uint8_t *b, uint8_t *to, int count);

enum { WINDOW = 64, STRIP = 512 };

enum { BARE = 85 }; /* per cent of its level that paper has where nothing is on it */

/* Along a row, in log2(size) passes over a line of the row and its edges drawn out. */
static void across(choice *choose, const uint8_t *row, uint8_t *to, int width, int size, uint8_t *line)
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
static void down(choice *choose, const uint8_t *from, uint8_t *to, int width, int rows, int size)
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

static void filter(choice *choose, const part *p, const uint8_t *from, int stride, uint8_t *to)
{
    for (int y = 0; y < p->box_rows; y++)
        across(choose, from + (size_t) y * stride, p->spare + (size_t) y * p->box_width, p->box_width,
               p->job->grain.stroke_x, p->line);
    down(choose, p->spare, to, p->box_width, p->box_rows, p->job->grain.stroke_y);
}

/* The same in maps of blocks, so many blocks around each. */
static void spread_map(choice *choose, const part *p, uint8_t *map, int reach)
{
    for (int y = 0; y < p->down; y++)
        across(choose, map + (size_t) y * p->across, p->work + (size_t) y * p->across, p->across, 2 * reach + 1,
               p->line);
    down(choose, p->work, map, p->across, p->down, 2 * reach + 1);
}

/* --- paper --- */

BW_WIDE static void add_up(const uint8_t *restrict row, uint16_t *restrict sums, int width)
{
    for (int x = 0; x < width; x++)
        sums[x] = (uint16_t) (sums[x] + row[x]);
}

/* What is under the strokes of each block: the brightest sixteenth of it. */
static void find_ground(const part *p, uint16_t *sums)
{
    const bw_grain *g = &p->job->grain;
    int high = g->block_y / 4, wide = g->block_x / 4;
    memset(p->ground, 0, (size_t) p->across * p->down);
    for (int top = 0; top < p->rows; top += high) {
        int rows = at_most(high, p->rows - top);
        uint8_t *ground = p->ground + (size_t) (top / g->block_y) * p->across;
        memset(sums, 0, (size_t) p->width * sizeof *sums);
        for (int y = 0; y < rows; y++)
            add_up(p->grey + (size_t) (top + y) * p->job->width, sums, p->width);
        for (int from = 0; from < p->width; from += wide) {
            int to = at_most(from + wide, p->width), sum = 0;
            for (int x = from; x < to; x++)
                sum += sums[x];
            sum /= rows * (to - from);
            if (sum > ground[from / g->block_x])
                ground[from / g->block_x] = (uint8_t) sum;
        }
    }
}

/* Finds how bright the paper is at each block, from what is brightest within 5 cm, and says whether there is paper:
   a third of the rectangle is about as bright as that, and grey, and hardly any of it dark. */
static int find_paper(const part *p)
{
    int blocks = 0, paper = 0, dim = 0;
    memcpy(p->level, p->ground, (size_t) p->across * p->down);
    spread_map(greater, p, p->level, 12);
    spread_map(lesser, p, p->level, 12);
    for (int at = 0; at < p->across * p->down; at++)
        if (p->toned[at]) {
            blocks++;
            paper += p->ground[at] < 245 && BARE * p->level[at] <= 100 * p->ground[at];
            dim += p->level[at] < 140;
        }
    return paper > 0.35 * blocks && dim < 0.1 * blocks;
}

/* --- photographs --- */

typedef struct {
    uint16_t *sums, *steps, *tones;
    uint32_t *squares;
} columns;

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

/* --- tints, and what is written on them --- */

enum { MIXED, EDGE, WRITTEN, EVEN }; /* blocks of all greys; of one in part, and no strokes on it; with strokes; of one */
enum { APART = 12 };                 /* greys that differ by no more are one tint */
enum { WRITTEN_ON = 1, TO_DOTS };

/* Adds the pixels of a row that are darker or lighter than a grey, where it has that grey at both sides of them. */
static void add_strokes(const uint8_t *row, int width, int grey, strokes *s)
{
    int run = 0, before = 2; /* what the run is: darker, lighter, neither; 2 where it begins with the block */
    for (int x = 0; x < width; x++) {
        int now = row[x] < grey - 40 ? -1 : row[x] > grey + 40 ? 1 : 0;
        if (now == before || (now && before == 2)) {
            run++;
            continue;
        }
        if (!now && before != 2)
            *(before < 0 ? &s->dark : &s->light) += run;
        before = now || before != 2 ? now : 0;
        run = 1;
    }
}

/* Finds a block's most frequent grey, and the strokes on it, from four of its rows. */
static strokes sample(const part *p, int bx, int by)
{
    const bw_grain *g = &p->job->grain;
    int counts[34] = {0}, others[34] = {0}, most = 1, seen = 0, near; /* by eights, with an empty one at either end */
    int from = bx * g->block_x, width = at_most(g->block_x, p->width - from), at = by * p->across + bx;
    int first = by * g->block_y + g->block_y / 8, last = at_most((by + 1) * g->block_y, p->rows);
    const uint8_t *block = p->grey + from;
    strokes s = {0, 0, 0};
    for (int y = first; y < last; y += g->block_y / 4) {
        const uint8_t *row = block + (size_t) y * p->job->width;
        for (int x = 0; x + 2 < width; x += 4) { /* by turns: neighbours are alike, and one count would wait for itself */
            counts[1 + row[x] / 8]++;
            others[1 + row[x + 2] / 8]++;
            seen += 2;
        }
        s.samples += width;
    }
    for (int i = 1; i < 33; i++) {
        counts[i] += others[i];
        most = counts[i] > counts[most] ? i : most;
    }
    near = counts[most - 1] + counts[most] + counts[most + 1];
    p->grey_of[at] = (uint8_t) (8 * most - 4);
    p->kind[at] = 20 * near >= 17 * seen ? EVEN : 10 * near >= 3 * seen ? EDGE : MIXED;
    if (p->kind[at] == EDGE) {
        for (int y = first; y < last; y += g->block_y / 4)
            add_strokes(block + (size_t) y * p->job->width, width, p->grey_of[at], &s);
        if (30 * (s.dark + s.light) >= s.samples)
            p->kind[at] = WRITTEN;
    }
    return s;
}

static int is_tint(const part *p, int at)
{
    int level = p->paper ? p->level[at] : 255;
    return p->kind[at] != MIXED && p->grey_of[at] > BW_DARK && 100 * p->grey_of[at] < BARE * level;
}

/* Takes one tint off the map, from a block of it on. Writing makes its ground white or black; without any it becomes
   dots. What lies among all kinds of greys is part of a photograph, and no tint. */
static int take_tint(const part *p, int start, int *stack)
{
    int count = 0, mixed = 0, toned = 0, left = p->across, right = 0, top = p->down, bottom = 0;
    int64_t samples = 0, dark = 0, light = 0;
    p->work[start] = 1;
    stack[count++] = start;
    for (int done = 0; done < count; done++) {
        int at = stack[done], x = at % p->across, y = at / p->across;
        toned |= p->toned[at];
        left = at_most(left, x);
        right = at_least(right, x + 1);
        top = at_most(top, y);
        bottom = at_least(bottom, y + 1);
        samples += p->strokes[at].samples;
        dark += p->strokes[at].dark;
        light += p->strokes[at].light;
        for (int oy = at_least(0, y - 1); oy <= at_most(p->down - 1, y + 1) && p->kind[at] != EDGE; oy++)
            for (int ox = at_least(0, x - 1); ox <= at_most(p->across - 1, x + 1); ox++) {
                int other = oy * p->across + ox;
                mixed += p->kind[other] == MIXED;
                if (!p->work[other] && is_tint(p, other) && abs(p->grey_of[other] - p->grey_of[at]) <= APART) {
                    p->work[other] = 1;
                    stack[count++] = other;
                }
            }
    }
    if (!toned || count < 6 || mixed > count)
        return 0;
    int is_written = 80 * (dark + light) >= samples;
    if (is_written && 10 * count < 7 * (right - left) * (bottom - top)) /* boxes are square */
        return 0;
    for (int i = 0; i < count; i++) {
        int at = stack[i], grey = p->grey_of[at];
        p->cuts[at] = (uint8_t) (dark >= light ? grey : at_most(255, grey + 88));
        p->tints[at] = is_written ? WRITTEN_ON : p->job->treatment == BW_AUTO ? TO_DOTS : 0;
    }
    return is_written;
}

/* Finds the tints; says whether any is written on. */
static int find_tints(const part *p, int *stack)
{
    int written = 0;
    for (int by = 0; by < p->down; by++)
        for (int bx = 0; bx < p->across; bx++)
            p->strokes[by * p->across + bx] = sample(p, bx, by);
    memset(p->work, 0, (size_t) p->across * p->down);
    for (int at = 0; at < p->across * p->down; at++)
        if (!p->work[at] && is_tint(p, at) && p->kind[at] != EDGE)
            written |= take_tint(p, at, stack);
    return written;
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
    spread_map(greater, p, p->photo, 1); /* their edges, between blocks */
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
    spread_map(lesser, p, seeds, 1);
    spread_map(greater, p, seeds, 1);
    for (int at = 0; at < blocks; at++) {
        p->photo[at] = seeds[at] ? 2 : p->photo[at] && p->spread[at] < 9 ? 1 : 0;
        any |= seeds[at];
    }
    grow(p, stack);
    if (!any)
        return;
    spread_map(greater, p, p->photo, 5);
    spread_map(lesser, p, p->photo, 5);
    memcpy(seeds, p->photo, (size_t) blocks);
    spread_map(greater, p, seeds, 1);
    for (int at = 0; at < blocks; at++)
        p->photo[at] |= seeds[at] && p->spread[at] > 0.01f;
    square_up(p, stack);
}

/* Finds all that becomes dots; says whether anything does. */
static int find_photo(const part *p, const columns *c, int *stack)
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
static void find_range(const part *p, int *low, int *high)
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

/* --- what comes out --- */

enum { CELLS = 256 };
#define TURN 6.2831853f

/* Lays a screen of clustered dots over the columns of the page: the tones below which each of its pixels is black. */
static void make_screen(const part *p, int low, int high, uint8_t *screen)
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

BW_WIDE static void below(const uint8_t *restrict row, const uint8_t *restrict limits, uint8_t *restrict black, int width)
{
    for (int x = 0; x < width; x++)
        black[x] = row[x] < limits[x];
}

/* Cuts a row of paper: at two thirds of what is under it, and its strokes by their contrast to that; in dark boxes at the
   one threshold, and there light strokes stay. `under` counts in quarters of a grey, times the rows of a block. */
BW_WIDE static void cut_paper(const uint8_t *restrict row, const uint8_t *restrict opened,
                              const uint16_t *restrict under, int unit, int written, uint8_t *restrict black, int width)
{
    uint16_t middle = (uint16_t) (written ? 0 : 128 * unit), whole = (uint16_t) unit, more = (uint16_t) (unit * 3 / 2);
    for (int x = 0; x < width; x++) {
        uint8_t on_light = under[x] >= middle, is_light = (uint8_t) (row[x] - opened[x]) > BW_CONTRAST;
        uint8_t flat = (uint16_t) (row[x] * more) < under[x], plain = row[x] < BW_CUT;
        uint8_t is_dark = (uint16_t) ((row[x] + BW_CONTRAST) * whole) < under[x];
        black[x] = (uint8_t) (((on_light ? flat : plain) | is_dark) & !(is_light & !on_light));
    }
}

/* Cuts a row of anything else at the one threshold, and keeps strokes that are thinner than what they stand on. */
BW_WIDE static void cut_plain(const uint8_t *restrict row, const uint8_t *restrict closed, const uint8_t *restrict opened,
                              const uint16_t *restrict under, int unit, uint8_t *restrict black, int width)
{
    uint16_t cut = (uint16_t) (BW_CUT * unit);
    for (int x = 0; x < width; x++) {
        uint8_t is_dark = (uint8_t) (closed[x] - row[x]) > BW_CONTRAST;
        uint8_t is_light = (uint8_t) (row[x] - opened[x]) > BW_CONTRAST;
        black[x] = (uint8_t) (((row[x] < BW_CUT) | is_dark) & !(is_light & (under[x] < cut)));
    }
}

/* What is under the strokes, from one row of blocks: four times its grey, without steps. */
static void stretch(const part *p, int by, uint16_t *line)
{
    int block = p->job->grain.block_x;
    const uint8_t *row = p->ground + (size_t) at_least(0, at_most(p->down - 1, by)) * p->across;
    for (int bx = -1; bx < p->across; bx++) {
        int left = row[at_least(bx, 0)], right = row[at_most(bx + 1, p->across - 1)];
        int from = bx * block + block / 2, last = at_most(from + block, p->width);
        for (int x = at_least(from, 0); x < last; x++)
            line[x] = (uint16_t) (4 * left + 4 * (right - left) * (x - from) / block);
    }
}

BW_WIDE static void mix(const uint16_t *restrict upper, const uint16_t *restrict lower, int more, int block,
                        uint16_t *restrict to, int width)
{
    for (int x = 0; x < width; x++)
        to[x] = (uint16_t) (upper[x] * (block - more) + lower[x] * more);
}

/* Writes some blocks of one row of the rectangle. */
static void put(const part *p, int y, const uint8_t *black, const uint8_t *which, uint8_t *line)
{
    const bw_grain *g = &p->job->grain;
    int octets = g->block_x / 8, stride = p->job->stride;
    uint8_t *to = p->job->packed + (size_t) (p->top + y) * stride + p->left / 8;
    which += (size_t) (y / g->block_y) * p->across;
    bw_pack(black, line, (p->width + 7) & ~7);
    for (int bx = 0; bx < p->across; bx++)
        if (which[bx])
            memcpy(to + bx * octets, line + bx * octets,
                   (size_t) at_most(octets, stride - p->left / 8 - bx * octets));
}

static void write_photo(const part *p, const uint8_t *screen, uint8_t *black, uint8_t *line)
{
    for (int y = 0; y < p->rows; y++)
        if (memchr(p->photo + (size_t) (y / p->job->grain.block_y) * p->across, 1, (size_t) p->across)) {
            below(p->grey + (size_t) y * p->job->width,
                  screen + (size_t) ((p->top + y) % p->job->grain.dot_y) * p->width, black, p->width);
            put(p, y, black, p->photo, line);
        }
}

static void write_rest(const part *p, int dark, int written, uint16_t *under, uint8_t *black, uint8_t *line)
{
    const bw_grain *g = &p->job->grain;
    uint16_t *upper = under + p->width, *lower = under + 2 * (size_t) p->width;
    int held = -2, unit = 4 * g->block_y, left = p->box_left;
    for (int y = p->box_top; y < p->box_top + p->box_rows; y++) {
        const uint8_t *row = p->grey + (size_t) y * p->job->width + left;
        size_t at = (size_t) (y - p->box_top) * p->box_width;
        int from = y - g->block_y / 2, by = from < 0 ? -1 : from / g->block_y;
        if (by != held) {
            uint16_t *other = upper;
            upper = lower;
            lower = other;
            if (held == -2)
                stretch(p, by, upper);
            stretch(p, by + 1, lower);
            held = by;
        }
        mix(upper, lower, from - by * g->block_y, g->block_y, under, p->width);
        if (p->paper || written)
            cut_paper(row, dark ? p->opened + at : row, under + left, unit, written, black + left, p->box_width);
        else
            cut_plain(row, p->closed + at, dark ? p->opened + at : row, under + left, unit, black + left, p->box_width);
        put(p, y, black, p->seeds, line);
    }
}

/* Finds the blocks that are not photographs and have something on them, and the box around them. */
static int find_rest(part *p)
{
    const bw_grain *g = &p->job->grain;
    int left = p->across, right = 0, top = p->down, bottom = 0;
    for (int at = 0; at < p->across * p->down; at++)
        p->seeds[at] = !p->photo[at] && (p->paper ? p->toned[at] : p->toned[at] & BW_TONED) != 0;
    if (!p->paper)
        spread_map(greater, p, p->seeds, 1);
    for (int at = 0; at < p->across * p->down; at++) {
        p->seeds[at] &= !p->photo[at] && p->toned[at];
        if (p->seeds[at]) {
            left = at_most(left, at % p->across);
            right = at_least(right, at % p->across + 1);
            top = at_most(top, at / p->across);
            bottom = at_least(bottom, at / p->across + 1);
        }
    }
    p->box_left = left * g->block_x;
    p->box_top = top * g->block_y;
    p->box_width = at_most(right * g->block_x, p->width) - p->box_left;
    p->box_rows = at_most(bottom * g->block_y, p->rows) - p->box_top;
    return left < right;
}

/* Gives the page back what was found: photographs are toned to their last block. */
static void report(const part *p)
{
    for (int y = 0; y < p->down; y++)
        for (int x = 0; x < p->across; x++)
            if (p->photo[y * p->across + x]) {
                size_t at = (size_t) (p->by + y) * p->job->across + p->bx + x;
                p->job->toned[at] = p->job->dotted[at] = 1;
            }
}

/* Is there ground dark enough for light strokes to stand on it? */
static int has_dark_ground(const part *p)
{
    for (int at = 0; at < p->across * p->down; at++)
        if (p->seeds[at] && p->ground[at] < (p->paper ? 128 : BW_CUT) + BW_CONTRAST / 2)
            return 1;
    return 0;
}

static void treat_rest(part *p, uint16_t *words, uint8_t *black, uint8_t *line)
{
    const uint8_t *grey;
    int dark;
    if (!find_rest(p))
        return;
    grey = p->grey + (size_t) p->box_top * p->job->width + p->box_left;
    spread_map(greater, p, p->ground, 1);
    spread_map(lesser, p, p->ground, 1);
    dark = has_dark_ground(p);
    if (dark) {
        filter(lesser, p, grey, p->job->width, p->closed);
        filter(greater, p, p->closed, p->box_width, p->opened);
    }
    if (!p->paper) {
        filter(greater, p, grey, p->job->width, p->closed);
        filter(lesser, p, p->closed, p->box_width, p->closed);
    }
    write_rest(p, dark, 0, words, black, line);
}

/* Writes what is written on tints, by the grey of each tint. */
static void treat_written(part *p, uint16_t *words, uint8_t *black, uint8_t *line)
{
    int blocks = p->across * p->down;
    for (int at = 0; at < blocks; at++) {
        p->seeds[at] = p->tints[at] == WRITTEN_ON;
        p->ground[at] = p->seeds[at] ? p->cuts[at] : p->paper ? p->level[at] : 255;
    }
    spread_map(greater, p, p->seeds, 1); /* their edges, between blocks */
    spread_map(lesser, p, p->ground, 1);
    for (int y = 0; y < p->down; y++)
        for (int x = 0; x < p->across; x++) {
            uint8_t *here = &p->seeds[y * p->across + x];
            *here &= !p->photo[y * p->across + x];
            p->job->toned[(size_t) (p->by + y) * p->job->across + p->bx + x] |= *here;
        }
    p->box_left = p->box_top = 0;
    p->box_width = p->width;
    p->box_rows = p->rows;
    write_rest(p, 0, 1, words, black, line);
}

static int treat(part *p, uint8_t *maps, uint8_t *bytes, uint16_t *words, uint32_t *longs, int *stack)
{
    size_t pixels = (size_t) p->width * p->rows, blocks = (size_t) p->across * p->down, row = (size_t) p->width + 2 * WINDOW;
    columns c = {words, words + p->width, words + 2 * (size_t) p->width, longs};
    uint8_t *black = bytes + 3 * pixels + row, *line = black + row, *screen = line + row;
    int photo, low, high, written;
    p->closed = bytes, p->opened = bytes + pixels, p->spare = bytes + 2 * pixels, p->line = bytes + 3 * pixels;
    p->toned = maps, p->ground = maps + blocks, p->level = maps + 2 * blocks, p->photo = maps + 3 * blocks;
    p->seeds = maps + 4 * blocks, p->work = maps + 5 * blocks, p->grey_of = maps + 6 * blocks;
    p->kind = maps + 7 * blocks, p->cuts = maps + 8 * blocks, p->tints = maps + 9 * blocks;
    memset(black, 0, row); /* spare bits */
    for (int y = 0; y < p->down; y++)
        memcpy(p->toned + (size_t) y * p->across,
               p->job->toned + (size_t) (p->by + y) * p->job->across + p->bx, (size_t) p->across);
    find_ground(p, words);
    p->paper = find_paper(p);
    written = p->job->treatment != BW_PHOTO && find_tints(p, stack);
    photo = find_photo(p, &c, stack);
    if (photo) {
        find_range(p, &low, &high);
        make_screen(p, low, high, screen);
        write_photo(p, screen, black, line);
        report(p);
    }
    treat_rest(p, words, black, line);
    if (written)
        treat_written(p, words, black, line);
    return photo;
}

int bw_tones(const bw_job *job, int left, int top, int right, int bottom)
{
    const bw_grain *g = &job->grain;
    part p = {.job = job, .left = left * g->block_x, .top = top * g->block_y, .bx = left, .by = top,
              .across = right - left, .down = bottom - top};
    p.width = at_most(job->width, right * g->block_x) - p.left;
    p.rows = at_most(job->rows, bottom * g->block_y) - p.top;
    p.grey = job->grey + (size_t) p.top * job->width + p.left;
    size_t blocks = (size_t) p.across * p.down, width = (size_t) p.width;
    uint8_t *maps = calloc(10, blocks);
    uint8_t *bytes = malloc(3 * width * p.rows + 3 * (width + 2 * WINDOW) + width * g->dot_y);
    uint16_t *words = calloc(3 * width, sizeof *words);
    uint32_t *longs = calloc(width, sizeof *longs);
    int *stack = malloc(2 * blocks * sizeof *stack), result = -1;
    p.spread = malloc(blocks * sizeof *p.spread);
    p.strokes = malloc(blocks * sizeof *p.strokes);
    if (maps && bytes && words && longs && stack && p.spread && p.strokes)
        result = treat(&p, maps, bytes, words, longs, stack);
    free(maps);
    free(bytes);
    free(words);
    free(longs);
    free(stack);
    free(p.spread);
    free(p.strokes);
    return result;
}
