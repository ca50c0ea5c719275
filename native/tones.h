/* Continuous tones, in parts: what of a rectangle they share. */
#ifndef UNIFAX_TONES_H
#define UNIFAX_TONES_H

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

typedef struct {
    uint16_t *sums, *steps, *tones;
    uint32_t *squares;
} columns;

enum {
    WINDOW = 64, /* no window is wider */
    BARE = 85    /* per cent of its level that paper has where nothing is on it */
};

enum { WRITTEN_ON = 1, TO_DOTS }; /* what becomes of a tint */

/* windows.c: the lesser or the greater of pixels. `to` may be `a`, or stand before `b` and overlap it. */
typedef void bw_choice(const uint8_t *a, const uint8_t *b, uint8_t *to, int count);
bw_choice bw_lesser, bw_greater;

/* The least or the most within a stroke's window around each pixel of the box; `to` may be `from`. */
void bw_filter(bw_choice *choose, const part *p, const uint8_t *from, int stride, uint8_t *to);

/* The same in a map of blocks, so many blocks around each. */
void bw_spread_map(bw_choice *choose, const part *p, uint8_t *map, int reach);

/* tints.c: finds the tints, and what becomes of them; says whether any is written on. */
int bw_find_tints(const part *p, int *stack);

/* photos.c: finds all that becomes dots; says whether anything does. */
int bw_find_photo(const part *p, const columns *c, int *stack);

/* Finds the darkest and the lightest tone that matter. */
void bw_find_range(const part *p, int *low, int *high);

/* Lays a screen of clustered dots over the columns of the page: the tones below which each of its pixels is black. */
void bw_make_screen(const part *p, int low, int high, uint8_t *screen);

static inline int at_most(int a, int b) { return a < b ? a : b; }
static inline int at_least(int a, int b) { return a > b ? a : b; }

#endif
