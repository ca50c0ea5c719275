/* The media of many calls over their sockets, by one thread: each 20 ms it reads what has come for a call, lets time pass,
 * and sends what is due. No datagram meets Python.
 *
 * Who calls this is woken by an eventfd when a call's journal has something to read. An error of a socket ends its own
 * call. A process must not fork while a pump is there, unless the child runs another program at once. */

#ifndef UNIFAX_PUMP_H
#define UNIFAX_PUMP_H

#include <stddef.h>
#include <stdint.h>

#include "media.h"

typedef struct pump_s pump_t;
typedef struct port_s port_t;

/* Return a new pump, or NULL when there is no memory, no eventfd or no thread. */
pump_t *pump_new(void);

/* End the thread and close all ports. */
void pump_free(pump_t *pump);

/* Readable when pump_news() has something. */
int pump_news_fd(const pump_t *pump);

/* Take the numbers of ports whose media have something to tell, at most so many; returns how many. */
size_t pump_news(pump_t *pump, int *numbers, size_t room);

/* Take in a bound UDP socket, which stays the caller's, under a number. What comes is dropped until it carries media.
 * NULL without memory. */
port_t *port_open(pump_t *pump, int socket, int number);

/* Forget a port. After this its socket and its media are the caller's alone. */
void port_close(port_t *port);

/* Carry an end of a fax from now on; NULL carries none. When this returns the thread has let go of the one before. */
void port_carry(port_t *port, media_t *media);

/* Send at once what may leave. */
void port_flush(port_t *port);

/* Datagrams that came, from anybody, and that were sent. */
typedef struct {
    unsigned came, left;
} port_counters_t;

port_counters_t port_counters(port_t *port);

#endif
