#include "leaving.h"

/* Before each of them. */
typedef struct {
    size_t octets;
    int copies;
} head_t;

int leaving_put(leaving_t *leaving, const uint8_t *octets, size_t length, int copies)
{
    head_t head = {length, copies};

    if (length > LEAVING_MOST_OCTETS)
        return 1;
    if (!fifo_make_room(&leaving->waiting, sizeof(head) + length))
        return 0;
    fifo_put(&leaving->waiting, &head, sizeof(head));
    fifo_put(&leaving->waiting, octets, length);
    return 1;
}

void leaving_release(leaving_t *leaving)
{
    leaving->may_leave = fifo_length(&leaving->waiting);
}

void leaving_forget_held(leaving_t *leaving)
{
    fifo_cut(&leaving->waiting, leaving->may_leave);
}

size_t leaving_take(leaving_t *leaving, uint8_t *octets, int *copies)
{
    head_t head;

    fifo_take(&leaving->waiting, &head, sizeof(head));
    fifo_take(&leaving->waiting, octets, head.octets);
    leaving->may_leave -= sizeof(head) + head.octets;
    *copies = head.copies;
    return head.octets;
}

void leaving_free(leaving_t *leaving)
{
    fifo_free(&leaving->waiting);
}
