/* Pages coded as MMR (ITU-T T.6), read as they come, code by code, without making a picture of them.
 *
 * For who wants to hand a page on as it is coded: it tells whether what came is a page by the book, and how many rows it
 * has. By the book means that every reader sees the same picture: each row has its width, nothing in it goes back or
 * stands still, no extension is used, and EOFB is there. What comes from strangers may be anything. */

#ifndef UNIFAX_T6_READER_H
#define UNIFAX_T6_READER_H

#include <stddef.h>
#include <stdint.h>

enum { T6_GOES_ON, T6_WHOLE, T6_ODD };
enum { T6_MOST_WIDTH = 1 << 16 };

typedef struct t6_reader_s t6_reader_t;

/* Return a new reader, or NULL without memory. */
t6_reader_t *t6_reader_new(void);
void t6_reader_free(t6_reader_t *reader); /* NULL is none */

/* Begin a page. Returns 1, or 0 when there is no memory, or no such width. */
int t6_reader_begin(t6_reader_t *reader, int width);

/* Read on, and keep what was read; of an octet the lowest bit comes first. Returns T6_WHOLE once EOFB is there: what
 * follows is dropped; T6_ODD when it is no page by the book, or there is no memory. Both stay. */
int t6_reader_put(t6_reader_t *reader, const uint8_t *octets, size_t length);

/* Rows that are whole. */
int t6_reader_rows(const t6_reader_t *reader);

/* What was put, to the end of EOFB; good until the next octets come. */
const uint8_t *t6_reader_octets(const t6_reader_t *reader, size_t *length);

#endif
