/* The two laws of G.711 as octets: what is silence, and what is nearly silence. The coding itself is libspandsp's. */

#ifndef UNIFAX_G711_H
#define UNIFAX_G711_H

#include <stddef.h>
#include <stdint.h>

/* Return the octet of nothing, in A-law or mu-law. */
uint8_t g711_silence(int a_law);

/* Return whether no sample is loud enough to be part of a signal. */
int g711_is_quiet(int a_law, const uint8_t *octets, size_t count);

#endif
