#include <spandsp.h>

#include "g711.h"

/* Magnitudes as they are coded, up to which a sample is silence: 24/4096 of full scale, about -45 dB. Echo and noise
 * are below, every modem is above. Codes grow with the magnitude (G.711 tables 1a and 2a). */
enum { QUIET_A = 0x0B, QUIET_MU = 0x13 };

/* By the law, A being 1: the octet of each sample, and the sample of each octet. Finding the octet of a frame costs a tenth
 * of working it out. */
static uint8_t octet_of[2][1 << 16];
static int16_t sample_of[2][1 << 8];

__attribute__((constructor)) static void make_tables(void)
{
    int sample, octet;

    for (sample = INT16_MIN; sample <= INT16_MAX; sample++) {
        octet_of[0][(uint16_t) sample] = linear_to_ulaw(sample);
        octet_of[1][(uint16_t) sample] = linear_to_alaw(sample);
    }
    for (octet = 0; octet < 1 << 8; octet++) {
        sample_of[0][octet] = ulaw_to_linear((uint8_t) octet);
        sample_of[1][octet] = alaw_to_linear((uint8_t) octet);
    }
}

uint8_t g711_silence(int a_law)
{
    return a_law ? 0xD5 : 0xFF;
}

int g711_is_quiet(int a_law, const uint8_t *octets, size_t count)
{
    const int inverted = a_law ? 0x55 : 0x7F, most = a_law ? QUIET_A : QUIET_MU;
    size_t i;

    for (i = 0; i < count; i++)
        if (((octets[i] ^ inverted) & 0x7F) > most)
            return 0;
    return 1;
}

void g711_octets(int a_law, const int16_t *samples, uint8_t *octets, size_t count)
{
    const uint8_t *octet = octet_of[a_law != 0];
    size_t i;

    for (i = 0; i < count; i++)
        octets[i] = octet[(uint16_t) samples[i]];
}

void g711_samples(int a_law, const uint8_t *octets, int16_t *samples, size_t count)
{
    const int16_t *sample = sample_of[a_law != 0];
    size_t i;

    for (i = 0; i < count; i++)
        samples[i] = sample[octets[i]];
}
