/* Flat grey, as charts, tables and coloured letters have it: strokes stay whole, fills become white, black or a hatch.

   The page is cut into runs of one grey; runs that touch are an area. A thin area is a stroke, a thick one a fill. What
   an area lies on is the one that it borders on most. */
#include <stdlib.h>
#include <string.h>

#include "bilevel.h"

enum {
    ELSEWHERE = 1,     /* instead of a grey: not flat, not our business */
    WHITE = 255,       /* all that is nearly so; black is 0 */
    CONTRAST = 40,     /* between a stroke and what it lies on: without noise, less will do */
    LABEL = 24,        /* and if it is a fill */
    RUNS = 1 << 20,    /* a page of more is not flat art */
    ALIKE = 1,         /* fills that differ by no more need not be told apart */
    TEXTLESS = 12,     /* a fill of which letters cover less than 1/12 is there for its own sake */
    EDGE = 2,          /* pixels of the line around a hatch */
    HALO = 3           /* pixels of quiet around a letter on a hatch */
};

#define NONE UINT32_MAX

enum { AS_CUT, ALL_WHITE, ALL_BLACK, HATCHED };

typedef struct {
    uint32_t parent;      /* another one, of which this is a part */
    uint32_t pixels;
    uint32_t under, votes; /* the one it borders on most, by majority vote */
    uint32_t dark, light; /* pixels around letters that lie on it */
    uint16_t left, right, top, bottom;
    uint8_t grey;
    uint8_t thick; /* 0: a stroke; 1: thicker than strokes are; 2: twice that */
    uint8_t tone, hatch;
} area;

/* Columns that have been of one area for so many rows, up to this one. */
typedef struct {
    uint16_t low, high, deep;
} square;

typedef struct {
    uint16_t from, to;
    uint32_t area;
    square squares[2]; /* at least as wide as a stroke, and as two */
} run;

typedef struct {
    const bw_job *job;
    run *runs;
    uint8_t *greys; /* of each run */
    size_t *rows; /* where the runs of each row begin, and those of the last one end */
    area *areas;
    size_t count, room, areas_room;
    uint32_t areas_count;
    int top, bottom; /* rows with flat grey */
} sheet;

static int at_most(int a, int b) { return a < b ? a : b; }
static int at_least(int a, int b) { return a > b ? a : b; }

static uint32_t whole(area *areas, uint32_t at)
{
    while (areas[at].parent != at)
        at = areas[at].parent = areas[areas[at].parent].parent;
    return at;
}

static void unite(area *areas, uint32_t a, uint32_t b)
{
    a = whole(areas, a);
    b = whole(areas, b);
    if (a < b)
        areas[b].parent = a;
    else
        areas[a].parent = b;
}

/* --- areas --- */

/* Takes nearly black and nearly white as such; says where the grey changes, a bit for each pixel. */
BW_WIDE static void simplify(const uint8_t *restrict grey, uint8_t *restrict simple, int width)
{
    for (int x = 0; x < width; x++)
        simple[x] = grey[x] <= BW_DARK ? 0 : grey[x] >= BW_LIGHT ? WHITE : grey[x];
}

BW_WIDE static void find_changes(const uint8_t *restrict simple, uint8_t *restrict changes, int width)
{
    for (int x = 1; x < width; x++)
        changes[x] = simple[x] != simple[x - 1];
}

static int has_room(sheet *s)
{
    size_t width = (size_t) s->job->width;
    if (s->room < s->count + width) {
        s->room = 2 * s->room + width + 4096;
        run *more = realloc(s->runs, s->room * sizeof *more);
        s->runs = more ? more : s->runs;
        uint8_t *greys = realloc(s->greys, s->room);
        s->greys = greys ? greys : s->greys;
        if (!more || !greys)
            return 0;
    }
    if (s->areas_room < s->areas_count + width) {
        s->areas_room = 2 * s->areas_room + width + 1024;
        area *more = realloc(s->areas, s->areas_room * sizeof *more);
        if (!more)
            return 0;
        s->areas = more;
    }
    return 1;
}

