#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

#include "held_media.h"
#include "pump.h"

#define TICK_NANOSECONDS 20000000L
#define SECOND_NANOSECONDS 1000000000L
#define MOST_DATAGRAMS 64       /* read of one port in a tick: six times what anybody sends */
#define EVENTS 256              /* of sockets, taken at a time */
#define LONGEST_PAUSE 0.5       /* seconds in which an end is looked at, even if time changes nothing for it */
#define LONGEST_DATAGRAM 65536
#define AHEAD 4                 /* ports that are fetched before their turn: memory is slower than looking at them */
#define NICENESS -10            /* of the thread, where that is allowed: audio suffers first when a machine is busy */

struct port_s {
    pthread_mutex_t lock; /* of these */
    int socket, is_broken;
    int is_watched; /* by epoll; a port of audio is read each tick, and to be told of what comes would only cost */
    media_t *media;
    port_counters_t counters;
    _Atomic double wake_at; /* read without the lock */
    int is_readable;        /* the thread's alone */

    pump_t *pump; /* whose lock is that of the rest, and is taken before a port's */
    int number;
    int has_news;
    size_t place; /* among the pump's ports */
    port_t *next_closed;
};

struct pump_s {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is a port, or it is the end */
    pthread_t thread;
    int news_fd, epoll, ends;
    port_t **ports;
    size_t count, room;
    port_t *closed; /* the thread may be looking at them, and frees them before its next tick */
    uint8_t datagram[LONGEST_DATAGRAM]; /* the thread's */
};

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / SECOND_NANOSECONDS;
}

/* Addresses as sockets have them */

static socklen_t write_address(far_address_t address, struct sockaddr_storage *written)
{
    memset(written, 0, sizeof(*written));
    if (address.octets == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *) written;

        in->sin_family = AF_INET;
        in->sin_port = htons(address.port);
        memcpy(&in->sin_addr, address.host, 4);
        return sizeof(*in);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) written;

        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(address.port);
        memcpy(&in6->sin6_addr, address.host, 16);
        return sizeof(*in6);
    }
}

static far_address_t read_address(const struct sockaddr_storage *written)
{
    far_address_t address = {0};

    if (written->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *) written;

        address.octets = 4;
        address.port = ntohs(in->sin_port);
        memcpy(address.host, &in->sin_addr, 4);
    } else if (written->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) written;

        address.octets = 16;
        address.port = ntohs(in6->sin6_port);
        memcpy(address.host, &in6->sin6_addr, 16);
    }
    return address;
}

/* One port, whose lock is held, and its end of media, which is held, too, where there is one */

/* What else can go wrong is the network's: a datagram is lost. */
static int is_broken(int error)
{
    return error == EBADF || error == ENOTSOCK;
}

static void receive_all(port_t *port, end_t *end, uint8_t *datagram, double now)
{
    struct sockaddr_storage from;
    far_address_t source;
    socklen_t length;
    ssize_t octets;
    int i;

    for (i = 0; i < MOST_DATAGRAMS && !port->is_broken; i++) {
        length = sizeof(from);
        octets = recvfrom(port->socket, datagram, LONGEST_DATAGRAM, MSG_DONTWAIT, (struct sockaddr *) &from, &length);
        if (octets < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            port->is_readable = 0;
            return;
        }
        if (octets < 0) { /* an ICMP error, mostly: T.30 has timers of its own for a far side that is gone */
            port->is_broken = is_broken(errno);
            continue;
        }
        port->counters.came++;
        if (end) {
            source = read_address(&from);
            end_receive(end, &source, datagram, (size_t) octets, now);
        }
    }
}

static void send_due(port_t *port, end_t *end)
{
    uint8_t datagram[MEDIA_DATAGRAM_OCTETS];
    struct sockaddr_storage to;
    socklen_t length = 0;
    size_t octets;

    while ((octets = end_take(end, datagram)) > 0) {
        if (!length)
            length = write_address(*far_side_address(&end->far), &to);
        port->counters.left++;
        if (sendto(port->socket, datagram, octets, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *) &to, length) < 0)
            port->is_broken |= is_broken(errno);
    }
}

