/* Black letters on bare paper: whether they are all that a page of a PDF has, but for some boxes. */
#ifndef UNIFAX_LETTERING_H
#define UNIFAX_LETTERING_H

#include <stdint.h>

/* From here on for cffi, too. */

/* What is asked of pdfium: its functions, by the names of its headers. They are found by whoever loaded it. */
typedef struct {
    void *page_count_objects, *page_get_object, *page_get_annotation_count, *page_get_annotation, *page_close_annotation;
    void *annotation_get_subtype, *page_to_device;
    void *object_get_type, *object_get_bounds, *object_get_matrix, *object_has_transparency;
    void *object_get_fill_colour, *object_set_fill_colour, *object_get_stroke_colour;
    void *path_get_draw_mode;
    void *text_get_render_mode, *text_get_font, *text_get_font_size, *font_get_data;
} lt_pdfium;

/* Where on a bitmap a page is drawn; turned by so many quarters. */
typedef struct {
    int left, top, width, rows, turned;
} lt_place;

/* Pixels of a bitmap; right and bottom are one beyond. */
typedef struct {
    int left, top, right, bottom;
} lt_box;

/* Looks whether all letters of a page are dark, of one colour each, and lie on bare paper, and whether at least half of
   them have `least` rows or more to the em. Then makes them black, and returns how many boxes hold what else there is
   but dark lines; they may reach over the edges. Else returns -1, and so it does where there are more than `room`. */
int lt_look(const lt_pdfium *pdfium, void *page, const lt_place *place, double least, lt_box *boxes, int room);

/* Packs what is darker than `cut`, 1 is black, in rows of (width + 7) / 8 bytes, and makes the page white again.
   0, or -1 when memory is short. */
int lt_pack(uint8_t *grey, int width, int rows, int cut, uint8_t *packed);

/* Makes what is darker than `cut` black and all else white, but for what is in the boxes. */
void lt_cut(uint8_t *grey, int width, int rows, int cut, const lt_box *boxes, int count);

/* end of what cffi reads */

#endif
