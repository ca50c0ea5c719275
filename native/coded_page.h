/* Pages of a TIFF as they are coded for the line, without a call: so that what was sent can be proved. */

#ifndef UNIFAX_CODED_PAGE_H
#define UNIFAX_CODED_PAGE_H

#include <stdint.h>

enum { CODED_SHA256_OCTETS = 32 };

typedef struct {
    int octets;
    int columns;
    int rows;
    uint8_t sha256[CODED_SHA256_OCTETS];
} coded_page_t;

/* Code a page, 0 being the first, by T4_COMPRESSION_ITU_T4_1D, _T4_2D or _T6, each row filled up to `row_bits` at
 * least. Returns 1, or 0 for a file or page that libspandsp cannot read. */
int code_page(const char *file, int page, int coding, int row_bits, coded_page_t *coded);

#endif
