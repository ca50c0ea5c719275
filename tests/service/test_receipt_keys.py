"""The keys of receipts: made at first need, replaced, and good for ever for what they have signed."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.util import urlsafe_b64decode

from unifax.model.errors import Forged, Misconfigured
from unifax.service.receipt_keys import ReceiptKeys, opened

KIND = "some-kind"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> ReceiptKeys:
    return ReceiptKeys(tmp_path_factory.mktemp("keys") / "receipts")


def test_what_was_signed_can_be_opened(keys: ReceiptKeys) -> None:
    assert opened(keys.sign(KIND, b"the truth"), KIND, keys.public()) == b"the truth"
    assert opened(f"\n{keys.sign(KIND, b'')} ", KIND, keys.public()) == b""


def test_a_signature_is_ed25519_whoever_checks_it(keys: ReceiptKeys) -> None:
    protected, payload, signature = keys.sign(KIND, b"the truth").split(".")
    [key] = keys.public()
    public = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(key["x"].encode()))
    public.verify(urlsafe_b64decode(signature.encode()), f"{protected}.{payload}".encode())


@given(st.data())
def test_whatever_octet_is_changed_it_is_seen(keys: ReceiptKeys, data: st.DataObject) -> None:
    signed = keys.sign(KIND, b'{"state": "failed"}')
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.characters(codec="latin-1").filter(lambda each: each != signed[at]))
    try:
        assert opened(signed[:at] + other + signed[at + 1 :], KIND, keys.public()) == b'{"state": "failed"}'
    except Forged:
        return
    # Of the last character of a part of a JWS not all bits are octets' (RFC 4648 3.5): it says the same.
    assert at + 1 in {signed.index("."), signed.rindex("."), len(signed)}, "what was changed was not seen"


@given(st.text(max_size=80))
def test_what_is_no_jws_is_refused(keys: ReceiptKeys, text: str) -> None:
    with pytest.raises(Forged):
        opened(text, KIND, keys.public())


def test_one_kind_is_not_taken_for_another(keys: ReceiptKeys) -> None:
    with pytest.raises(Forged, match="this is no other-kind"):
        opened(keys.sign(KIND, b""), "other-kind", keys.public())


def test_another_key_does_not_open_it(keys: ReceiptKeys, tmp_path: Path) -> None:
    signed = keys.sign(KIND, b"")
    for known in (ReceiptKeys(tmp_path / "others").public(), [], [{"kty": "oct", "k": "AA"}], [{}]):
        with pytest.raises(Forged):
            opened(signed, KIND, known)


def test_what_was_signed_before_a_new_key_can_still_be_opened(tmp_path: Path) -> None:
    keys = ReceiptKeys(tmp_path / "receipts")
    signed = [keys.sign(KIND, b"0")]
    for number in range(1, 3):
        made = keys.rotate()
        assert keys.public()[0]["kid"] == made
        signed.append(keys.sign(KIND, str(number).encode()))
    assert [opened(each, KIND, keys.public()) for each in signed] == [b"0", b"1", b"2"]
    assert [opened(each, KIND, ReceiptKeys(tmp_path / "receipts").public()) for each in signed] == [b"0", b"1", b"2"]
    assert sorted(path.name for path in (tmp_path / "receipts").iterdir()) == ["1.pub", "2.pub", "3.key"]
    assert stat.S_IMODE((tmp_path / "receipts" / "3.key").stat().st_mode) == 0o600


def test_a_rotation_that_was_cut_off_is_made_up_for_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "receipts"
    keys = ReceiptKeys(folder)
    signed = keys.sign(KIND, b"")
    secret = (folder / "1.key").read_bytes()
    keys.rotate()
    (folder / "1.key").write_bytes(secret)
    assert len(keys.public()) == 2
    keys.rotate()
    assert sorted(path.name for path in folder.iterdir()) == ["1.pub", "2.pub", "3.key"]
    assert opened(signed, KIND, keys.public()) == b""


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    keys = ReceiptKeys(tmp_path)
    keys.rotate()
    (tmp_path / "1.pub").write_bytes(b"short")
    with pytest.raises(Misconfigured, match=r"1\.pub"):
        keys.public()
