/* Shapes of ink: what hangs together, and how many holes it has. A lost cross-bar is what makes a fax unreadable. */
#include <stdlib.h>
#include <string.h>

#include "bilevel.h"

typedef struct {
    int from, to;
    uint32_t shape;
} stroke;

typedef struct {
    const uint8_t *packed;
    int width, rows, stride;
    stroke *above, *here; /* one row of each */
    uint32_t *parents;
    bw_shape *shapes;
    uint32_t count, room;
} sheet;

static uint32_t whole(uint32_t *parents, uint32_t at)
{
    while (parents[at] != at)
        at = parents[at] = parents[parents[at]];
    return at;
}

/* Cuts a row into strokes; 64 pixels at a time, of which most are white. */
static int cut_strokes(const sheet *s, int y, stroke *found)
{
    const uint8_t *row = s->packed + (size_t) y * s->stride;
    int count = 0, inside = 0;
    for (int i = 0; i < s->stride; i += 8) {
        uint64_t bits = 0, changes;
        for (int k = 0; k < 8; k++)
            bits = bits << 8 | (i + k < s->stride ? row[i + k] : 0);
        changes = bits ^ (bits >> 1 | (uint64_t) inside << 63);
        inside = bits & 1;
        for (; changes; changes &= ~(UINT64_C(1) << (63 - __builtin_clzll(changes)))) {
            int x = 8 * i + __builtin_clzll(changes);
            if (count % 2)
                found[count / 2].to = x;
            else
                found[count / 2] = (stroke) {x, x, 0};
            count++;
        }
    }
    if (inside)
        found[count++ / 2].to = 8 * s->stride;
    return count / 2;
}

static void unite(sheet *s, uint32_t a, uint32_t b)
{
    a = whole(s->parents, a);
    b = whole(s->parents, b);
    if (a == b)
        return;
    bw_shape *one = &s->shapes[a < b ? a : b], *other = &s->shapes[a < b ? b : a];
    s->parents[a < b ? b : a] = a < b ? a : b;
    one->left = other->left < one->left ? other->left : one->left;
    one->right = other->right > one->right ? other->right : one->right;
    one->top = other->top < one->top ? other->top : one->top;
    one->bottom = other->bottom > one->bottom ? other->bottom : one->bottom;
    one->pixels += other->pixels;
    one->holes += other->holes - 1;
}

/* Adds a row to the shapes above. Strokes are points and touches are lines between them: each line too many is a hole.
   Returns 0 when there is no more room. */
static int add_row(sheet *s, int y, int above, int here)
{
    for (int up = 0, at = 0; at < here; at++) {
        stroke *b = &s->here[at];
        int touches = 0;
        while (up < above && s->above[up].to < b->from)
            up++;
        for (int i = up; i < above && s->above[i].from <= b->to; i++) { /* corners touch */
            uint32_t shape = s->above[i].shape;
            if (!touches++)
                b->shape = whole(s->parents, shape);
            else
                unite(s, b->shape, shape);
        }
        if (!touches) {
            if (s->count == s->room)
                return 0;
            s->parents[s->count] = s->count;
            s->shapes[s->count] = (bw_shape) {.left = b->from, .right = b->to, .top = y, .bottom = y, .holes = 1};
            b->shape = s->count++;
        }
        bw_shape *shape = &s->shapes[whole(s->parents, b->shape)];
        shape->left = b->from < shape->left ? b->from : shape->left;
        shape->right = b->to > shape->right ? b->to : shape->right;
        shape->bottom = y + 1;
        shape->pixels += b->to - b->from;
        shape->holes += touches - 1;
    }
    return 1;
}

int bw_shapes(const uint8_t *packed, int width, int rows, bw_shape *shapes, int room)
{
    int stride = (width + 7) / 8, above = 0, found = 0;
    sheet s = {.packed = packed, .width = width, .rows = rows, .stride = stride, .shapes = shapes,
               .room = (uint32_t) room};
    stroke *lines = malloc(2 * ((size_t) 4 * stride + 1) * sizeof *lines);
    s.parents = malloc((size_t) room * sizeof *s.parents);
    if (!lines || !s.parents)
        found = -1;
    s.above = lines;
    s.here = lines + 4 * stride + 1;
    for (int y = 0; y < rows && !found; y++) {
        int here = cut_strokes(&s, y, s.here);
        if (!add_row(&s, y, above, here))
            break;
        stroke *other = s.above;
        s.above = s.here;
        s.here = other;
        above = here;
    }
    if (!found)
        for (uint32_t at = 0; at < s.count; at++)
            if (s.parents[at] == at)
                shapes[found++] = shapes[at];
    free(lines);
    free(s.parents);
    return found;
}

