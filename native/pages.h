/* Which frames of T.30 must wait until a fact is on disk, and which may never leave: decided at once, as they are made.
 *
 * wire/t30_pages.py keeps the whole account of a call's pages, a moment later and in the same way; here is what cannot
 * wait for it. */

#ifndef UNIFAX_PAGES_H
#define UNIFAX_PAGES_H

#include "spandsp_line.h"

typedef struct {
    int sending;
    int last_page_out;      /* the question after the last page was put */
    int confirmed;          /* pages that we confirmed */
    int kept;               /* the library was asked about a page, and nothing was answered since */
    int question;           /* the one that came last, 0 before any */
    int confirmed_question; /* the one that was confirmed last */
    int uncounted;          /* a page is about to be confirmed that is not in the file */
} pages_t;

/* A frame went out or came in. Returns whether it is to be held back; `uncounted` says what must not leave at all. */
int pages_frame(pages_t *pages, const line_entry_t *frame);

/* The library has been asked about a page. */
void pages_phase_d(pages_t *pages);

/* What was held back will never leave. */
void pages_withdraw(pages_t *pages);

#endif
