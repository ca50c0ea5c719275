#include <stdlib.h>
#include <string.h>
#include <openssl/sha.h>
#include <tiffio.h>

/* The coded page is in a field that no function gives access to. */
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include "coded_page.h"

int code_page(const char *file, int page, int coding, int row_bits, coded_page_t *coded)
{
    t4_tx_state_t *source;
    int is_coded;

    memset(coded, 0, sizeof(*coded));
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    if ((source = t4_tx_init(NULL, file, page, page)) == NULL)
        return 0;
    t4_tx_set_tx_encoding(source, coding);
    t4_tx_set_min_bits_per_row(source, row_bits);
    is_coded = t4_tx_start_page(source) == 0 && source->image_size > 0;
    if (is_coded) {
        coded->octets = source->image_size;
        coded->columns = source->image_width;
        coded->rows = source->image_length;
        SHA256(source->image_buffer, (size_t) source->image_size, coded->sha256);
    }
    t4_tx_free(source);
    return is_coded;
}