enum { STRIP_OCTETS = 16 };

/* A line of ink that has been seen as far as this row. */
typedef struct {
    int height, ink;
} line;

static inline int count_octets(const uint8_t *octets, size_t count)
{
    uint64_t bits[STRIP_OCTETS / 8] = {0};
    memcpy(bits, octets, count);
    return __builtin_popcountll(bits[0]) + __builtin_popcountll(bits[1]);
}

/* Counts the ink of each strip of a row. Says whether the row has any. */
BW_WIDE static int count_strips(const uint8_t *row, int stride, int *ink)
{
    int any = 0, whole = stride / STRIP_OCTETS, rest = stride % STRIP_OCTETS;
    for (int strip = 0; strip < whole; strip++)
        any |= ink[strip] = count_octets(row + strip * STRIP_OCTETS, STRIP_OCTETS);
    if (rest)
        any |= ink[whole] = count_octets(row + whole * STRIP_OCTETS, (size_t) rest);
    return any;
}

int bw_lines(const uint8_t *packed, int width, int rows, int least, int most, int tall)
{
    int stride = (width + 7) / 8, strips = (stride + STRIP_OCTETS - 1) / STRIP_OCTETS, count = 0, open = 0;
    line *lines = calloc((size_t) strips, sizeof *lines);
    int *ink = calloc((size_t) strips, sizeof *ink);
    for (int y = 0; y <= rows && lines && ink; y++) {
        int any = y < rows && count_strips(packed + (size_t) y * stride, stride, ink);
        if (!any && !open)
            continue;
        open = any;
        for (int strip = 0; strip < strips; strip++) {
            line *l = &lines[strip];
            if (any && ink[strip]) {
                l->height++;
                l->ink += ink[strip];
            } else if (l->height) {
                int octets = stride - strip * STRIP_OCTETS < STRIP_OCTETS ? stride - strip * STRIP_OCTETS : STRIP_OCTETS;
                int is_low = l->height >= least && l->height <= most && 12 * l->ink >= l->height * 8 * octets;
                count += is_low || l->height > tall;
                *l = (line) {0, 0};
            }
        }
    }
    int result = lines && ink ? count : -1;
    free(lines);
    free(ink);
    return result;
}

/* Counts the ink of a row into its columns. */
static void count_ink(const uint8_t *row, uint8_t *columns, int stride)
{
    for (int i = 0; i < stride; i++) {
        uint64_t bits = (row[i] * UINT64_C(0x0101010101010101) & UINT64_C(0x0102040810204080)), sum;
        bits = (bits + UINT64_C(0x7f7f7f7f7f7f7f7f)) >> 7 & UINT64_C(0x0101010101010101);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        bits = __builtin_bswap64(bits);
#endif
        __builtin_memcpy(&sum, columns + 8 * i, 8);
        sum += bits;
        __builtin_memcpy(columns + 8 * i, &sum, 8);
    }
}

int bw_shrink(const uint8_t *packed, int width, int rows, uint8_t *to, int to_width, int to_rows)
{
    int stride = (width + 7) / 8, to_stride = (to_width + 7) / 8;
    uint8_t *columns = malloc((size_t) 8 * stride), *black = calloc(8, (size_t) to_stride);
    for (int y = 0; y < to_rows && columns && black; y++) {
        int top = (int) ((int64_t) y * rows / to_rows), bottom = (int) ((int64_t) (y + 1) * rows / to_rows);
        memset(columns, 0, (size_t) 8 * stride);
        for (int from = top; from < bottom; from++)
            count_ink(packed + (size_t) from * stride, columns, stride);
        for (int x = 0; x < to_width; x++) {
            int left = (int) ((int64_t) x * width / to_width), right = (int) ((int64_t) (x + 1) * width / to_width);
            int ink = 0;
            for (int column = left; column < right; column++)
                ink += columns[column];
            black[x] = 2 * ink >= (bottom - top) * (right - left);
        }
        bw_pack(black, to + (size_t) y * to_stride, 8 * to_stride);
    }
    int result = columns && black ? 0 : -1;
    free(columns);
    free(black);
    return result;
}
