/* The two laws of G.711: samples as octets, what is silence, and what is nearly silence. What codes which sample is
 * libspandsp's, asked once for each of them. */

#ifndef UNIFAX_G711_H
#define UNIFAX_G711_H

#include <stddef.h>
#include <stdint.h>

/* Return the octet of nothing, in A-law or mu-law. */
uint8_t g711_silence(int a_law);

/* Return whether no sample is loud enough to be part of a signal. */
int g711_is_quiet(int a_law, const uint8_t *octets, size_t count);

/* Make octets of samples of 16 bits, and samples of octets. */
void g711_octets(int a_law, const int16_t *samples, uint8_t *octets, size_t count);
void g711_samples(int a_law, const uint8_t *octets, int16_t *samples, size_t count);

#endif
