#include <stdlib.h>
#include <string.h>

#include "fifo.h"

#define FIRST_OCTETS 512

size_t fifo_length(const fifo_t *fifo)
{
    return fifo->end - fifo->begin;
}

static void move_to_front(fifo_t *fifo)
{
    size_t length = fifo_length(fifo);

    if (length)
        memmove(fifo->octets, fifo->octets + fifo->begin, length);
    fifo->begin = 0;
    fifo->end = length;
}

int fifo_make_room(fifo_t *fifo, size_t octets)
{
    size_t room = fifo->room ? fifo->room : FIRST_OCTETS;
    uint8_t *moved;

    if (fifo->end + octets <= fifo->room)
        return 1;
    move_to_front(fifo);
    while (room < fifo->end + octets)
        room *= 2;
    if (room == fifo->room)
        return 1;
    if ((moved = realloc(fifo->octets, room)) == NULL)
        return 0;
    fifo->octets = moved;
    fifo->room = room;
    return 1;
}

void fifo_put(fifo_t *fifo, const void *octets, size_t length)
{
    memcpy(fifo->octets + fifo->end, octets, length);
    fifo->end += length;
}

void fifo_take(fifo_t *fifo, void *octets, size_t length)
{
    memcpy(octets, fifo->octets + fifo->begin, length);
    fifo->begin += length;
    if (fifo->begin == fifo->end)
        fifo->begin = fifo->end = 0;
}

void fifo_cut(fifo_t *fifo, size_t length)
{
    fifo->end = fifo->begin + length;
}

void fifo_free(fifo_t *fifo)
{
    free(fifo->octets);
}
