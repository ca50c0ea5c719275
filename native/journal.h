/* What an end of a fax's media has to tell: the journal, entry by entry, and the tape, datagram by datagram. */

#ifndef UNIFAX_JOURNAL_H
#define UNIFAX_JOURNAL_H

#include "fifo.h"
#include "media.h"

typedef struct {
    media_entry_t *entries;
    size_t written, read, room;
} journal_t;

/* Return a new entry, all zeros; NULL without memory. */
media_entry_t *journal_write(journal_t *journal);

/* Return a new entry for what a terminal did; NULL without memory. */
media_entry_t *journal_account(journal_t *journal, const line_entry_t *line);

/* Take the next entry: 1, or 0 when all were taken. */
int journal_next(journal_t *journal, media_entry_t *entry);

int journal_has_news(const journal_t *journal);
void journal_free(journal_t *journal);

typedef struct {
    fifo_t datagrams;
    int is_wanted;
} tape_t;

/* Keep a copy of a datagram, if that is wanted. What is not taken in time is lost. */
void tape_keep(tape_t *tape, const media_taped_t *taped, const uint8_t *datagram);

/* Take the next: 1, or 0 when there is none. */
int tape_next(tape_t *tape, media_taped_t *taped, uint8_t *datagram);

/* Whether there is so much that it should be taken: some 0.8 s of audio. */
int tape_has_news(const tape_t *tape);
void tape_free(tape_t *tape);

#endif
