"""Passwords: what is kept of one, and whether another is the same. Must not know: whose they are.

Argon2id with the parameters that OWASP's Password Storage sheet names for small machines. A hash is slow and takes
19 MiB, on purpose; argon2 lets go of the interpreter meanwhile. On the event loop, use `Passwords`.
"""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

AT_ONCE = 2
"Hashes made at the same time by one process: 38 MiB, however many people sign in."


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _as_bytes(password: str) -> bytes:
    """Return the same bytes for the same characters, however a keyboard composes them (RFC 8265 4.2.2: NFC)."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")


def hashed(password: str) -> str:
    """Return what to keep of a password: `$argon2id$…`, another one each time."""
    return _hasher().hash(_as_bytes(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password that `kept` was made of.

    Without anything kept the same work is done, and the answer is no: how long it takes tells nobody which logins
    there are.
    """
    if kept is None:
        hashed(password)
        return False
    try:
        return _hasher().verify(kept, _as_bytes(password))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise ValueError("what is kept of this password is no argon2 hash") from error


def outdated(kept: str) -> bool:
    """Whether it was made with other parameters than those of today: make it anew when its owner signs in."""
    return _hasher().check_needs_rehash(kept)


class Passwords:
    """The same off the event loop, and only so many at once."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)

    async def hashed(self, password: str) -> str:
        """Return what to keep of a password."""
        async with self._turns:
            return await asyncio.to_thread(hashed, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether this is the password that `kept` was made of."""
        async with self._turns:
            return await asyncio.to_thread(matches, kept, password)
