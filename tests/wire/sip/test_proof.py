"""The server's half of digest: the client's half proves itself to it, and nobody else does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.sip.far_side import THEM, FarSide
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials, Keys, challenges
from unifax.wire.sip.message import Headers, Request, parse
from unifax.wire.sip.proof import NONCE_SECONDS, Doorkeeper

DOOR = Doorkeeper("unifax", {"carrier": "correct horse", "other": "battery"}, b"a secret of ours")
CARRIER = Credentials("carrier", "correct horse")
INVITE = FarSide().request("INVITE", body=b"an offer")


def signed(credentials: Credentials, request: Request = INVITE, at: float = 100.0, only: str | None = None) -> Request:
    """Return a request as our own client would send it after the challenge: with its favourite, or the one named."""
    keys = Keys(credentials, lambda: "cnonce")
    challenge = DOOR.challenge(request, THEM, at)
    if only is not None:
        kept = [field for field in challenge.headers.fields if "Digest" not in field[1] or f"={only}," in field[1]]
        challenge = replace(challenge, headers=Headers(tuple(kept)))
    assert keys.learn(challenge, {})
    sent = parse(bytes(keys.sign(request)))
    assert isinstance(sent, Request)
    return sent


@pytest.mark.parametrize("only", [None, "MD5", "SHA-256"])
def test_who_knows_the_password_is_known(only: str | None) -> None:
    assert DOOR.user_of(signed(CARRIER, only=only), THEM, 101.0) == "carrier"
    assert DOOR.user_of(signed(Credentials("other", "battery"), only=only), THEM, 101.0) == "other"


def test_a_challenge_names_both_hashes_the_better_first_and_is_the_same_in_a_moment() -> None:
    response = DOOR.challenge(INVITE, THEM, 100.0)
    assert [(each.realm, each.algorithm, each.qop) for each in challenges(response)] == [
        ("unifax", "SHA-256", True),
        ("unifax", "MD5", True),
    ]
    assert response.to.tag
    assert bytes(response) == bytes(DOOR.challenge(INVITE, THEM, 100.0))


@pytest.mark.parametrize("wrong", [Credentials("carrier", "battery"), Credentials("nobody", ""), Credentials("", "")])
def test_who_does_not_know_it_is_nobody(wrong: Credentials) -> None:
    assert DOOR.user_of(signed(wrong), THEM, 101.0) is None


def test_without_an_answer_there_is_nobody() -> None:
    assert DOOR.user_of(INVITE, THEM, 0.0) is None


def test_an_answer_is_good_for_a_while_from_one_address_and_for_its_method() -> None:
    sent = signed(CARRIER)
    assert DOOR.user_of(sent, THEM, 100 + NONCE_SECONDS) == "carrier"
    assert DOOR.user_of(sent, THEM, 101 + NONCE_SECONDS) is None
    assert DOOR.user_of(sent, Address("10.0.0.66", THEM.port), 101.0) is None
    assert DOOR.user_of(replace(sent, method="BYE"), THEM, 101.0) is None
    assert Doorkeeper("unifax", {"carrier": "correct horse"}, b"another").user_of(sent, THEM, 101.0) is None


def test_a_right_answer_that_is_too_old_is_told_so_and_a_wrong_one_is_not() -> None:
    late = 102 + NONCE_SECONDS
    assert [each.stale for each in challenges(DOOR.challenge(signed(CARRIER), THEM, late))] == [True, True]
    wrong = signed(Credentials("carrier", "battery"))
    assert [each.stale for each in challenges(DOOR.challenge(wrong, THEM, late))] == [False, False]


PARAMS = st.sampled_from(["username", "realm", "nonce", "uri", "response", "nc", "cnonce", "qop", "algorithm", "x"])


@given(st.lists(st.tuples(PARAMS, st.text(max_size=30)), max_size=12), st.text(max_size=20))
def test_nothing_that_is_said_proves_anything_or_breaks_the_door(said: list[tuple[str, str]], scheme: str) -> None:
    value = f"Digest {scheme} " + ",".join(f'{name}="{text}"' for name, text in said)
    request = replace(INVITE, headers=Headers((*INVITE.headers.fields, ("Authorization", value))))
    assert DOOR.user_of(request, THEM, 1.0) is None
    assert DOOR.challenge(request, THEM, 1.0).status == 401
