/* Where the far side wants its media, and where its own may come from: nobody else is listened to.
 *
 * Behind a NAT the address that it names may mean nothing here. Its media then comes from the host that its SIP comes
 * from, and ours is sent back there. Other hosts are never believed, and neither is a second source of the same host:
 * whoever knows our port could take the call over. Knows no sockets and no time but what it is told. */

#ifndef UNIFAX_FAR_SIDE_H
#define UNIFAX_FAR_SIDE_H

#include <stdint.h>

/* So long only the port that it named is listened to; then, if nothing came, any port of its hosts: there are gateways
 * that send from another. Nothing is lost by it, because both ends repeat their first words for half a minute. */
enum { FAR_SIDE_OTHER_PORT_SECONDS = 3 };

typedef struct {
    int octets; /* of the host: 4, for IPv6 16; 0 for none, which equals no other, not even itself */
    uint16_t port;
    uint8_t host[16];
} far_address_t;

typedef struct {
    far_address_t named;  /* by SDP */
    far_address_t sip;    /* the host counts */
    far_address_t source; /* of its media, once any has come; else none */
    double since;
} far_side_t;

/* Read an IP address as it is written; anything else is none. */
far_address_t far_address(const char *host, int port);

/* Whether a datagram from there is its. */
int far_side_sent(far_side_t *far, const far_address_t *source, double now);

/* Where our media goes. A gateway that sends from another port listens at the one it has named. */
const far_address_t *far_side_address(const far_side_t *far);

#endif
