"""Hooks: addresses are read in one way only; tries come to an end, and not too soon."""

from datetime import timedelta
from itertools import pairwise
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW
from unifax.model.errors import RequestInvalid
from unifax.model.event import EventKind
from unifax.model.hook import LONGEST_PAUSE_SECONDS, TYPES, Answer, HookType, HookUrl, next_try

CHANCES = st.floats(0, 1)
ASKED = st.none() | st.floats(-1e9, 1e9)


@given(st.lists(st.tuples(CHANCES, ASKED), min_size=50, max_size=50))
def test_tries_lie_in_the_future_and_come_to_an_end_after_ten_more_over_three_days(
    fates: list[tuple[float, float | None]],
) -> None:
    tried = [NOW]
    for made, (chance, asked) in enumerate(fates, start=1):
        again = next_try(made, tried[-1], asked, chance)
        if again is None:
            break
        tried.append(again)
    assert 1 + 10 <= len(tried) < 50
    assert tried[-1] - tried[0] >= timedelta(days=3)
    assert all(now < then for now, then in pairwise(tried))


@given(st.integers(1, 10), ASKED, CHANCES)
def test_a_receiver_may_put_us_off_but_not_too_long_and_not_draw_us_near(
    made: int, asked: float | None, chance: float
) -> None:
    usual, then = next_try(made, NOW, None, chance), next_try(made, NOW, asked, chance)
    assert usual is not None
    assert then is not None
    assert then >= usual
    assert then <= max(usual, NOW + timedelta(seconds=LONGEST_PAUSE_SECONDS))
    if asked is not None and asked <= LONGEST_PAUSE_SECONDS:
        assert then >= NOW + timedelta(seconds=asked)


def test_every_event_but_the_steps_of_calls_has_its_hooks() -> None:
    assert set(TYPES) == set(EventKind) - {EventKind.PROGRESS}
    assert set(TYPES.values()) == set(HookType)


@pytest.mark.parametrize(
    ("status", "told", "gone"), [(200, True, False), (204, True, False), (301, False, False), (410, False, True)]
)
def test_only_2xx_is_told(status: int, told: bool, gone: bool) -> None:
    assert (Answer(status).is_told, Answer(status).is_gone) == (told, gone)
    assert not Answer(None).is_told


@pytest.mark.parametrize(
    ("text", "host", "port", "target", "authority"),
    [
        ("https://receiver.example", "receiver.example", 443, "/", "receiver.example"),
        ("HTTP://Receiver.Example:8080/A?b=%20", "receiver.example", 8080, "/A?b=%20", "receiver.example:8080"),
        ("http://[2606:4700::1]:80/", "2606:4700::1", 80, "/", "[2606:4700::1]"),
        ("http://8.8.8.8?x", "8.8.8.8", 80, "/?x", "8.8.8.8"),
        ("https://xn--bcher-kva.example./", "xn--bcher-kva.example.", 443, "/", "xn--bcher-kva.example."),
        ("http://localhost:1", "localhost", 1, "/", "localhost:1"),
    ],
)
def test_an_address_is_taken_apart_once(text: str, host: str, port: int, target: str, authority: str) -> None:
    url = HookUrl.parse(text)
    assert (url.host, url.port, url.target, url.authority) == (host, port, target, authority)
    assert HookUrl.parse(quote(text, safe="")) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "receiver.example",
        "//receiver.example",
        "ftp://a.example",
        "https:///x",
        "https://a..example/",
        "https://-a/",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:/",
        "https://a.example:8o/",
        "https://u@a.example/",
        "https://@a.example/",
        "https://u:p@a.example/",
        "https://a.example/#b",
        "https://a.example\\@b/",
        "https://a.example/\r\nHost: b",
        "https://a.example/ä",
        "https://a%2eexample/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://a.0x7f/",
        "http://[::1",
        "http://::1/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.x]/",
        "http://[8.8.8.8]/",
        f"https://a.example/{'x' * 2000}",
        f"https://{'a.' * 127}example/",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(RequestInvalid):
        HookUrl.parse(text)


@given(st.text(alphabet="https://@:[]%0x7f.1aA_-?#&\\ \r\nä", max_size=60) | st.text(max_size=60))
def test_whatever_comes_is_an_address_or_refused(text: str) -> None:
    for given_text in (text, f"http://{text}", f"https://a.example/{text}"):
        try:
            url = HookUrl.parse(given_text)
        except RequestInvalid:
            continue
        assert url.target.startswith("/")
        assert url.target.isascii()
        assert not set(url.target + url.host) & set("# \r\n\\")
        assert 0 < url.port < 65536
        assert urlsplit(url.text).hostname == url.host
        assert HookUrl.parse(url.text) == url
