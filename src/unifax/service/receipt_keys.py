"""The keys that receipts and heads of the audit log are signed with: Ed25519, as JWS. Must not know: what is signed.

In the folder, `1.key` is the first; the one with the highest number signs. When it is replaced, its secret half is
removed and its public half stays (`1.pub`), for as long as the folder: what it has signed can be checked for ever.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from unifax.model.errors import Forged, Misconfigured
from unifax.store.hashing import flush
from unifax.store.key_prints import Prints, print_of
from unifax.store.keyfile import KEY_BYTES, read_or_make_key

ALGORITHM = "Ed25519"
"RFC 9864; RFC 8037 called it EdDSA."

RECEIPTS = "receipts."
"What the names of these keys begin with, in `store.key_prints`."

Jwk = Mapping[str, str]


class ReceiptKeys:
    """Signs, and shows the public halves."""

    def __init__(self, folder: Path) -> None:
        """`folder` and its first key are made when they are needed."""
        self._folder = folder

    def sign(self, kind: str, payload: bytes) -> str:
        """Return a compact JWS (RFC 7515) whose `typ` is `kind`. Raises Misconfigured for a key file not ours."""
        key = _pair(self._secret(max(self._numbers(".key"), default=1)))
        return jws.serialize_compact(_header(kind, key), payload, key, algorithms=[ALGORITHM])

    def public(self) -> Sequence[Jwk]:
        """Return the public halves of all keys there ever were, the one that signs first."""
        secrets = [_public(_pair(self._secret(number))) for number in self._numbers(".key") or [1]]
        gone = [_jwk(self._read_public(number)) for number in self._numbers(".pub")]
        found = {jwk["kid"]: jwk for jwk in [*reversed(secrets), *reversed(gone)]}
        return list(found.values())

    def prints(self) -> Prints:
        """Return what every host must have; nothing while there is no key yet."""
        there = self._numbers(".key") or self._numbers(".pub")
        return {RECEIPTS + jwk["kid"]: print_of(jwk["x"].encode()) for jwk in self.public()} if there else {}

    def rotate(self) -> str:
        """Sign with a new key from now on, and return its `kid`. Processes that run take it up by themselves."""
        before = self._numbers(".key") or [1]
        for number in before:
            public = _raw(_pair(self._secret(number)))
            self._keep_public(number, public)
        made = self._secret(max(before) + 1)
        for number in before:
            self._path(number, ".key").unlink()
        flush(self._folder)
        return _public(_pair(made))["kid"]

    def _numbers(self, suffix: str) -> list[int]:
        found = self._folder.glob(f"*{suffix}")
        return sorted(int(path.stem) for path in found if path.stem.isascii() and path.stem.isdigit())

    def _path(self, number: int, suffix: str) -> Path:
        return self._folder / f"{number}{suffix}"

    def _secret(self, number: int) -> bytes:
        return read_or_make_key(self._path(number, ".key"))

    def _read_public(self, number: int) -> bytes:
        path = self._path(number, ".pub")
        octets = path.read_bytes()
        if len(octets) != KEY_BYTES:
            raise Misconfigured(f"{path} must hold {KEY_BYTES} bytes, and nothing else")
        return octets

    def _keep_public(self, number: int, octets: bytes) -> None:
        part = self._path(number, ".new")
        part.write_bytes(octets)
        part.replace(self._path(number, ".pub"))
        flush(self._folder)


def opened(text: str, kind: str, keys: Sequence[Mapping[str, object]]) -> bytes:
    """Return what a compact JWS signs, by one of these public keys (JWK). Raises Forged."""
    try:
        known = KeySet([OKPKey.import_key({name: str(value) for name, value in each.items()}) for each in keys])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Forged("these are no keys in the form of a JWK set") from error
    try:
        found = jws.deserialize_compact(text.strip().encode("ascii"), known, algorithms=[ALGORITHM])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Forged("the signature is not good, or not by any of these keys") from error
    if found.headers().get("typ") != kind:
        raise Forged(f"this is no {kind}")
    return found.payload


def _header(kind: str, key: OKPKey) -> dict[str, str]:
    return {"alg": ALGORITHM, "typ": kind, "kid": key.thumbprint()}


def _pair(secret: bytes) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _base64url(public), "d": _base64url(secret)})


def _raw(pair: OKPKey) -> bytes:
    return pair.public_key.public_bytes_raw()


def _public(pair: OKPKey) -> Jwk:
    return _jwk(_raw(pair))


def _jwk(public: bytes) -> Jwk:
    """Return a public key as RFC 8037 has it; its `kid` is its thumbprint (RFC 7638)."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _base64url(public)})
    words = {"kty": "OKP", "crv": "Ed25519", "x": _base64url(public)}
    return {**words, "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
