"""What proves that a code belongs to the App that asked for it (the rest is tested where Apps ask: web/oauth)."""

import base64
import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from unifax.service.granting import new_secret, proves

VERIFIERS = st.from_regex(r"\A[A-Za-z0-9._~-]{43,128}\Z")


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@given(VERIFIERS, VERIFIERS)
def test_a_verifier_proves_its_own_challenge_and_no_other(verifier: str, other: str) -> None:
    assert proves(verifier, challenge_of(verifier))
    assert proves(other, challenge_of(verifier)) == (other == verifier)


@given(st.text(), st.text())
def test_any_verifier_proves_something_or_not(verifier: str, challenge: str) -> None:
    assert not proves(verifier, challenge)


@given(st.text())
def test_a_challenge_needs_a_verifier_and_a_verifier_a_challenge(text: str) -> None:
    assert not proves(None, text)
    assert not proves(text, None)


def test_without_pkce_there_is_nothing_to_prove() -> None:
    assert proves(None, None)


def test_secrets_hold_only_characters_that_clients_accept() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)
