#include <pthread.h>
#include <stdlib.h>

#include "held_media.h"

struct media_s {
    pthread_mutex_t lock; /* of the rest */
    end_t end;
};

static media_t *new_media(line_t *line, int sending, double silence_seconds)
{
    media_t *media = calloc(1, sizeof(*media));

    if (media == NULL) {
        if (line)
            line_free(line);
        return NULL;
    }
    pthread_mutex_init(&media->lock, NULL);
    if (end_open(&media->end, line, sending, silence_seconds))
        return media;
    media_free(media);
    return NULL;
}

media_t *media_new_t38(int calling, int sending, int paced, int bit_rate, double silence_seconds, int redundancy,
                       int max_datagram, int patience)
{
    line_t *line = line_new_t38(calling, paced, MEDIA_INDICATOR_COPIES, bit_rate,
                                udptl_packet_room(redundancy, max_datagram));
    media_t *media = new_media(line, sending, silence_seconds);

    if (media == NULL || end_speaks_t38(&media->end, paced, redundancy, max_datagram, patience))
        return media;
    media_free(media);
    return NULL;
}

media_t *media_new_audio(int calling, int sending, double silence_seconds, int a_law, uint32_t ssrc)
{
    media_t *media = new_media(line_new_audio(calling, a_law), sending, silence_seconds);

    if (media == NULL || end_speaks_audio(&media->end, a_law, ssrc))
        return media;
    media_free(media);
    return NULL;
}

void media_free(media_t *media)
{
    end_close(&media->end);
    pthread_mutex_destroy(&media->lock);
    free(media);
}

end_t *media_hold(media_t *media)
{
    pthread_mutex_lock(&media->lock);
    return &media->end;
}

void media_let_go(media_t *media)
{
    pthread_mutex_unlock(&media->lock);
}

t30_state_t *media_t30(media_t *media)
{
    return line_t30(media->end.line);
}

int media_is_steady(const media_t *media)
{
    return media->end.rtp != NULL;
}

void media_expect(media_t *media, const char *host, int port, const char *sip_host, double now)
{
    far_side_t far = {.named = far_address(host, port), .sip = far_address(sip_host, 0), .since = now};

    pthread_mutex_lock(&media->lock);
    media->end.far = far;
    pthread_mutex_unlock(&media->lock);
}

far_address_t media_far(media_t *media)
{
    far_address_t far;

    pthread_mutex_lock(&media->lock);
    far = *far_side_address(&media->end.far);
    pthread_mutex_unlock(&media->lock);
    return far;
}

void media_receive(media_t *media, far_address_t source, const uint8_t *datagram, size_t octets, double now)
{
    pthread_mutex_lock(&media->lock);
    end_receive(&media->end, &source, datagram, octets, now);
    pthread_mutex_unlock(&media->lock);
}

media_state_t media_wake(media_t *media, double now)
{
    media_state_t state;

    pthread_mutex_lock(&media->lock);
    state = end_wake(&media->end, now);
    pthread_mutex_unlock(&media->lock);
    return state;
}

double media_next_wake(media_t *media)
{
    double wake;

    pthread_mutex_lock(&media->lock);
    wake = end_next_wake(&media->end);
    pthread_mutex_unlock(&media->lock);
    return wake;
}

size_t media_take(media_t *media, uint8_t *datagram)
{
    size_t octets;

    pthread_mutex_lock(&media->lock);
    octets = end_take(&media->end, datagram);
    pthread_mutex_unlock(&media->lock);
    return octets;
}

int media_next(media_t *media, media_entry_t *entry)
{
    int has;

    pthread_mutex_lock(&media->lock);
    has = end_next(&media->end, entry);
    pthread_mutex_unlock(&media->lock);
    return has;
}

void media_tape(media_t *media)
{
    pthread_mutex_lock(&media->lock);
    media->end.tape.is_wanted = 1;
    pthread_mutex_unlock(&media->lock);
}

int media_taped(media_t *media, media_taped_t *taped, uint8_t *datagram)
{
    int has;

    pthread_mutex_lock(&media->lock);
    has = tape_next(&media->end.tape, taped, datagram);
    pthread_mutex_unlock(&media->lock);
    return has;
}

int media_is_torn(media_t *media)
{
    int torn;

    pthread_mutex_lock(&media->lock);
    torn = media->end.torn;
    pthread_mutex_unlock(&media->lock);
    return torn;
}

void media_release(media_t *media, double now)
{
    pthread_mutex_lock(&media->lock);
    end_release(&media->end, now);
    pthread_mutex_unlock(&media->lock);
}

void media_hang_up(media_t *media, double now)
{
    pthread_mutex_lock(&media->lock);
    end_hang_up(&media->end, now);
    pthread_mutex_unlock(&media->lock);
}

media_counters_t media_counters(media_t *media)
{
    media_counters_t counters;

    pthread_mutex_lock(&media->lock);
    counters = end_counters(&media->end);
    pthread_mutex_unlock(&media->lock);
    return counters;
}
