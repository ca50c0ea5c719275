"""Files that only a key opens (AES-256-GCM): each has one of its own, which a master key wraps. Knows no faxes.

A sealed file is a mark and then chunks, each sealed by itself: any of them can be opened alone, none can be moved, and
the last is marked as such, so that a file cut short is noticed. Data keys are used for one file: nonces may count.
"""

import hashlib
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unifax.model.errors import ContentLost, Misconfigured, Unavailable
from unifax.store.key_prints import print_of

MASTER = "master."
"What the names of master keys begin with, in `store.key_prints`."
KEY_BYTES = 32
CHUNK_OCTETS = 1 << 16
MARK = b"unifax1\n"
COMMAND_SECONDS = 60

_NONCE_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """What wraps the keys of files. The first wraps; all of them unwrap, so that there can be a new one."""

    first: str
    keys: Mapping[str, AESGCM]
    "By a name that tells nothing of them."
    prints: Mapping[str, str] = field(default_factory=dict)
    "What every host must have, as `store.key_prints` has it."

    @classmethod
    def read(cls, text: str) -> "MasterKeys":
        """Read keys, one a line: 64 hexadecimal digits. Raises Misconfigured."""
        keys: dict[str, AESGCM] = {}
        prints: dict[str, str] = {}
        for line in text.split():
            try:
                key = bytes.fromhex(line)
            except ValueError:
                key = b""
            if len(key) != KEY_BYTES:
                raise Misconfigured("files: a master key must be 64 hexadecimal digits, alone on its line")
            name = hashlib.sha256(b"name of" + key).hexdigest()[:8]
            keys[name], prints[MASTER + name] = AESGCM(key), print_of(key)
        if not keys:
            raise Misconfigured("files: there is no master key where it should be")
        return cls(next(iter(keys)), keys, prints)

    def wrap(self, key: bytes, of: str) -> str:
        """Return a data key as it may be seen by anybody, with the name of the key that opens it."""
        nonce = token_bytes(_NONCE_BYTES)
        wrapped = nonce + self.keys[self.first].encrypt(nonce, key, of.encode())
        return f"{self.first}.{urlsafe_b64encode(wrapped).decode().rstrip('=')}"

    def unwrap(self, wrapped: str, of: str) -> bytes:
        """Raises Unavailable when the master key is not among ours, ContentLost when it was not wrapped so."""
        name, _, text = wrapped.partition(".")
        if name not in self.keys:
            raise Unavailable(f"the master key {name} is not among those that are configured")
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        try:
            return self.keys[name].decrypt(octets[:_NONCE_BYTES], octets[_NONCE_BYTES:], of.encode())
        except InvalidTag as error:
            raise ContentLost("the key of a file is not what it was") from error


def keys_from_file(file: Path) -> MasterKeys:
    """Raises Misconfigured."""
    try:
        return MasterKeys.read(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"files.master_key_file: {error}") from error


def keys_from_command(command: Sequence[str]) -> MasterKeys:
    """Ask a command for the keys: one that asks a KMS, say. Raises Misconfigured."""
    try:
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=COMMAND_SECONDS, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Misconfigured(f"files.key_command: {command[0]} does not tell the master key") from error
    return MasterKeys.read(told.stdout)


def seal(plain: Path, sealed: Path, key: bytes) -> None:
    """Write a sealed copy of a file. Raises OSError."""
    cipher = AESGCM(key)
    with plain.open("rb") as source, sealed.open("wb") as target:
        target.write(MARK)
        chunk, number = source.read(CHUNK_OCTETS), 0
        while chunk or not number:
            following = source.read(CHUNK_OCTETS)
            target.write(cipher.encrypt(_nonce(number, is_last=not following), chunk, MARK))
            chunk, number = following, number + 1


def unseal(sealed: Path, plain: Path, key: bytes) -> None:
    """Write what a sealed file holds. Raises ContentLost when it is not what was sealed, OSError."""
    cipher = AESGCM(key)
    with sealed.open("rb") as source, plain.open("wb") as target:
        if source.read(len(MARK)) != MARK:
            raise ContentLost(f"{sealed.name}: is not sealed")
        chunk, number = source.read(CHUNK_OCTETS + _TAG_BYTES), 0
        while chunk or not number:
            following = source.read(CHUNK_OCTETS + _TAG_BYTES)
            try:
                target.write(cipher.decrypt(_nonce(number, is_last=not following), chunk, MARK))
            except InvalidTag as error:
                raise ContentLost(f"{sealed.name}: does not open") from error
            chunk, number = following, number + 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + bytes([is_last])