/* Returns whether its media have something to tell. */
static int turn(port_t *port, uint8_t *datagram)
{
    end_t *end = port->media ? media_hold(port->media) : NULL;
    double now = seconds_now();
    media_state_t state;

    port->wake_at = now + LONGEST_PAUSE;
    if (port->is_readable || !port->is_watched)
        receive_all(port, end, datagram, now);
    if (!end)
        return 0;
    if (port->is_broken)
        end_hang_up(end, now);
    state = end_wake(end, now);
    if (state.may_send)
        send_due(port, end);
    media_let_go(port->media);
    if (state.next_wake >= 0)
        port->wake_at = state.next_wake;
    return state.has_news;
}

static void flush(port_t *port)
{
    if (port->media) {
        send_due(port, media_hold(port->media));
        media_let_go(port->media);
    }
    port->wake_at = 0; /* who says this may have changed when */
}

/* The thread */

/* Return the next port, from a place on, that has something to do, with its lock held; NULL when there is none. */
static port_t *pick(pump_t *pump, size_t *place, double now)
{
    port_t *port = NULL;

    pthread_mutex_lock(&pump->lock);
    while (!port && *place < pump->count) {
        if (*place + AHEAD < pump->count)
            __builtin_prefetch(&pump->ports[*place + AHEAD]->wake_at);
        port = pump->ports[(*place)++];
        if (!port->is_readable && now < port->wake_at)
            port = NULL;
    }
    if (port)
        pthread_mutex_lock(&port->lock);
    pthread_mutex_unlock(&pump->lock);
    return port;
}

static void note_news(pump_t *pump, port_t *port)
{
    pthread_mutex_lock(&pump->lock);
    port->has_news = 1;
    pthread_mutex_unlock(&pump->lock);
}

static void free_port(port_t *port)
{
    pthread_mutex_destroy(&port->lock);
    free(port);
}

static void free_closed(pump_t *pump)
{
    port_t *port, *next;

    pthread_mutex_lock(&pump->lock);
    port = pump->closed;
    pump->closed = NULL;
    pthread_mutex_unlock(&pump->lock);
    for (; port; port = next) {
        next = port->next_closed;
        free_port(port);
    }
}

/* Edge-triggered: a port is told of when something comes, and read until there is nothing. */
static void find_readable(pump_t *pump)
{
    struct epoll_event events[EVENTS];
    int i, count;

    do {
        count = epoll_wait(pump->epoll, events, EVENTS, 0);
        for (i = 0; i < count; i++)
            ((port_t *) events[i].data.ptr)->is_readable = 1;
    } while (count == EVENTS);
}

static void tick(pump_t *pump)
{
    double now = seconds_now();
    int has_news, any_has = 0;
    size_t place = 0;
    port_t *port;

    free_closed(pump);
    find_readable(pump);
    while ((port = pick(pump, &place, now)) != NULL) {
        has_news = turn(port, pump->datagram);
        pthread_mutex_unlock(&port->lock);
        if (has_news)
            note_news(pump, port);
        any_has |= has_news;
    }
    if (any_has)
        eventfd_write(pump->news_fd, 1); /* again and again, until it is read */
}

static void add_tick(struct timespec *when)
{
    when->tv_nsec += TICK_NANOSECONDS;
    if (when->tv_nsec >= SECOND_NANOSECONDS) {
        when->tv_nsec -= SECOND_NANOSECONDS;
        when->tv_sec++;
    }
}

/* Wait for the next tick; those that were missed are left out, for every end makes up for its own time. */
static void wait_for_tick(pump_t *pump, struct timespec *when)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    add_tick(when);
    if (when->tv_sec < now.tv_sec || (when->tv_sec == now.tv_sec && when->tv_nsec < now.tv_nsec))
        *when = now;
    while (!pump->ends && pthread_cond_timedwait(&pump->changed, &pump->lock, when) != ETIMEDOUT)
        ;
}

static void *run(void *data)
{
    pump_t *pump = data;
    struct timespec when = {0};

    setpriority(PRIO_PROCESS, (id_t) gettid(), NICENESS);
    pthread_mutex_lock(&pump->lock);
    while (!pump->ends) {
        if (!pump->count)
            pthread_cond_wait(&pump->changed, &pump->lock);
        wait_for_tick(pump, &when);
        pthread_mutex_unlock(&pump->lock);
        tick(pump);
        pthread_mutex_lock(&pump->lock);
    }
    pthread_mutex_unlock(&pump->lock);
    return NULL;
}

/* Signals are for the thread that runs Python. */
static int start(pump_t *pump)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&pump->thread, NULL, run, pump);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error)
        pthread_setname_np(pump->thread, "media");
    return !error;
}

