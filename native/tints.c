/* Tints in scans and pictures, and what is written on them. */
#include <stdlib.h>
#include <string.h>

#include "tones.h"

enum { MIXED, EDGE, WRITTEN, EVEN }; /* blocks of all greys; of one in part, and no strokes on it; with strokes; of one */
enum { APART = 12 };                 /* greys that differ by no more are one tint */

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
int bw_find_tints(const part *p, int *stack)
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
