/* See lettering.h. A page is looked at object by object; what is inside of a form is not seen, so a form is a box. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bilevel.h"
#include "lettering.h"

enum {
    OBJECTS = 20000, /* a page of more is not looked at */
    ANNOTATIONS = 500,
    PAIRS = 4 << 20, /* of a text and a box */
    INK = 120,       /* lines up to this grey are as good as black */
    PAPER = 250,
    NEAR = 3,        /* pixels between what does not touch */
    FAR = 1 << 24,   /* pixels from the edge: no bitmap has so many */
    LINE = 3         /* points: a filled path that is no thicker is a line */
};

enum { ANNOTATION_LINK = 2, ANNOTATION_POPUP = 16 };           /* fpdf_annot.h: they leave no ink */
enum { OBJECT_TEXT = 1, OBJECT_PATH = 2 };                     /* fpdf_edit.h */
enum { TEXT_FILLED = 0, TEXT_INVISIBLE = 3, NOT_FILLED = 0 };

typedef struct {
    const lt_pdfium *pdfium;
    void *page;
    const lt_place *place;
    double least;
    lt_box *boxes, *texts;
    void **dark; /* texts that are not black yet */
    int room, boxes_count, texts_count, dark_count;
    double large, small; /* how long the texts are, by their letters */
} look;

static int is_like(int (*ask)(void *, unsigned *, unsigned *, unsigned *, unsigned *), void *object, int least, int most)
{
    unsigned red = 0, green = 0, blue = 0, opacity = 255;
    if (!ask(object, &red, &green, &blue, &opacity) || opacity != 255)
        return 0;
    unsigned grey = (299 * red + 587 * green + 114 * blue) / 1000;
    return (int) grey >= least && (int) grey <= most;
}

static int has_fill(const look *l, void *object, int least, int most)
{
    return is_like((int (*)(void *, unsigned *, unsigned *, unsigned *, unsigned *)) l->pdfium->object_get_fill_colour,
                   object, least, most);
}

static int has_stroke(const look *l, void *object, int least, int most)
{
    return is_like((int (*)(void *, unsigned *, unsigned *, unsigned *, unsigned *)) l->pdfium->object_get_stroke_colour,
                   object, least, most);
}

/* Finds where an object is drawn, and how thick it is, in points. 0 where that cannot be said. */
static int find_box(const look *l, void *object, lt_box *box, float *thick)
{
    int (*get_bounds)(void *, float *, float *, float *, float *) =
        (int (*)(void *, float *, float *, float *, float *)) l->pdfium->object_get_bounds;
    int (*to_device)(void *, int, int, int, int, int, double, double, int *, int *) =
        (int (*)(void *, int, int, int, int, int, double, double, int *, int *)) l->pdfium->page_to_device;
    const lt_place *at = l->place;
    float left, bottom, right, top;
    int x[2], y[2];
    if (!get_bounds(object, &left, &bottom, &right, &top)
        || !to_device(l->page, at->left, at->top, at->width, at->rows, at->turned, left, bottom, &x[0], &y[0])
        || !to_device(l->page, at->left, at->top, at->width, at->rows, at->turned, right, top, &x[1], &y[1]))
        return 0;
    for (int i = 0; i < 2; i++)
        if (x[i] < -FAR || x[i] > FAR || y[i] < -FAR || y[i] > FAR)
            return 0;
    *thick = right - left < top - bottom ? right - left : top - bottom;
    *box = (lt_box) {(x[0] < x[1] ? x[0] : x[1]) - NEAR, (y[0] < y[1] ? y[0] : y[1]) - NEAR,
                     (x[0] > x[1] ? x[0] : x[1]) + NEAR, (y[0] > y[1] ? y[0] : y[1]) + NEAR};
    return 1;
}