/* What the header promises */

static void free_pump(pump_t *pump)
{
    if (pump->news_fd >= 0)
        close(pump->news_fd);
    if (pump->epoll >= 0)
        close(pump->epoll);
    pthread_cond_destroy(&pump->changed);
    pthread_mutex_destroy(&pump->lock);
    free(pump->ports);
    free(pump);
}

pump_t *pump_new(void)
{
    pthread_condattr_t monotonic;
    pump_t *pump;

    if ((pump = calloc(1, sizeof(*pump))) == NULL)
        return NULL;
    pthread_mutex_init(&pump->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pump->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pump->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pump->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (pump->news_fd >= 0 && pump->epoll >= 0 && start(pump))
        return pump;
    free_pump(pump);
    return NULL;
}

void pump_free(pump_t *pump)
{
    size_t place;

    pthread_mutex_lock(&pump->lock);
    pump->ends = 1;
    pthread_cond_signal(&pump->changed);
    pthread_mutex_unlock(&pump->lock);
    pthread_join(pump->thread, NULL);
    free_closed(pump);
    for (place = 0; place < pump->count; place++)
        free_port(pump->ports[place]);
    free_pump(pump);
}

int pump_news_fd(const pump_t *pump)
{
    return pump->news_fd;
}

size_t pump_news(pump_t *pump, int *numbers, size_t room)
{
    size_t place, count = 0;

    pthread_mutex_lock(&pump->lock);
    for (place = 0; place < pump->count && count < room; place++) {
        if (pump->ports[place]->has_news)
            numbers[count++] = pump->ports[place]->number;
        pump->ports[place]->has_news = 0;
    }
    pthread_mutex_unlock(&pump->lock);
    return count;
}

static int make_room(pump_t *pump)
{
    size_t room = pump->room ? 2 * pump->room : 16;
    port_t **moved;

    if (pump->count < pump->room)
        return 1;
    if ((moved = realloc(pump->ports, room * sizeof(*moved))) == NULL)
        return 0;
    pump->ports = moved;
    pump->room = room;
    return 1;
}

/* Returns whether it is as it should be. What came before a socket is watched is told of, too. */
static int watch(port_t *port, int should_be)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = port};

    if (port->is_watched != should_be
        && epoll_ctl(port->pump->epoll, should_be ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, port->socket, &event) == 0)
        port->is_watched = should_be;
    return port->is_watched == should_be;
}

/* Watch its socket, and have the thread see to it. */
static int begin(pump_t *pump, port_t *port)
{
    int begun;

    pthread_mutex_lock(&pump->lock);
    begun = make_room(pump) && watch(port, 1);
    if (begun) {
        port->place = pump->count;
        pump->ports[pump->count++] = port;
        pthread_cond_signal(&pump->changed);
    }
    pthread_mutex_unlock(&pump->lock);
    return begun;
}

port_t *port_open(pump_t *pump, int socket, int number)
{
    port_t *port;

    if ((port = calloc(1, sizeof(*port))) == NULL)
        return NULL;
    pthread_mutex_init(&port->lock, NULL);
    port->socket = socket;
    port->pump = pump;
    port->number = number;
    if (begin(pump, port))
        return port;
    free_port(port);
    return NULL;
}

void port_close(port_t *port)
{
    pump_t *pump = port->pump;
    port_t *last;

    pthread_mutex_lock(&pump->lock);
    last = pump->ports[--pump->count];
    last->place = port->place;
    pump->ports[port->place] = last;
    port->next_closed = pump->closed;
    pump->closed = port;
    pthread_mutex_lock(&port->lock); /* until the thread is done with it */
    watch(port, 0);
    port->media = NULL;
    pthread_mutex_unlock(&port->lock);
    pthread_mutex_unlock(&pump->lock);
}

void port_carry(port_t *port, media_t *media)
{
    pthread_mutex_lock(&port->lock);
    flush(port);
    watch(port, !media || !media_is_steady(media));
    port->media = media;
    pthread_mutex_unlock(&port->lock);
}

void port_flush(port_t *port)
{
    pthread_mutex_lock(&port->lock);
    flush(port);
    pthread_mutex_unlock(&port->lock);
}

port_counters_t port_counters(port_t *port)
{
    port_counters_t counters;

    pthread_mutex_lock(&port->lock);
    counters = port->counters;
    pthread_mutex_unlock(&port->lock);
    return counters;
}
