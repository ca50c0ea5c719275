"""The two laws of G.711: what is silence, and what is loud enough to be a signal."""

import math

import pytest

from unifax.wire._spandsp import ffi, lib
from unifax.wire.g711 import FRAME_OCTETS, Law

LAWS = pytest.mark.parametrize("law", list(Law), ids=lambda law: law.name)


def mu_law(sample: int) -> int:
    """Code a sample of 14 bits by G.711 table 2a, step by step."""
    sign, magnitude = (0x80, sample) if sample >= 0 else (0x00, -sample)
    biased = min(magnitude, 8158) + 33
    segment = biased.bit_length() - 6
    return sign | (~(segment << 4 | biased >> segment + 1 & 0x0F) & 0x7F)


def a_law(sample: int) -> int:
    """Code a sample of 13 bits by G.711 table 1a, step by step."""
    sign, magnitude = (0x80, sample) if sample >= 0 else (0x00, -sample - 1)
    magnitude = min(magnitude, 4095)
    segment = max(magnitude.bit_length() - 5, 0)
    mantissa = magnitude >> 1 if segment == 0 else magnitude >> segment & 0x0F
    return (sign | segment << 4 | mantissa & 0x0F) ^ 0x55


def linear(octet: int, law: Law) -> int:
    """Return the sample of 16 bits in the middle of what is coded so (G.711 tables 1 and 2)."""
    code = (octet ^ 0x55 if law is Law.A else ~octet) & 0xFF
    segment, mantissa = code >> 4 & 7, code & 0x0F
    if law is Law.A:
        magnitude = 16 * mantissa + 8 if segment == 0 else (16 * mantissa + 264) << segment - 1
        return magnitude if code & 0x80 else -magnitude
    magnitude = ((8 * mantissa + 132) << segment) - 132
    return -magnitude if code & 0x80 else magnitude


def tone(law: Law, share: float) -> bytes:
    """Return 20 ms of 1850 Hz, the carrier of V.17, as loud as this share of full scale."""
    samples = [share * math.sin(2 * math.pi * 1850 * n / 8000) for n in range(FRAME_OCTETS)]
    return bytes(a_law(int(4095 * s)) if law is Law.A else mu_law(int(8158 * s)) for s in samples)


@LAWS
def test_a_law_is_named_by_its_payload_type(law: Law) -> None:
    assert Law(law.payload_type) is law
    assert {law.payload_type for law in Law} == {0, 8}


@LAWS
def test_silence_is_a_quiet_frame_of_zeros(law: Law) -> None:
    assert law.silence == bytes((a_law(0) if law is Law.A else mu_law(0),)) * 160
    assert law.is_quiet(law.silence)


@LAWS
def test_the_weakest_signal_of_a_fax_is_not_quiet_and_the_noise_of_a_line_is(law: Law) -> None:
    """A receiver hears down to -43 dBm (T.30 4.1), 46 dB below full scale; a line's noise and echo lie lower."""
    assert not law.is_quiet(tone(law, 10 ** (-40 / 20)))
    assert law.is_quiet(tone(law, 10 ** (-50 / 20)))


@LAWS
@pytest.mark.parametrize("at", [0, 80, 159])
def test_one_loud_sample_is_enough(law: Law, at: int) -> None:
    frame = bytearray(law.silence)
    frame[at] = tone(law, 1.0)[1]
    assert not law.is_quiet(bytes(frame))


@LAWS
def test_sign_makes_no_difference(law: Law) -> None:
    for octet in range(256):
        assert law.is_quiet(bytes((octet,))) == law.is_quiet(bytes((octet ^ 0x80,)))


@LAWS
def test_each_sample_has_the_octet_of_the_law(law: Law) -> None:
    samples = list(range(-32768, 32768))
    octets = ffi.new("uint8_t[]", len(samples))
    lib.g711_octets(law is Law.A, ffi.new("int16_t[]", samples), octets, len(samples))
    coded = bytes(ffi.buffer(octets, len(samples)))
    for sample, octet in zip(samples[8::16], coded[8::16], strict=True):  # the middles of the finest steps of 12 bits
        assert octet == (a_law(sample >> 3) if law is Law.A else mu_law((abs(sample) >> 2) * (1 if sample > 0 else -1)))


@LAWS
def test_each_octet_has_its_sample_which_has_that_octet(law: Law) -> None:
    octets = bytes(range(256))
    samples = ffi.new("int16_t[]", [0] * 256)
    again = ffi.new("uint8_t[]", 256)
    lib.g711_samples(law is Law.A, octets, samples, 256)
    assert [samples[octet] for octet in octets] == [linear(octet, law) for octet in octets]
    lib.g711_octets(law is Law.A, samples, again, 256)
    nothing = {0x7F: 0xFF}  # mu-law has two octets for nothing
    assert list(bytes(ffi.buffer(again, 256))) == [
        nothing.get(octet, octet) if law is Law.MU else octet for octet in octets
    ]