static int meet(const lt_box *a, const lt_box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static int add_box(look *l, void *object)
{
    float thick;
    if (l->boxes_count == l->room || !find_box(l, object, &l->boxes[l->boxes_count], &thick))
        return 0;
    l->boxes_count++;
    return 1;
}

/* How many rows an em has on the bitmap. */
static double rows_of(const look *l, void *text)
{
    float size = 0, matrix[6] = {0}; /* FS_MATRIX */
    int x, top, y;
    if (!((int (*)(void *, float *)) l->pdfium->text_get_font_size)(text, &size)
        || !((int (*)(void *, float *)) l->pdfium->object_get_matrix)(text, matrix)
        || !((int (*)(void *, int, int, int, int, int, double, double, int *, int *)) l->pdfium->page_to_device)(
            l->page, 0, 0, l->place->width, l->place->rows, l->place->turned, 0, 0, &x, &top)
        || !((int (*)(void *, int, int, int, int, int, double, double, int *, int *)) l->pdfium->page_to_device)(
            l->page, 0, 0, l->place->width, l->place->rows, l->place->turned, 100, 100, &x, &y))
        return 0;
    return fabs(size * hypot(matrix[2], matrix[3])) * fabs((double) y - top) / 100;
}

/* A font without a program is drawn by the page's own means, perhaps in colours (Type 3). */
static int has_program(const look *l, void *text)
{
    size_t octets = 0;
    void *font = ((void *(*)(void *)) l->pdfium->text_get_font)(text);
    return font && ((int (*)(void *, uint8_t *, size_t, size_t *)) l->pdfium->font_get_data)(font, NULL, 0, &octets)
           && octets;
}

static int add_text(look *l, void *text)
{
    int mode = ((int (*)(void *)) l->pdfium->text_get_render_mode)(text);
    lt_box *box = &l->texts[l->texts_count];
    float thick;
    if (mode == TEXT_INVISIBLE)
        return 1;
    if (mode != TEXT_FILLED || !has_fill(l, text, 0, BW_CUT - 1) || !has_program(l, text) || !find_box(l, text, box, &thick)
        || ((int (*)(void *)) l->pdfium->object_has_transparency)(text))
        return 0;
    double rows = rows_of(l, text);
    if (!(rows > 0))
        return 0;
    *(rows >= l->least ? &l->large : &l->small) += (box->right - box->left + box->bottom - box->top) / rows;
    l->texts_count++;
    if (!has_fill(l, text, 0, 0))
        l->dark[l->dark_count++] = text;
    return 1;
}

/* Dark lines do no harm, and white fills neither. */
static int add_path(look *l, void *path)
{
    int filled = 0, stroked = 0;
    float thick;
    lt_box box;
    if (!((int (*)(void *, int *, int *)) l->pdfium->path_get_draw_mode)(path, &filled, &stroked)
        || !find_box(l, path, &box, &thick))
        return 0;
    int is_line = thick <= LINE;
    int is_harmless = (filled == NOT_FILLED || has_fill(l, path, PAPER, 255) || (is_line && has_fill(l, path, 0, INK)))
                      && (!stroked || has_stroke(l, path, 0, INK) || has_stroke(l, path, PAPER, 255))
                      && !((int (*)(void *)) l->pdfium->object_has_transparency)(path);
    return is_harmless || add_box(l, path);
}

static int has_notes(const look *l)
{
    int count = ((int (*)(void *)) l->pdfium->page_get_annotation_count)(l->page);
    if (count > ANNOTATIONS)
        return 1;
    for (int i = 0; i < count; i++) {
        void *note = ((void *(*)(void *, int)) l->pdfium->page_get_annotation)(l->page, i);
        int kind = note ? ((int (*)(void *)) l->pdfium->annotation_get_subtype)(note) : 0;
        if (note)
            ((void (*)(void *)) l->pdfium->page_close_annotation)(note);
        if (kind != ANNOTATION_LINK && kind != ANNOTATION_POPUP)
            return 1;
    }
    return 0;
}

static int add_all(look *l, int count)
{
    for (int i = 0; i < count; i++) {
        void *object = ((void *(*)(void *, int)) l->pdfium->page_get_object)(l->page, i);
        int kind = ((int (*)(void *)) l->pdfium->object_get_type)(object);
        if (!(kind == OBJECT_TEXT ? add_text(l, object) : kind == OBJECT_PATH ? add_path(l, object) : add_box(l, object)))
            return 0;
    }
    return 1;
}

static int are_apart(const look *l)
{
    if ((int64_t) l->texts_count * l->boxes_count > PAIRS)
        return 0;
    for (int i = 0; i < l->texts_count; i++)
        for (int k = 0; k < l->boxes_count; k++)
            if (meet(&l->texts[i], &l->boxes[k]))
                return 0;
    return 1;
}

int lt_look(const lt_pdfium *pdfium, void *page, const lt_place *place, double least, lt_box *boxes, int room)
{
    look l = {.pdfium = pdfium, .page = page, .place = place, .least = least, .boxes = boxes, .room = room};
    int count = ((int (*)(void *)) pdfium->page_count_objects)(page), result = -1;
    if (count < 1 || count > OBJECTS)
        return -1;
    l.texts = malloc((size_t) count * sizeof *l.texts);
    l.dark = malloc((size_t) count * sizeof *l.dark);
    if (l.texts && l.dark && !has_notes(&l) && add_all(&l, count) && l.texts_count && l.large >= l.small && are_apart(&l)) {
        for (int i = 0; i < l.dark_count; i++)
            ((int (*)(void *, unsigned, unsigned, unsigned, unsigned)) pdfium->object_set_fill_colour)(l.dark[i], 0, 0, 0, 255);
        result = l.boxes_count;
    }
    free(l.texts);
    free(l.dark);
    return result;
}

/* Most rows of a page are white, and need not be written. */
BW_WIDE static int is_white(const uint8_t *grey, int count)
{
    uint8_t least = 255;
    for (int x = 0; x < count; x++)
        least = grey[x] < least ? grey[x] : least;
    return least == 255;
}

BW_WIDE static void cut_pixels(uint8_t *grey, int count, uint8_t cut)
{
    for (int x = 0; x < count; x++)
        grey[x] = grey[x] < cut ? 0 : 255;
}

BW_WIDE static void flag_pixels(const uint8_t *restrict grey, int count, uint8_t cut, uint8_t *restrict black)
{
    for (int x = 0; x < count; x++)
        black[x] = grey[x] < cut;
}

int lt_pack(uint8_t *grey, int width, int rows, int cut, uint8_t *packed)
{
    int stride = (width + 7) / 8;
    uint8_t *black = calloc(8, (size_t) stride);
    if (!black)
        return -1;
    for (int y = 0; y < rows; y++, grey += width, packed += stride) {
        if (is_white(grey, width)) {
            memset(packed, 0, (size_t) stride);
            continue;
        }
        flag_pixels(grey, width, (uint8_t) cut, black);
        bw_pack(black, packed, 8 * stride);
        memset(grey, 255, (size_t) width);
    }
    free(black);
    return 0;
}

/* Where the next box begins at or after x in this row, and where it ends; boxes may overlap. */
static lt_box next_box(const lt_box *boxes, int count, int x, int y, int width)
{
    lt_box next = {width, y, width, y + 1};
    for (int i = 0; i < count; i++)
        if (boxes[i].top <= y && y < boxes[i].bottom && boxes[i].right > x && boxes[i].left < next.left)
            next = boxes[i];
    return next;
}

void lt_cut(uint8_t *grey, int width, int rows, int cut, const lt_box *boxes, int count)
{
    for (int y = 0; y < rows; y++) {
        uint8_t *row = grey + (size_t) y * width;
        for (int x = is_white(row, width) ? width : 0; x < width;) {
            lt_box box = next_box(boxes, count, x, y, width);
            int to = box.left < x ? x : box.left;
            cut_pixels(row + x, to - x, (uint8_t) cut);
            x = box.right < width ? box.right : width;
        }
    }
}
