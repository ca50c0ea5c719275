"""What things may be called: any text is either refused, or kept in a form that stays as it is."""

import string
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model import naming
from unifax.model.errors import RequestInvalid

PARSERS = [
    naming.parse_name,
    naming.parse_header_text,
    naming.parse_login,
    naming.parse_station_id,
    naming.parse_password,
    naming.parse_redirect_uri,
]
TEXT = st.one_of(
    st.text(max_size=40),
    st.text("0123456789+*# -", max_size=25),
    st.text(string.ascii_letters + "._@+- ", max_size=20),
    st.text("htps:/[]1.@#?%lo ca", max_size=20).map(lambda rest: "https://" + rest),
)


def parsed(parse: Callable[[str], str], text: str) -> str | None:
    try:
        return parse(text)
    except RequestInvalid:
        return None


@pytest.mark.parametrize("parse", PARSERS)
@given(TEXT)
def test_what_is_kept_is_kept_as_it_is_when_it_is_given_again(parse: Callable[[str], str], text: str) -> None:
    kept = parsed(parse, text)
    assert kept is None or parse(kept) == kept


@given(TEXT)
def test_a_station_id_holds_only_what_t30_can_send(text: str) -> None:
    kept = parsed(naming.parse_station_id, text)
    assert kept is None or (set(kept) <= set("0123456789+*# ") and 0 < len(kept) <= 20)


@given(st.text("0123456789+*#", min_size=1, max_size=20))
def test_every_station_id_that_t30_can_send_is_kept(text: str) -> None:
    assert naming.parse_station_id(text) == text


@given(TEXT)
def test_a_login_is_the_same_in_capitals(text: str) -> None:
    kept = parsed(naming.parse_login, text)
    assert kept is None or kept == parsed(naming.parse_login, kept.upper())


@given(TEXT)
def test_an_address_that_codes_are_sent_to_is_encrypted_or_on_this_machine(text: str) -> None:
    kept = parsed(naming.parse_redirect_uri, text)
    assert kept is None or (urlsplit(kept).scheme == "https" and "#" not in kept and " " not in kept)


@pytest.mark.parametrize(
    ("parse", "given", "kept"),
    [
        (naming.parse_name, " Müller & Söhne ", "Müller & Söhne"),
        (naming.parse_name, "n" * 100, "n" * 100),
        (naming.parse_login, " Alice.B@Example.ORG ", "alice.b@example.org"),
        (naming.parse_station_id, " +1 415 ", "+1 415"),
        (naming.parse_station_id, "0003*210", "0003*210"),
        (naming.parse_password, " spaces are kept ", " spaces are kept "),
        (naming.parse_password, "ключ от входной двери", "ключ от входной двери"),
        (naming.parse_redirect_uri, "https://app.example/back?x=1", "https://app.example/back?x=1"),
        (naming.parse_redirect_uri, "http://127.0.0.1:8080/back", "http://127.0.0.1:8080/back"),
        (naming.parse_redirect_uri, "http://[::1]/back", "http://[::1]/back"),
        (naming.parse_redirect_uri, "http://localhost:1/", "http://localhost:1/"),
    ],
)
def test_what_is_good_is_kept(parse: Callable[[str], str], given: str, kept: str) -> None:
    assert parse(given) == kept


@pytest.mark.parametrize(
    ("parse", "given"),
    [
        (naming.parse_name, ""),
        (naming.parse_name, "  "),
        (naming.parse_name, "two\nlines"),
        (naming.parse_name, "\u202edesrever"),
        (naming.parse_name, "\ud800"),
        (naming.parse_name, "n" * 101),
        (naming.parse_header_text, "n" * 61),
        (naming.parse_login, ""),
        (naming.parse_login, "-root"),
        (naming.parse_login, "аlice"),  # its first letter is Cyrillic
        (naming.parse_login, "a b"),
        (naming.parse_login, "a" * 101),
        (naming.parse_station_id, ""),
        (naming.parse_station_id, "ACME"),
        (naming.parse_station_id, "٣"),
        (naming.parse_station_id, "1" * 21),
        (naming.parse_password, "short"),
        (naming.parse_password, "p" * 257),
        (naming.parse_password, "half of a character: \ud83d"),
        (naming.parse_redirect_uri, "http://app.example/back"),
        (naming.parse_redirect_uri, "http://127.0.0.1.example/"),
        (naming.parse_redirect_uri, "http://localhost@app.example/"),
        (naming.parse_redirect_uri, "https://user@app.example/"),
        (naming.parse_redirect_uri, "https://app.example/#there"),
        (naming.parse_redirect_uri, "https://app.example/ there"),
        (naming.parse_redirect_uri, "https://app.example\\@other.example"),
        (naming.parse_redirect_uri, "https://app.example:port/"),
        (naming.parse_redirect_uri, "https://[::1/"),
        (naming.parse_redirect_uri, "https:///back"),
        (naming.parse_redirect_uri, "javascript:alert(1)"),
        (naming.parse_redirect_uri, "/back"),
        (naming.parse_redirect_uri, "https://a.example/" + "b" * 2000),
    ],
)
def test_what_is_not_is_refused_with_a_sentence(parse: Callable[[str], str], given: str) -> None:
    with pytest.raises(RequestInvalid, match=r"\w \w"):
        parse(given)
