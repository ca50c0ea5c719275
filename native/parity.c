#include "kept.h"
#include "parity.h"

enum { KNOWN = 4 * PARITY_MOST }; /* twice as far back as the oldest group reaches when nothing is lost */

typedef struct {
    int is_known;
    uint16_t sequence;
    kept_t packet;
} known_t;

typedef struct {
    int span; /* 0 when nothing is missing in it, or nothing was kept here yet */
    uint16_t first, step;
    kept_t sum;
} group_t;

struct parity_s {
    known_t known[KNOWN]; /* each at its number modulo KNOWN */
    group_t groups[PARITY_MOST];
    int oldest; /* the group to be forgotten next */
};

parity_t *parity_new(void)
{
    return calloc(1, sizeof(parity_t));
}

void parity_free(parity_t *parity)
{
    int i;

    if (parity == NULL)
        return;
    for (i = 0; i < KNOWN; i++)
        free(parity->known[i].packet.octets);
    for (i = 0; i < PARITY_MOST; i++)
        free(parity->groups[i].sum.octets);
    free(parity);
}

static const kept_t *find(const parity_t *parity, uint16_t sequence)
{
    const known_t *known = &parity->known[sequence % KNOWN];

    return known->is_known && known->sequence == sequence ? &known->packet : NULL;
}

void parity_keep(parity_t *parity, uint16_t sequence, const uint8_t *packet, size_t octets)
{
    known_t *known = &parity->known[sequence % KNOWN];

    known->sequence = sequence;
    known->is_known = keep(&known->packet, packet, octets);
}

void parity_learn(parity_t *parity, uint16_t first, int span, int step, const uint8_t *sum, size_t octets)
{
    group_t *group = &parity->groups[parity->oldest];

    if (span < 1 || span > PARITY_MOST || step < 1 || step > PARITY_MOST / span)
        return;
    parity->oldest = (parity->oldest + 1) % PARITY_MOST;
    group->first = first;
    group->step = (uint16_t) step;
    group->span = keep(&group->sum, sum, octets) ? span : 0;
}

static uint16_t member(const group_t *group, int i)
{
    return (uint16_t) (group->first + i * group->step);
}

/* Count what is missing in a group, and name the last of it. */
static int count_missing(const parity_t *parity, const group_t *group, uint16_t *missing)
{
    int i, count = 0;

    for (i = 0; i < group->span; i++)
        if (find(parity, member(group, i)) == NULL) {
            *missing = member(group, i);
            count++;
        }
    return count;
}

/* Take the packets that are known out of a group's sum: what is left is the one that is missing. */
static void take_out_known(const parity_t *parity, group_t *group)
{
    const kept_t *packet;
    size_t at;
    int i;

    for (i = 0; i < group->span; i++)
        if ((packet = find(parity, member(group, i))) != NULL)
            for (at = 0; at < packet->length && at < group->sum.length; at++)
                group->sum.octets[at] ^= packet->octets[at];
}

int parity_mend(parity_t *parity, uint16_t *sequence, const uint8_t **packet, size_t *octets)
{
    group_t *group;

    for (group = parity->groups; group < parity->groups + PARITY_MOST; group++) {
        int missing = count_missing(parity, group, sequence);

        if (missing == 1) {
            take_out_known(parity, group);
            parity_keep(parity, *sequence, group->sum.octets, group->sum.length);
            *packet = group->sum.octets;
            *octets = group->sum.length;
        }
        if (missing < 2)
            group->span = 0;
        if (missing == 1)
            return 1;
    }
    return 0;
}
