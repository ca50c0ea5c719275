#include <stdlib.h>
#include <string.h>

#include "journal.h"

#define FIRST_ENTRIES 8
#define TELLING_OCTETS 16384
#define MOST_OCTETS (1 << 18)

/* The journal */

media_entry_t *journal_write(journal_t *journal)
{
    size_t room = journal->room ? 2 * journal->room : FIRST_ENTRIES;
    media_entry_t *moved;

    if (journal->written == journal->room) {
        if ((moved = realloc(journal->entries, room * sizeof(*moved))) == NULL)
            return NULL;
        journal->entries = moved;
        journal->room = room;
    }
    return memset(&journal->entries[journal->written++], 0, sizeof(media_entry_t));
}

media_entry_t *journal_account(journal_t *journal, const line_entry_t *line)
{
    media_entry_t *entry = journal_write(journal);

    if (entry == NULL)
        return NULL;
    entry->line = *line;
    entry->line.octets = NULL;
    if (line->length > sizeof(entry->told))
        entry->line.length = sizeof(entry->told);
    if (entry->line.length)
        memcpy(entry->told, line->octets, entry->line.length);
    return entry;
}

int journal_next(journal_t *journal, media_entry_t *entry)
{
    if (journal->read < journal->written) {
        *entry = journal->entries[journal->read++];
        return 1;
    }
    journal->read = journal->written = 0;
    return 0;
}

int journal_has_news(const journal_t *journal)
{
    return journal->read < journal->written;
}

void journal_free(journal_t *journal)
{
    free(journal->entries);
}

/* The tape */

void tape_keep(tape_t *tape, const media_taped_t *taped, const uint8_t *datagram)
{
    size_t octets = sizeof(*taped) + taped->octets;

    if (!tape->is_wanted || taped->octets > MEDIA_DATAGRAM_OCTETS)
        return;
    if (fifo_length(&tape->datagrams) + octets > MOST_OCTETS || !fifo_make_room(&tape->datagrams, octets))
        return;
    fifo_put(&tape->datagrams, taped, sizeof(*taped));
    fifo_put(&tape->datagrams, datagram, taped->octets);
}

int tape_next(tape_t *tape, media_taped_t *taped, uint8_t *datagram)
{
    if (!fifo_length(&tape->datagrams))
        return 0;
    fifo_take(&tape->datagrams, taped, sizeof(*taped));
    fifo_take(&tape->datagrams, datagram, taped->octets);
    return 1;
}

int tape_has_news(const tape_t *tape)
{
    return fifo_length(&tape->datagrams) > TELLING_OCTETS;
}

void tape_free(tape_t *tape)
{
    fifo_free(&tape->datagrams);
}
