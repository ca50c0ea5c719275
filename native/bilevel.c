/* The page as a whole: it is cut at one threshold, and where there is grey, it is decided who looks at it. */
#include <stdlib.h>
#include <string.h>

#include "bilevel.h"

enum {
    FEW = 16,    /* pixels of grey on a page that are not worth a look */
    VALUES = 6,  /* flat art has no more values of grey in a block */
    SLOPE = 8,   /* and its neighbouring fills differ by more */
    PALE = 216   /* strokes of lighter grey are lost on white */
};

/* Finds what is darkest in a row: most rows of a page are white. */
BW_WIDE static uint8_t darkest(const uint8_t *grey, int width)
{
    uint8_t least = 255;
    for (int x = 0; x < width; x++)
        least = grey[x] < least ? grey[x] : least;
    return least;
}

/* Cuts a row; says whether it has grey in it, and marks where. Rows have room for a multiple of 8. */
BW_WIDE static int cut_row(const uint8_t *restrict grey, int width, uint8_t *restrict black, uint8_t *restrict middle)
{
    uint8_t any = 0;
    for (int x = 0; x < width; x++) {
        uint8_t is_middle = (uint8_t) (grey[x] - BW_DARK - 1) < BW_LIGHT - BW_DARK - 1;
        black[x] = grey[x] < BW_CUT;
        middle[x] = is_middle;
        any |= is_middle;
    }
    return any;
}

BW_WIDE static int count_bits(const uint8_t *packed, int count)
{
    int bits = 0;
    for (int i = 0; i < count; i++)
        bits += __builtin_popcount(packed[i]);
    return bits;
}

/* The values of grey in a block, VALUES + 1 of them at most. */
typedef struct {
    uint8_t seen[VALUES + 1];
    int values, count, sum;
} census;

static void add(census *block, uint8_t value, int times)
{
    int at = block->values - 1; /* most often it is the one that came last */
    block->count += times;
    block->sum += value * times;
    while (at >= 0 && block->seen[at] != value)
        at--;
    if (at < 0 && block->values <= VALUES)
        block->seen[block->values++] = value;
}

/* Counts what is grey in a block; stops when it has too many values to be flat. */
static census count_block(const bw_job *job, const uint8_t *middle, int bx, int by)
{
    const bw_grain *g = &job->grain;
    int last = (by + 1) * g->block_y < job->rows ? (by + 1) * g->block_y : job->rows;
    int from = bx * g->block_x / 8, to = from + g->block_x / 8 < job->stride ? from + g->block_x / 8 : job->stride;
    census block = {.values = 0};
    for (int y = by * g->block_y; y < last && block.values <= VALUES; y++)
        for (int i = from; i < to && (block.values <= VALUES || y + 1 == last); i++) {
            unsigned bits = middle[(size_t) y * job->stride + i];
            const uint8_t *grey = job->grey + (size_t) y * job->width + 8 * i;
            if (bits == 0xff) {
                uint64_t eight;
                memcpy(&eight, grey, 8);
                if (eight == *grey * UINT64_C(0x0101010101010101)) {
                    add(&block, *grey, 8);
                    continue;
                }
            }
            for (; bits; bits &= bits - 1)
                add(&block, grey[7 - __builtin_ctz(bits)], 1);
        }
    return block;
}

/* Are its values so near to each other that they may be steps of a slope? */
static int is_even(const census *block)
{
    uint8_t least = 255, most = 0;
    for (int i = 0; i < block->values; i++) {
        least = block->seen[i] < least ? block->seen[i] : least;
        most = block->seen[i] > most ? block->seen[i] : most;
    }
    return most - least <= SLOPE;
}

static void note(bw_job *job, int top, int bottom)
{
    top = top < 0 ? 0 : top;
    bottom = bottom > job->rows ? job->rows : bottom;
    job->top = job->top < top ? job->top : top;
    job->bottom = job->bottom > bottom ? job->bottom : bottom;
}

