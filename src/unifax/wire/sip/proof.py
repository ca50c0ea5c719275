"""Digest access authentication, the server's half (RFC 3261 22.2, RFC 7616, RFC 8760): who calls proves that he knows
a password. Nothing is kept of those who do not: a nonce says itself when and for whom it was made, and that it is ours.
"""

import hmac
from collections.abc import Iterator, Mapping

from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Challenge, Credentials, answers_in
from unifax.wire.sip.message import Request, Response

NONCE_SECONDS = 60.0
"How long a nonce is good. Within it, an answer that somebody has overheard is good from the same address only."
ALGORITHMS = ("SHA-256", "MD5")
"Our favourite first (RFC 8760 2.4)."


class Doorkeeper:
    """Asks for passwords, each of one user."""

    def __init__(self, realm: str, users: Mapping[str, str], secret: bytes) -> None:
        """`users` are passwords by name; `secret` must be hard to guess: who knows it makes nonces of his own."""
        self._realm = realm
        self._users = users
        self._secret = secret

    def user_of(self, request: Request, source: Address, now: float) -> str | None:
        """Return who has proved, by an answer to a challenge of ours, to be who he says."""
        return next(
            (user for user, nonce in self._proved(request) if self._age(nonce, source, now) <= NONCE_SECONDS), None
        )

    def challenge(self, request: Request, source: Address, now: float) -> Response:
        """Return the answer that asks for a password. It is the same for a request that comes twice in a moment."""
        nonce = self._nonce(round(now * 1000), source)
        was_ours = any(self._age(old, source, now) < float("inf") for _, old in self._proved(request))
        stale = ", stale=true" if was_ours else ""
        asked = [
            ("WWW-Authenticate", f'Digest realm="{self._realm}", nonce="{nonce}", algorithm={name}, qop="auth"{stale}')
            for name in ALGORITHMS
        ]
        return request.response(401, *asked, tag=self._mark("tag", request.call_id, str(request.cseq.number)))

    def _proved(self, request: Request) -> Iterator[tuple[str, str]]:
        """Yield user and nonce of every answer in a request that is right, whatever nonce it is for."""
        for params in answers_in(request):
            challenge = Challenge.of("WWW-Authenticate", params)
            user, uri, given = params.get("username", ""), params.get("uri", ""), params.get("response", "")
            if challenge is None or challenge.realm != self._realm or user not in self._users:
                continue
            try:
                count = int(params.get("nc", "0"), 16)
            except ValueError:
                continue
            # The URI is taken as it stands there: proxies on the way may have written the request's own anew.
            credentials = Credentials(user, self._users[user])
            right = challenge.proof(credentials, request.method, uri, params.get("cnonce", ""), count)
            if hmac.compare_digest(right.encode(), given.lower().encode("utf-8", "surrogateescape")):
                yield user, challenge.nonce

    def _nonce(self, milliseconds: int, source: Address) -> str:
        return f"{milliseconds:x}.{self._mark('nonce', f'{milliseconds:x}', source.host)}"

    def _age(self, nonce: str, source: Address, now: float) -> float:
        """Return how old a nonce is, in seconds; infinity when it is not ours, or was made for another address."""
        try:
            made = int(nonce.partition(".")[0], 16)
        except ValueError:
            return float("inf")
        ours = hmac.compare_digest(self._nonce(made, source).encode(), nonce.encode("utf-8", "surrogateescape"))
        return now - made / 1000 if ours else float("inf")

    def _mark(self, *pieces: str) -> str:
        return hmac.digest(self._secret, "\n".join(pieces).encode("utf-8", "surrogateescape"), "sha256").hex()[:32]
