"""The jitter buffer: early, late, twice or never, something comes out each 20 ms, and mostly what was said."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transports import LATE, MOST_FRAMES, REPEATS, START_FRAMES, JitterBuffer
from unifax.wire.g711 import FRAME_OCTETS, Law

LAW = Law.A


def said(number: int) -> bytes:
    """Return a frame that is loud, and no other."""
    return b"\x2a" + (number * 2 + 1).to_bytes(4, "big") * 39 + b"\x2a\x2a\x2a"


def put(buffer: JitterBuffer, number: int) -> bool:
    return buffer.put(number * FRAME_OCTETS, said(number))


def begun(frames: int = START_FRAMES) -> JitterBuffer:
    """Return a buffer that has so many frames, from number 0 on, and has waited as long as it does."""
    buffer = JitterBuffer(LAW)
    for number in range(frames):
        put(buffer, number)
    assert [buffer.take() for _ in range(START_FRAMES)] == [LAW.silence] * START_FRAMES
    return buffer


def test_before_anything_came_there_is_silence() -> None:
    buffer = JitterBuffer(LAW)
    assert {buffer.take() for _ in range(1000)} == {LAW.silence}
    assert (buffer.counters.played, buffer.counters.repeated) == (0, 0)


@given(st.permutations(range(12)), st.integers(0, 2**40))
def test_what_comes_in_time_comes_out_in_order_whatever_order_it_came_in(order: list[int], begin: int) -> None:
    buffer = JitterBuffer(LAW)
    buffer.put(begin * 80, said(99))
    for number in order:
        buffer.put((begin + 2 * number + 2) * 80, said(number))
        buffer.put((begin + 2 * number + 2) * 80, said(number))  # twice
    frames = [buffer.take() for _ in range(START_FRAMES + 13)]
    assert frames[START_FRAMES:] == [said(99), *(said(number) for number in range(12))]
    assert (buffer.counters.played, buffer.counters.repeated, buffer.counters.late) == (13, 0, 0)


@pytest.mark.parametrize("octets", [80, 160, 240, 320])
def test_packets_of_10_to_40_ms_are_one_stream(octets: int) -> None:
    audio = b"".join(said(number) for number in range(6))
    buffer = JitterBuffer(LAW)
    for at in range(0, len(audio), octets):
        buffer.put(at, audio[at : at + octets])
    assert b"".join(buffer.take() for _ in range(START_FRAMES + 6))[START_FRAMES * FRAME_OCTETS :] == audio


def test_a_missing_frame_is_the_one_before_it_again_and_the_next_is_at_its_place() -> None:
    buffer = begun()
    put(buffer, 4)
    assert [buffer.take() for _ in range(5)] == [said(0), said(1), said(2), said(2), said(4)]
    assert (buffer.counters.played, buffer.counters.repeated) == (4, 1)


def test_half_a_frame_that_is_missing_is_half_of_the_one_before() -> None:
    buffer = begun()
    buffer.put(3 * FRAME_OCTETS + 80, said(3)[80:])
    assert [buffer.take() for _ in range(4)][3] == said(2)[:80] + said(3)[80:]


def test_whoever_stops_is_repeated_for_a_tenth_of_a_second_and_then_silent() -> None:
    buffer = begun()
    frames = [buffer.take() for _ in range(40)]
    assert frames == [said(0), said(1), said(2)] + [said(2)] * REPEATS + [LAW.silence] * (37 - REPEATS)


def test_what_comes_after_its_turn_is_dropped_and_counted_and_the_delay_grows_by_a_frame() -> None:
    buffer = begun()
    for _ in range(4):
        buffer.take()
    assert not put(buffer, 3)
    put(buffer, 4)
    assert (buffer.counters.late, [buffer.take(), buffer.take()]) == (1, [said(2), said(4)])
    assert buffer.counters.stretched == 1


def test_a_packet_that_comes_again_after_its_turn_is_not_late() -> None:
    buffer = begun()
    buffer.take()
    assert not put(buffer, 0)
    assert buffer.counters.late == 0


def test_a_far_clock_that_stood_still_begins_anew() -> None:
    buffer = begun()
    for _ in range(3 + 2 * LATE):
        buffer.take()
    for number in range(3, 3 + LATE):
        assert not put(buffer, number)
    assert buffer.counters.late == LATE
    for number in range(3 + LATE, 6 + LATE):
        assert put(buffer, number)
    assert [buffer.take() for _ in range(START_FRAMES + 1)] == [LAW.silence] * START_FRAMES + [said(3 + LATE)]


def test_more_than_the_longest_delay_is_thrown_away_at_once() -> None:
    buffer = begun(MOST_FRAMES + 5)
    assert buffer.take() == said(0)
    assert buffer.counters.skipped == MOST_FRAMES + 4 - START_FRAMES
    assert buffer.take() == said(1 + buffer.counters.skipped)


@pytest.mark.parametrize(("ppm", "slips"), [(200, "skipped"), (-200, "stretched")])
def test_another_clock_is_followed_by_whole_frames_in_silence(ppm: int, slips: str) -> None:
    """Ten minutes of two seconds of signal and two of silence, from a clock that is fast or slow: nothing is hurt."""
    buffer = JitterBuffer(LAW)
    sent, heard, numbers = [], [], iter(range(1_000_000))
    number = 0
    for tick in range(30_000):
        while number <= tick * (1 + ppm / 1e6):
            frame = LAW.silence if number // 100 % 2 else said(next(numbers))
            sent.append(frame)
            buffer.put(number * FRAME_OCTETS, frame)
            number += 1
        heard.append(buffer.take())
    loud = [frame for frame in heard if frame != LAW.silence]
    assert loud == [frame for frame in sent if frame != LAW.silence][: len(loud)]
    assert getattr(buffer.counters, slips) == pytest.approx(6, abs=2)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.3), st.integers(0, 8))
def test_something_comes_out_whatever_goes_in(seed: int, loss: float, reach: int) -> None:
    rng = random.Random(seed)
    buffer = JitterBuffer(LAW)
    for tick in range(300):
        for _ in range(rng.choice((0, 1, 1, 1, 2, 5))):
            if rng.random() >= loss:
                position = (tick + rng.randint(-reach, reach)) * FRAME_OCTETS + rng.choice((0, 0, 0, 80, 17))
                buffer.put(position, rng.randbytes(rng.choice((0, 1, 80, 160, 240))))
        assert len(buffer.take()) == FRAME_OCTETS


def test_a_far_clock_that_stood_still_for_a_minute_begins_anew_as_soon() -> None:
    buffer = begun()
    for _ in range(3000):
        buffer.take()
    assert [put(buffer, number) for number in range(3, 4 + LATE)] == [False] * LATE + [True]


@pytest.mark.parametrize("step", [FRAME_OCTETS, 1440, 16_000, 10**12])
def test_while_nobody_takes_only_the_newest_is_kept(step: int) -> None:
    buffer = begun()
    for number in range(1, 5000):
        buffer.put(number * step, said(number) * 9)
    frames = [buffer.take() for _ in range(MOST_FRAMES + 9)]
    assert said(4999) in frames
    assert said(1) not in frames
    assert buffer.counters.skipped


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=9000))
def test_no_position_or_length_is_too_much(first: int, second: int, audio: bytes) -> None:
    buffer = JitterBuffer(LAW)
    buffer.put(first, said(0))
    buffer.put(second, audio)
    assert {len(buffer.take()) for _ in range(150)} == {FRAME_OCTETS}