/* Pale strokes would be lost at the cut. */
static int is_pale(const census *block)
{
    int pale = 0;
    for (int i = 0; i < block->values; i++)
        pale |= block->seen[i] >= BW_CUT && block->seen[i] < PALE;
    return pale;
}

BW_WIDE static void keep_both(uint8_t *restrict a, const uint8_t *restrict b, int count)
{
    for (int i = 0; i < count; i++)
        a[i] &= b[i];
}

/* Finds the blocks of continuous tones: of many values, or part of a slope. Notes pale ones that are flat. */
static void find_tones(bw_job *job, const uint8_t *middle, uint8_t *fill)
{
    int full = job->grain.block_x * job->grain.block_y;
    for (int by = 0; by < job->down; by++)
        for (int bx = 0; bx < job->across; bx++) {
            int at = by * job->across + bx;
            census block = count_block(job, middle, bx, by);
            job->toned[at] = block.values > VALUES ? BW_TONED : 0;
            fill[at] = (uint8_t) (block.count == full && is_even(&block) ? block.sum / full : 0);
            if (!job->toned[at] && is_pale(&block))
                note(job, (by - 1) * job->grain.block_y, (by + 2) * job->grain.block_y);
        }
    for (int by = 0; by < job->down; by++)
        for (int bx = 0; bx < job->across; bx++) {
            int at = by * job->across + bx, other[2] = {by ? at - job->across : at, bx ? at - 1 : at};
            for (int i = 0; i < 2; i++) {
                int step = abs(fill[at] - fill[other[i]]);
                if (fill[at] && fill[other[i]] && step && step <= SLOPE)
                    job->toned[at] = job->toned[other[i]] = BW_TONED;
            }
        }
}

/* Notes where there are fills, which may have letters on them: eight columns wholly grey through half a block. */
static void find_fills(bw_job *job, const uint8_t *middle, uint8_t *line)
{
    int step = job->grain.block_y / 2, octets = job->grain.block_x / 8;
    for (int y = 0; y + step <= job->rows; y += step) {
        const uint8_t *toned = job->toned + (size_t) (y / job->grain.block_y) * job->across;
        int found = 0;
        memcpy(line, middle + (size_t) y * job->stride, (size_t) job->stride);
        for (int i = 1; i < step; i++)
            keep_both(line, middle + (size_t) (y + i) * job->stride, job->stride);
        for (int i = 0; i < job->stride && !found; i++)
            found = line[i] == 0xff && !toned[i / octets];
        if (found)
            note(job, y - 2 * step, y + 3 * step);
    }
}

/* Adds the flat fills that toned blocks lie on, so that a tint is not judged in two halves. */
static void add_fills(bw_job *job, const uint8_t *fill)
{
    int blocks = job->across * job->down, changed = 1;
    for (int turn = 0; changed && turn < 64; turn++) {
        changed = 0;
        for (int i = 0; i < blocks; i++) {
            int at = turn % 2 ? blocks - 1 - i : i, x = at % job->across;
            if (fill[at] && !job->toned[at]
                && ((x && job->toned[at - 1]) || (x + 1 < job->across && job->toned[at + 1])
                    || (at >= job->across && job->toned[at - job->across])
                    || (at + job->across < blocks && job->toned[at + job->across])))
                job->toned[at] = changed = BW_NEAR;
        }
    }
}

/* Adds the neighbours of each toned block: letters and photographs do not end where blocks do. */
static void widen(bw_job *job, uint8_t *copy)
{
    memcpy(copy, job->toned, (size_t) job->across * job->down);
    for (int by = 0; by < job->down; by++)
        for (int bx = 0; bx < job->across; bx++)
            for (int y = by ? by - 1 : by; copy[by * job->across + bx] && y <= by + 1 && y < job->down; y++)
                for (int x = bx ? bx - 1 : bx; x <= bx + 1 && x < job->across; x++)
                    job->toned[y * job->across + x] |= BW_NEAR;
}

typedef struct {
    int left, top, right, bottom;
} rectangle;

enum { RECTANGLES = 32 };

