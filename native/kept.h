/* Octets that are kept: a buffer that grows to the longest and is used again. */

#ifndef UNIFAX_KEPT_H
#define UNIFAX_KEPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *octets;
    size_t length, room;
} kept_t;

/* Keep a copy: 1, or 0 without memory. */
static inline int keep(kept_t *kept, const uint8_t *octets, size_t length)
{
    if (length > kept->room) {
        size_t room = (length + 63) / 64 * 64;
        uint8_t *grown = realloc(kept->octets, room);

        if (grown == NULL)
            return 0;
        kept->octets = grown;
        kept->room = room;
    }
    if (length)
        memcpy(kept->octets, octets, length);
    kept->length = length;
    return 1;
}

#endif
