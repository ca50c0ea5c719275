#include "g711.h"

/* Magnitudes as they are coded, up to which a sample is silence: 24/4096 of full scale, about -45 dB. Echo and noise
 * are below, every modem is above. Codes grow with the magnitude (G.711 tables 1a and 2a). */
enum { QUIET_A = 0x0B, QUIET_MU = 0x13 };

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
