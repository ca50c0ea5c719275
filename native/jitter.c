#include <stdlib.h>
#include <string.h>

#include "g711.h"
#include "jitter.h"

enum {
    BLOCK_OCTETS = 80,    /* 10 ms: packets of 10, 20, 30 or 40 ms are taken apart into these */
    WINDOW_FRAMES = 250,  /* the delay is judged by the fewest frames that waited in so long: 5 s */
    SPARE_FRAMES = 3,     /* with always more than this waiting, a frame of silence is left out */
    ROOM_FRAMES = 100,    /* the most that is kept, 2 s: nobody takes frames while a call closes */
    PACKET_BLOCKS = 50,   /* the most that is taken of one packet */
    BLOCKS = 256,         /* room for both */
    REMEMBERED_BLOCKS = 512 /* so far back it is known whether a block was missing when it was played: 5 s */
};
_Static_assert(2 * ROOM_FRAMES + 1 + PACKET_BLOCKS <= BLOCKS, "each block that is kept has a place of its own");

typedef struct {
    int64_t number;
    uint8_t audio[BLOCK_OCTETS];
} block_t;

struct jitter_s {
    int a_law;
    jitter_counters_t counters;
    int has_begun;
    int64_t next;   /* the block to be played next; once it has begun, as is the following one */
    int64_t newest; /* the last block that came */
    int to_wait;    /* frames of silence before the first is played */
    int late_in_a_row;
    int is_growing; /* the next frame is put in */
    int fewest;     /* frames that waited, of those judged in this window */
    int judged;
    int repeats;
    uint8_t last[JITTER_FRAME_OCTETS];
    block_t blocks[BLOCKS]; /* each at its number modulo BLOCKS; one before `next` is no block any more */
    uint8_t missed[REMEMBERED_BLOCKS / 8]; /* a bit for each: if such a one comes now it is late, and no duplicate */
};

static int64_t floor_half(int64_t value)
{
    return (value - (value & 1)) / 2;
}

static block_t *place_of(jitter_t *jitter, int64_t number)
{
    return &jitter->blocks[(uint64_t) number % BLOCKS];
}

static const uint8_t *audio_of(jitter_t *jitter, int64_t number)
{
    block_t *block = place_of(jitter, number);

    return block->number == number ? block->audio : NULL;
}

static int was_missed(const jitter_t *jitter, int64_t number)
{
    uint64_t bit = (uint64_t) number % REMEMBERED_BLOCKS;

    /* Nothing is as late as that but a far side whose clock stood still. */
    return jitter->next - number > REMEMBERED_BLOCKS || (jitter->missed[bit / 8] >> (bit % 8) & 1);
}

static void remember(jitter_t *jitter, int64_t number, int is_missed)
{
    uint64_t bit = (uint64_t) number % REMEMBERED_BLOCKS;
    uint8_t mask = (uint8_t) (1 << (bit % 8));

    if (jitter->next - number > REMEMBERED_BLOCKS)
        return;
    if (is_missed)
        jitter->missed[bit / 8] |= mask;
    else
        jitter->missed[bit / 8] &= (uint8_t) ~mask;
}

jitter_t *jitter_new(int a_law)
{
    jitter_t *jitter;

    if ((jitter = calloc(1, sizeof(*jitter))) == NULL)
        return NULL;
    jitter->a_law = a_law;
    jitter->fewest = JITTER_MOST_FRAMES;
    memset(jitter->last, g711_silence(a_law), sizeof(jitter->last));
    jitter_restart(jitter);
    return jitter;
}

void jitter_free(jitter_t *jitter)
{
    free(jitter);
}

void jitter_restart(jitter_t *jitter)
{
    int i;

    for (i = 0; i < BLOCKS; i++)
        jitter->blocks[i].number = INT64_MIN;
    memset(jitter->missed, 0, sizeof(jitter->missed));
    jitter->has_begun = 0;
    jitter->late_in_a_row = 0;
    jitter->is_growing = 0;
}

static void begin(jitter_t *jitter, int64_t first)
{
    jitter->has_begun = 1;
    jitter->next = first;
    jitter->newest = first - 1;
    jitter->to_wait = JITTER_START_FRAMES;
}

static void came_late(jitter_t *jitter, int64_t first)
{
    if (!was_missed(jitter, first))
        return;
    remember(jitter, first, 0);
    jitter->counters.late++;
    jitter->is_growing = 1;
    if (++jitter->late_in_a_row >= JITTER_LATE)
        jitter_restart(jitter);
}

