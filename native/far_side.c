#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include "far_side.h"

far_address_t far_address(const char *host, int port)
{
    far_address_t address = {0};

    if (inet_pton(AF_INET, host, address.host) == 1)
        address.octets = 4;
    else if (inet_pton(AF_INET6, host, address.host) == 1)
        address.octets = 16;
    address.port = (uint16_t) port;
    return address;
}

static int is_host(const far_address_t *one, const far_address_t *other)
{
    return one->octets && one->octets == other->octets && memcmp(one->host, other->host, sizeof(one->host)) == 0;
}

static int is_address(const far_address_t *one, const far_address_t *other)
{
    return one->port == other->port && is_host(one, other);
}

int far_side_sent(far_side_t *far, const far_address_t *source, double now)
{
    int waited = now - far->since >= FAR_SIDE_OTHER_PORT_SECONDS;

    if (!is_host(source, &far->named) && !is_host(source, &far->sip))
        return 0;
    if (is_address(source, &far->named) || (!far->source.octets && waited))
        far->source = *source;
    return is_address(source, &far->source);
}

const far_address_t *far_side_address(const far_side_t *far)
{
    return !far->source.octets || is_host(&far->source, &far->named) ? &far->named : &far->source;
}