static int meet(const rectangle *a, const rectangle *b)
{
    return a->left <= b->right && b->left <= a->right && a->top <= b->bottom && b->top <= a->bottom;
}

static void join(rectangle *a, const rectangle *b)
{
    a->left = a->left < b->left ? a->left : b->left;
    a->top = a->top < b->top ? a->top : b->top;
    a->right = a->right > b->right ? a->right : b->right;
    a->bottom = a->bottom > b->bottom ? a->bottom : b->bottom;
}

/* Finds rectangles that hold all toned blocks and do not meet: pictures on a page are judged one by one. */
static int find_rectangles(const bw_job *job, rectangle *found)
{
    int count = 0;
    for (int by = 0; by < job->down; by++)
        for (int bx = 0; bx < job->across; bx++) {
            if (!job->toned[by * job->across + bx])
                continue;
            rectangle next = {bx, by, bx + 1, by + 1};
            while (next.right < job->across && job->toned[by * job->across + next.right])
                next.right++;
            bx = next.right - 1;
            for (int i = 0; i < count; i++)
                if (meet(&found[i], &next) || count == RECTANGLES) {
                    join(&next, &found[i]);
                    found[i] = found[--count];
                    i = -1;
                }
            found[count++] = next;
        }
    return count;
}

static int treat(bw_job *job, const uint8_t *middle, uint8_t *scratch)
{
    rectangle found[RECTANGLES + 1];
    int dots = 0, count;
    job->top = job->rows;
    find_tones(job, middle, scratch);
    add_fills(job, scratch);
    if (job->treatment == BW_PHOTO)
        for (int at = 0; at < job->across * job->down; at++)
            job->toned[at] = BW_TONED;
    widen(job, scratch);
    find_fills(job, middle, scratch);
    count = find_rectangles(job, found);
    for (int i = 0; i < count; i++) {
        int kind = bw_tones(job, found[i].left, found[i].top, found[i].right, found[i].bottom);
        if (kind < 0)
            return -1;
        dots |= kind;
    }
    if (job->top < job->bottom && bw_flats(job) < 0)
        return -1;
    return dots;
}

int bw_page(const uint8_t *grey, int width, int rows, const bw_grain *grain, int treatment,
            uint8_t *packed, uint8_t *dotted)
{
    bw_job job = {.grey = grey, .packed = packed, .width = width, .rows = rows, .stride = (width + 7) / 8,
                  .grain = *grain, .treatment = treatment, .dotted = dotted};
    size_t greys = 0, blocks;
    int result = -1;
    job.across = (width + grain->block_x - 1) / grain->block_x;
    job.down = (rows + grain->block_y - 1) / grain->block_y;
    blocks = (size_t) job.across * job.down;
    memset(dotted, 0, blocks);
    uint8_t *flags = calloc(2, (size_t) job.stride * 8), *maps = calloc(2 * blocks + (size_t) job.stride, 1);
    uint8_t *middle = NULL; /* most pages of text have no use for it */
    int is_short = !flags || !maps;
    for (int y = 0; y < rows && !is_short; y++) {
        uint8_t *other = flags + 8 * job.stride;
        const uint8_t *row = grey + (size_t) y * width;
        if (darkest(row, width) >= BW_LIGHT) {
            memset(packed + (size_t) y * job.stride, 0, (size_t) job.stride);
            continue;
        }
        int any = cut_row(row, width, flags, other);
        bw_pack(flags, packed + (size_t) y * job.stride, 8 * job.stride);
        if (any && !middle) {
            middle = calloc((size_t) rows, (size_t) job.stride);
            is_short = !middle;
        }
        if (any && middle) {
            uint8_t *to = middle + (size_t) y * job.stride;
            bw_pack(other, to, 8 * job.stride);
            greys += (size_t) count_bits(to, job.stride);
        }
    }
    if (!is_short) {
        job.toned = maps;
        result = greys > FEW ? treat(&job, middle, maps + blocks) : 0;
    }
    free(flags);
    free(maps);
    free(middle);
    return result;
}
