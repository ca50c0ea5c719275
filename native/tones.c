/* Continuous tones: scanned paper becomes white and its writing black; photographs become dots of the right tone. */
#include <stdlib.h>
#include <string.h>

#include "tones.h"

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
    bw_spread_map(bw_greater, p, p->level, 12);
    bw_spread_map(bw_lesser, p, p->level, 12);
    for (int at = 0; at < p->across * p->down; at++)
        if (p->toned[at]) {
            blocks++;
            paper += p->ground[at] < 245 && BARE * p->level[at] <= 100 * p->ground[at];
            dim += p->level[at] < 140;
        }
    return paper > 0.35 * blocks && dim < 0.1 * blocks;
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
        bw_spread_map(bw_greater, p, p->seeds, 1);
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
    bw_spread_map(bw_greater, p, p->ground, 1);
    bw_spread_map(bw_lesser, p, p->ground, 1);
    dark = has_dark_ground(p);
    if (dark) {
        bw_filter(bw_lesser, p, grey, p->job->width, p->closed);
        bw_filter(bw_greater, p, p->closed, p->box_width, p->opened);
    }
    if (!p->paper) {
        bw_filter(bw_greater, p, grey, p->job->width, p->closed);
        bw_filter(bw_lesser, p, p->closed, p->box_width, p->closed);
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
    bw_spread_map(bw_greater, p, p->seeds, 1); /* their edges, between blocks */
    bw_spread_map(bw_lesser, p, p->ground, 1);
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
    written = p->job->treatment != BW_PHOTO && bw_find_tints(p, stack);
    photo = bw_find_photo(p, &c, stack);
    if (photo) {
        bw_find_range(p, &low, &high);
        bw_make_screen(p, low, high, screen);
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