/* Cuts a row into runs. */
static void cut_runs(sheet *s, int y, uint8_t *simple, uint8_t *changes, uint8_t *packed)
{
    const bw_job *job = s->job;
    const uint8_t *toned = job->toned + (size_t) (y / job->grain.block_y) * job->across;
    int width = job->width, from = 0;
    simplify(job->grey + (size_t) y * width, simple, width);
    for (int bx = 0; bx < job->across; bx++)
        if (toned[bx]) {
            int left = bx * job->grain.block_x;
            memset(simple + left, ELSEWHERE, (size_t) at_most(job->grain.block_x, width - left));
        }
    find_changes(simple, changes, width);
    changes[width] = 1;
    bw_pack(changes, packed, (width + 8) & ~7);
    for (int i = 0; i <= width / 8; i++)
        for (unsigned bits = packed[i]; bits; bits &= (1u << (31 - __builtin_clz(bits))) - 1) {
            int to = 8 * i + __builtin_clz(bits) - 24;
            square begun = {(uint16_t) from, (uint16_t) to, 1};
            s->runs[s->count++] = (run) {(uint16_t) from, (uint16_t) to, NONE, {begun, begun}};
            s->greys[s->count - 1] = simple[from];
            from = to;
        }
}

/* Lets the squares above go on in a run below, where they are deeper than its own and still wide enough. */
static void deepen(const sheet *s, const run *above, run *here)
{
    for (int i = 0; i < 2; i++) {
        const square *up = &above->squares[i];
        square *own = &here->squares[i];
        int low = at_least(up->low, here->from), high = at_most(up->high, here->to);
        if (high - low >= (i + 1) * s->job->grain.stroke_x && up->deep + 1 > own->deep)
            *own = (square) {(uint16_t) low, (uint16_t) high, (uint16_t) (up->deep + 1)};
    }
}

/* Gives each run of a row the area above that it touches, or a new one. */
static void join_rows(sheet *s, size_t above, size_t here, size_t end)
{
    for (size_t up = above, at = here; up < here && at < end;) {
        run *a = &s->runs[up], *b = &s->runs[at];
        if (s->greys[up] == s->greys[at] && at_least(a->from, b->from) < at_most(a->to, b->to)) {
            if (b->area == NONE)
                b->area = a->area;
            else
                unite(s->areas, a->area, b->area);
            deepen(s, a, b);
        }
        int first = a->to <= b->to, second = b->to <= a->to;
        up += (size_t) first;
        at += (size_t) second;
    }
    for (size_t at = here; at < end; at++)
        if (s->runs[at].area == NONE) {
            s->areas[s->areas_count] = (area) {.parent = s->areas_count, .grey = s->greys[at], .left = UINT16_MAX,
                                               .top = UINT16_MAX};
            s->runs[at].area = s->areas_count++;
        }
}

/* Finds all areas between the first and the last row of grey. 0 when memory is short or the page too restless. */
static int find_areas(sheet *s)
{
    const bw_job *job = s->job;
    uint8_t *simple = calloc(3, (size_t) job->width + 16);
    if (!simple)
        return 0;
    uint8_t *changes = simple + job->width + 16, *packed = changes + job->width + 16;
    for (int y = s->top; y < s->bottom; y++) {
        if (!has_room(s) || s->count > RUNS) {
            free(simple);
            return 0;
        }
        s->rows[y] = s->count;
        cut_runs(s, y, simple, changes, packed);
        join_rows(s, y > s->top ? s->rows[y - 1] : 0, s->rows[y], s->count);
    }
    s->rows[s->bottom] = s->count;
    free(simple);
    return 1;
}

/* --- what they are, and what they lie on --- */

/* Lets every run point at its whole area, and measures that. */
static void measure(sheet *s)
{
    const bw_grain *g = &s->job->grain;
    for (int y = s->top; y < s->bottom; y++)
        for (size_t at = s->rows[y]; at < s->rows[y + 1]; at++) {
            run *r = &s->runs[at];
            r->area = whole(s->areas, r->area);
            area *a = &s->areas[r->area];
            a->pixels += (uint32_t) (r->to - r->from);
            a->left = (uint16_t) at_most(a->left, r->from);
            a->right = (uint16_t) at_least(a->right, r->to);
            a->top = (uint16_t) at_most(a->top, y);
            a->bottom = (uint16_t) (y + 1);
            for (int i = 0; i < 2; i++)
                if (r->squares[i].deep >= (i + 1) * g->stroke_y && a->thick <= i)
                    a->thick = (uint8_t) (i + 1);
        }
}