static void skip(jitter_t *jitter, int64_t frames)
{
    int64_t number = jitter->next;

    jitter->counters.skipped += (unsigned) frames;
    jitter->next += 2 * frames;
    if (jitter->next - number > REMEMBERED_BLOCKS)
        number = jitter->next - REMEMBERED_BLOCKS;
    for (; number < jitter->next; number++)
        remember(jitter, number, 0);
}

int jitter_put(jitter_t *jitter, int64_t position, const uint8_t *audio, size_t octets)
{
    int64_t first = position / BLOCK_OCTETS - (position % BLOCK_OCTETS < 0), ahead, number;
    int64_t count = octets / BLOCK_OCTETS < PACKET_BLOCKS ? (int64_t) (octets / BLOCK_OCTETS) : PACKET_BLOCKS;

    if (!jitter->has_begun)
        begin(jitter, first);
    if (count && first + count <= jitter->next) {
        came_late(jitter, first);
        return 0;
    }
    jitter->late_in_a_row = 0;
    ahead = floor_half(first - jitter->next);
    if (ahead > ROOM_FRAMES)
        skip(jitter, ahead - JITTER_START_FRAMES);
    for (number = first > jitter->next ? first : jitter->next; number < first + count; number++) {
        block_t *block = place_of(jitter, number);

        if (block->number != number) {
            block->number = number;
            memcpy(block->audio, audio + (number - first) * BLOCK_OCTETS, BLOCK_OCTETS);
        }
    }
    if (first + count - 1 > jitter->newest)
        jitter->newest = first + count - 1;
    return 1;
}

static int64_t frames_waiting(const jitter_t *jitter)
{
    return floor_half(jitter->newest + 1 - jitter->next);
}

/* The last frame again, and after some of them silence. */
static void fill(jitter_t *jitter, uint8_t *frame)
{
    if (jitter->repeats < JITTER_REPEATS) {
        jitter->repeats++;
        memcpy(frame, jitter->last, JITTER_FRAME_OCTETS);
    } else {
        memset(frame, g711_silence(jitter->a_law), JITTER_FRAME_OCTETS);
    }
}

static void play(jitter_t *jitter, uint8_t *frame)
{
    const uint8_t *halves[2] = {audio_of(jitter, jitter->next), audio_of(jitter, jitter->next + 1)};
    int is_whole = halves[0] && halves[1], i;

    if (!is_whole)
        fill(jitter, frame);
    for (i = 0; i < 2; i++) {
        remember(jitter, jitter->next + i, halves[i] == NULL);
        if (halves[i])
            memcpy(frame + i * BLOCK_OCTETS, halves[i], BLOCK_OCTETS);
    }
    jitter->next += 2;
    if (is_whole) {
        jitter->counters.played++;
        jitter->repeats = 0;
        memcpy(jitter->last, frame, JITTER_FRAME_OCTETS);
    } else {
        jitter->counters.repeated++;
    }
}

/* Keep the delay within bounds: at a silence where that can wait. */
static void judge(jitter_t *jitter, const uint8_t *frame)
{
    int64_t waiting = frames_waiting(jitter);

    if (waiting > JITTER_MOST_FRAMES) {
        skip(jitter, waiting - JITTER_START_FRAMES);
        return;
    }
    if (waiting < jitter->fewest)
        jitter->fewest = waiting > 0 ? (int) waiting : 0;
    if (jitter->judged < WINDOW_FRAMES)
        jitter->judged++;
    if (jitter->judged < WINDOW_FRAMES || !g711_is_quiet(jitter->a_law, frame, JITTER_FRAME_OCTETS))
        return;
    if (jitter->fewest > SPARE_FRAMES)
        skip(jitter, 1);
    else if (jitter->fewest == 0 && waiting >= 0)
        jitter->is_growing = 1;
    jitter->fewest = JITTER_MOST_FRAMES;
    jitter->judged = 0;
}

void jitter_take(jitter_t *jitter, uint8_t *frame)
{
    int is_growing = jitter->is_growing;

    if (!jitter->has_begun || jitter->to_wait) {
        jitter->to_wait -= jitter->has_begun;
        memset(frame, g711_silence(jitter->a_law), JITTER_FRAME_OCTETS);
        return;
    }
    jitter->is_growing = 0;
    if (is_growing && frames_waiting(jitter) < JITTER_MOST_FRAMES) {
        jitter->counters.stretched++;
        fill(jitter, frame);
        return;
    }
    play(jitter, frame);
    judge(jitter, frame);
}

jitter_counters_t jitter_counters(const jitter_t *jitter)
{
    return jitter->counters;
}