static void vote(area *a, uint32_t other, uint32_t weight)
{
    if (a->under == other)
        a->votes += weight;
    else if (a->votes >= weight)
        a->votes -= weight;
    else {
        a->under = other;
        a->votes = weight - a->votes;
    }
}

static void meet(area *areas, uint32_t a, uint32_t b, int weight)
{
    if (a != b) {
        vote(&areas[a], b, (uint32_t) weight);
        vote(&areas[b], a, (uint32_t) weight);
    }
}

static void find_neighbours(sheet *s)
{
    for (int y = s->top; y < s->bottom; y++) {
        for (size_t at = s->rows[y] + 1; at < s->rows[y + 1]; at++)
            meet(s->areas, s->runs[at - 1].area, s->runs[at].area, 1);
        if (y > s->top)
            for (size_t up = s->rows[y - 1], at = s->rows[y]; at < s->rows[y + 1];) {
                const run *a = &s->runs[up], *b = &s->runs[at];
                meet(s->areas, a->area, b->area, at_most(a->to, b->to) - at_least(a->from, b->from));
                int first = a->to <= b->to, second = b->to <= a->to;
                up += (size_t) first;
                at += (size_t) second;
            }
    }
}

static uint32_t box(const area *a)
{
    return (uint32_t) (a->right - a->left) * (uint32_t) (a->bottom - a->top);
}

static int is_whole(const sheet *s, uint32_t at)
{
    return s->areas[at].parent == at && s->areas[at].pixels;
}

static int is_grey(const area *a)
{
    return a->grey != 0 && a->grey != WHITE && a->grey != ELSEWHERE;
}

/* Is it within what it borders on? A frame is not. */
static int lies_within(const area *a, const area *p)
{
    return p->left <= a->left && a->right <= p->right && p->top <= a->top && a->bottom <= p->bottom;
}

/* Tells every fill how much is written on it. */
static void find_letters(sheet *s)
{
    for (uint32_t at = 0; at < s->areas_count; at++) {
        area *a = &s->areas[at], *p = &s->areas[a->under];
        if (!is_whole(s, at) || a->thick == 2 || a->grey == ELSEWHERE || !p->thick || !is_grey(p)
            || !lies_within(a, p) || box(a) > box(p) / 2)
            continue;
        if (p->grey - a->grey >= LABEL)
            p->dark += box(a);
        else if (a->grey - p->grey >= LABEL)
            p->light += box(a);
    }
}

/* --- which fills must be told apart, and how --- */

/* In pixels at fine: so many rows black of so many, and columns likewise. */
static const struct {
    uint8_t rows, of_rows, columns, of_columns;
} HATCHES[] = {{6, 8, 0, 8}, {0, 8, 8, 16}, {4, 8, 0, 8}, {2, 16, 2, 16}, {2, 8, 0, 8}, {0, 8, 2, 16}, {2, 16, 0, 8}};
/* Lines along the page cost next to nothing in T.6, lines down it little, slanting ones much. */

enum { ALL_HATCHES = 7 };

static const uint8_t CHOSEN[ALL_HATCHES + 1][ALL_HATCHES] = {
    {0}, {4}, {2, 6}, {2, 4, 6}, {0, 2, 4, 6}, {0, 2, 4, 5, 6}, {0, 1, 2, 4, 5, 6}, {0, 1, 2, 3, 4, 5, 6}};

typedef struct {
    uint64_t shown[256], textless[256]; /* pixels in fills */
    uint64_t dark[256], light[256];     /* pixels around letters on them */
    uint8_t hatch[256];                 /* of fills of this grey, 1 is the first; 0: none */
} palette;

static int is_textless(const area *a)
{
    return (uint64_t) (a->dark + a->light) * TEXTLESS < box(a);
}

/* The page's own colour, or nearly. */
static int is_background(const sheet *s, const area *a)
{
    return box(a) > (uint64_t) s->job->width * (uint64_t) s->job->rows * 2 / 5;
}

static void collect(const sheet *s, palette *all)
{
    for (uint32_t at = 0; at < s->areas_count; at++) {
        const area *a = &s->areas[at];
        if (!is_whole(s, at) || !a->thick)
            continue;
        all->dark[a->grey] += a->dark;
        all->light[a->grey] += a->light;
        if (a->thick == 2 && !is_background(s, a)) {
            all->shown[a->grey] += a->pixels;
            all->textless[a->grey] += is_textless(a) ? a->pixels : 0;
        }
    }
}

/* Gives hatches to the greys that are there for their own sake, where cutting would not keep them apart. */
static void choose_hatches(palette *all)
{
    uint8_t first[256], groups = 0, darkest, hatched;
    for (int grey = BW_DARK + 1; grey < BW_LIGHT; grey++)
        if (all->shown[grey] && 2 * all->textless[grey] > all->shown[grey]) {
            if (!groups || grey - first[groups - 1] > ALIKE)
                first[groups++] = (uint8_t) grey;
            all->hatch[grey] = groups; /* its group, for now */
        }
    if (!groups)
        return;
    darkest = !all->shown[0] && first[0] < (groups == 1 ? BW_CUT : 110); /* may be black */
    hatched = (uint8_t) (groups - darkest);
    for (int grey = 0; grey < 256; grey++)
        if (all->hatch[grey]) {
            int rank = all->hatch[grey] - 1 - darkest;
            if (rank < 0)
                all->hatch[grey] = 0;
            else if (hatched == 1)
                all->hatch[grey] = grey < BW_CUT ? 5 : ALL_HATCHES;
            else if (hatched <= ALL_HATCHES)
                all->hatch[grey] = (uint8_t) (CHOSEN[hatched][rank] + 1);
            else
                all->hatch[grey] = (uint8_t) (rank * ALL_HATCHES / hatched + 1);
        }
}

static int cut(const area *a)
{
    return a->grey < BW_CUT ? ALL_BLACK : ALL_WHITE;
}

static void decide_fill(area *a, const palette *all)
{
    int is_shape = a->thick == 2 || a->pixels > 0.85 * box(a);
    a->tone = (uint8_t) cut(a);
    if (!is_grey(a))
        return;
    if (all->hatch[a->grey] && is_shape && is_textless(a)) {
        a->tone = HATCHED;
        a->hatch = (uint8_t) (all->hatch[a->grey] - 1);
    } else if (a->dark || a->light)
        a->tone = a->dark > a->light ? ALL_WHITE : ALL_BLACK;
    else if (all->dark[a->grey] || all->light[a->grey])
        a->tone = all->dark[a->grey] > all->light[a->grey] ? ALL_WHITE : ALL_BLACK;
}

/* A stroke is the opposite of what it lies on, if it can be seen on it. */
static void decide_stroke(const sheet *s, area *a)
{
    const area *p = &s->areas[a->under], *below = &s->areas[p->under];
    int contrast = abs(a->grey - p->grey), ground = p->tone;
    int is_letter = a->right - a->left <= 4 * s->job->grain.block_x && a->bottom - a->top <= 4 * s->job->grain.block_y;
    a->tone = (uint8_t) cut(a);
    if (p->grey == ELSEWHERE || a->grey == ELSEWHERE)
        return;
    if (!p->thick) { /* the eye of an e */
        if (below->thick && below->grey == a->grey)
            a->tone = below->tone == HATCHED ? (p->grey < a->grey ? ALL_WHITE : ALL_BLACK) : below->tone;
    } else if (contrast < (is_grey(p) ? LABEL : CONTRAST)) {
        a->tone = (uint8_t) ground;
        a->hatch = p->hatch;
    } else if (ground == HATCHED)
        a->tone = a->grey < p->grey ? ALL_BLACK : ALL_WHITE;
    else if (ground == ALL_WHITE)
        a->tone = a->grey < p->grey || is_letter ? ALL_BLACK : ALL_WHITE;
    else
        a->tone = a->grey > p->grey || is_letter ? ALL_WHITE : ALL_BLACK;
}

/* Decides for all areas; says whether any is hatched. */
static int decide(sheet *s)
{
    palette all = {.hatch = {0}};
    int hatched = 0;
    find_letters(s);
    collect(s, &all);
    if (s->job->treatment == BW_AUTO)
        choose_hatches(&all);
    for (uint32_t at = 0; at < s->areas_count; at++)
        if (is_whole(s, at) && s->areas[at].thick) {
            decide_fill(&s->areas[at], &all);
            hatched |= s->areas[at].tone == HATCHED;
        }
    for (uint32_t at = 0; at < s->areas_count; at++)
        if (is_whole(s, at) && !s->areas[at].thick)
            decide_stroke(s, &s->areas[at]);
    return hatched;
}

/* --- what comes out --- */

static void paint(uint8_t *row, int from, int to, int black)
{
    int first = from / 8, last = to / 8;
    uint8_t head = (uint8_t) (0xff >> from % 8), tail = (uint8_t) ~(0xff >> to % 8);
    if (first == last) {
        head &= tail;
        row[first] = (uint8_t) (black ? row[first] | head : row[first] & ~head);
        return;
    }
    row[first] = (uint8_t) (black ? row[first] | head : row[first] & ~head);
    memset(row + first + 1, black ? 0xff : 0, (size_t) (last - first - 1));
    if (tail)
        row[last] = (uint8_t) (black ? row[last] | tail : row[last] & ~tail);
}

/* Draws a line where a run of a hatched area has none of it in the row above or below. */
static void draw_edge(const sheet *s, uint8_t *row, const run *r, int other)
{
    int from = r->from;
    size_t at = other >= s->top && other < s->bottom ? s->rows[other] : 0, end = at ? s->rows[other + 1] : 0;
    for (; at < end && s->runs[at].from < r->to; at++)
        if (s->runs[at].area == r->area && s->runs[at].to > r->from) {
            if (from < s->runs[at].from)
                paint(row, from, s->runs[at].from, 1);
            from = s->runs[at].to;
        }
    if (from < r->to)
        paint(row, from, r->to, 1);
}

static void hatch(const sheet *s, uint8_t *row, int y, const run *r, int kind)
{
    const bw_grain *g = &s->job->grain;
    int of_rows = HATCHES[kind].of_rows * g->block_y / 16, rows = HATCHES[kind].rows * g->block_y / 16;
    int of_columns = HATCHES[kind].of_columns * g->block_x / 16, columns = HATCHES[kind].columns * g->block_x / 16;
    paint(row, r->from, r->to, y % of_rows < rows);
    for (int x = r->from / of_columns * of_columns; columns && x < r->to; x += of_columns)
        if (at_least(x, r->from) < at_most(x + columns, r->to))
            paint(row, at_least(x, r->from), at_most(x + columns, r->to), 1);
    paint(row, r->from, at_most(r->from + EDGE, r->to), 1);
    paint(row, at_least(r->to - EDGE, r->from), r->to, 1);
    draw_edge(s, row, r, y - 1);
    draw_edge(s, row, r, y + 1);
}

/* Clears the surroundings of letters on hatched ground. */
static void quieten(const sheet *s, const run *r, int y, int black)
{
    const bw_job *job = s->job;
    int reach = HALO * job->grain.block_y / 16 + 1, sides = HALO * job->grain.block_x / 16;
    for (int other = at_least(s->top, y - reach); other <= at_most(s->bottom - 1, y + reach); other++)
        paint(job->packed + (size_t) other * job->stride, at_least(0, r->from - sides),
              at_most(job->width, r->to + sides), black);
}

enum { HATCHES_FIRST, THEN_QUIET, THEN_SOLID };

static void put(const sheet *s, int stage)
{
    for (int y = s->top; y < s->bottom; y++)
        for (size_t at = s->rows[y]; at < s->rows[y + 1]; at++) {
            const run *r = &s->runs[at];
            const area *a = &s->areas[r->area];
            uint8_t *row = s->job->packed + (size_t) y * s->job->stride;
            if (a->grey == ELSEWHERE)
                continue;
            if (a->tone == HATCHED) {
                if (stage == HATCHES_FIRST)
                    hatch(s, row, y, r, a->hatch);
            } else if (stage == THEN_QUIET) {
                if (!a->thick && s->areas[a->under].tone == HATCHED)
                    quieten(s, r, y, a->tone == ALL_WHITE);
            } else if (stage == THEN_SOLID || a->tone != cut(a))
                paint(row, r->from, r->to, a->tone == ALL_BLACK);
        }
}

int bw_flats(const bw_job *job)
{
    sheet s = {.job = job, .top = job->top, .bottom = job->bottom, .rows = malloc(((size_t) job->rows + 1) * sizeof *s.rows)};
    int result = s.rows ? 0 : -1;
    if (s.rows && find_areas(&s)) {
        measure(&s);
        find_neighbours(&s);
        int hatched = decide(&s);
        put(&s, HATCHES_FIRST);
        if (hatched) {
            put(&s, THEN_QUIET);
            put(&s, THEN_SOLID);
        }
    }
    free(s.runs);
    free(s.greys);
    free(s.rows);
    free(s.areas);
    return result;
}
