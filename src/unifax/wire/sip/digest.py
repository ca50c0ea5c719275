"""Digest access authentication, the client's half (RFC 3261 22, RFC 7616, RFC 8760): challenges read, answers made.

Knows no transaction: who was asked, and asks again, is in `asking`. The server's half is in `proof`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from unifax.model.errors import ProtocolError
from unifax.wire.sip.fields import quoted, split_list, unquoted
from unifax.wire.sip.message import Headers, Request, Response

STALE = 3
"So many nonces may be called stale while one request is asked; a server whose clock is sound says it once."

SERVERS = 8
"So many servers may want a proof on the way of one request; more than a chain of proxies has."

ANSWERED_BY: Mapping[str, str] = {"WWW-Authenticate": "Authorization", "Proxy-Authenticate": "Proxy-Authorization"}
"Where the answer to a challenge stands."

Hash = Callable[[bytes], str]

HASHES: Mapping[str, Hash] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}
"Each also with `-sess`. Challenges with other algorithms are passed over (RFC 8760 2.3)."

_SCHEME = re.compile(r"([A-Za-z0-9\-]+)\s+(?=[^\s=])")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a trunk."""

    user: str
    password: str = field(repr=False)
    realm: str | None = None
    "The only realm that is answered; None answers every one."


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server wants proved, in a form that we can answer: a known algorithm, and `auth` or no qop at all."""

    header: str
    "Where it stood: WWW-Authenticate or Proxy-Authenticate."
    realm: str
    nonce: str
    opaque: str | None = None
    algorithm: str | None = None
    "As it came; none means MD5."
    qop: bool = False
    "Whether it wants a count and a nonce of ours (RFC 7616 3.4)."
    stale: bool = False
    "The password was right; only the nonce has become too old."

    @classmethod
    def of(cls, header: str, params: dict[str, str]) -> Self | None:
        """Return a challenge from the parameters of a Digest, names in lower case; None if we cannot answer it."""
        qops = [qop.strip().lower() for qop in params.get("qop", "").split(",") if qop.strip()]
        algorithm = params.get("algorithm")
        if "realm" not in params or "nonce" not in params or (qops and "auth" not in qops):
            return None
        if _name(algorithm).removesuffix("-SESS") not in HASHES:
            return None
        stale = params.get("stale", "").lower() == "true"
        return cls(header, params["realm"], params["nonce"], params.get("opaque"), algorithm, bool(qops), stale)

    def answer(self, credentials: Credentials, method: str, uri: str, cnonce: str, count: int) -> str:
        """Return the value of the header that answers (RFC 7616 3.4). `count` is how often this nonce was used, this
        time included.
        """
        params = [
            ("username", quoted(credentials.user)),
            ("realm", quoted(self.realm)),
            ("nonce", quoted(self.nonce)),
            ("uri", quoted(uri)),
            ("response", quoted(self.proof(credentials, method, uri, cnonce, count))),
        ]
        if self.algorithm is not None:
            params.append(("algorithm", self.algorithm))
        if self.qop or _name(self.algorithm).endswith("-SESS"):
            params.append(("cnonce", quoted(cnonce)))
        if self.opaque is not None:
            params.append(("opaque", quoted(self.opaque)))
        if self.qop:
            params += [("qop", "auth"), ("nc", f"{count:08x}")]
        return "Digest " + ", ".join(f"{name}={value}" for name, value in params)

    def proof(self, credentials: Credentials, method: str, uri: str, cnonce: str, count: int) -> str:
        """Return the `response` of the answer, hex."""
        name = _name(self.algorithm)
        hashed = HASHES[name.removesuffix("-SESS")]
        secret = _hash(hashed, credentials.user, self.realm, credentials.password)
        if name.endswith("-SESS"):
            secret = _hash(hashed, secret, self.nonce, cnonce)
        counted = (f"{count:08x}", cnonce, "auth") if self.qop else ()
        return _hash(hashed, secret, self.nonce, *counted, _hash(hashed, method, uri))


def challenges(response: Response) -> list[Challenge]:
    """Return what we can answer of a 401 or 407, the server's favourites first (RFC 8760 2.4)."""
    read = [
        Challenge.of(header, params)
        for header in ANSWERED_BY
        for value in response.headers.all(header)
        for params in _digests(value)
    ]
    return [challenge for challenge in read if challenge is not None]


class Keys:
    """What was learnt of the servers on the way of one Call-ID, and the answers for them (RFC 3261 22.2, 22.3)."""

    def __init__(self, credentials: Credentials | None, token: Callable[[], str]) -> None:
        """`token` makes opaque strings, each fresh. Without credentials no challenge is answered."""
        self._credentials = credentials
        self._token = token
        self._known: dict[tuple[str, str], _Key] = {}
        "By header and realm: one proxy after another may want its own."

    def sign(self, request: Request) -> Request:
        """Return a request with an answer for every server that has challenged us yet."""
        if self._credentials is None:
            return request
        answers: list[tuple[str, str]] = []
        for (header, _), key in self._known.items():
            key.count += 1
            answer = key.challenge.answer(self._credentials, request.method, request.uri, key.cnonce, key.count)
            answers.append((ANSWERED_BY[header], answer))
        return replace(request, headers=Headers((*request.headers.fields, *answers)))

    def learn(self, response: Response, tried: dict[tuple[str, str], int]) -> bool:
        """Take the challenges of a 401 or 407; return whether asking again can help.

        `tried` counts how often each server has challenged this one request; start it empty. A server that refuses an
        answer to its own challenge has refused us, unless only the nonce was stale.
        """
        fresh: dict[tuple[str, str], Challenge] = {}
        for challenge in challenges(response):
            if self._credentials is not None and self._credentials.realm in (None, challenge.realm):
                fresh.setdefault((challenge.header, challenge.realm), challenge)
        for name, challenge in fresh.items():
            tried[name] = tried.get(name, 0) + 1
            if tried[name] > (STALE + 1 if challenge.stale else 1) or len(tried) > SERVERS:
                return False
            self._known.pop(name, None)
            self._known[name] = _Key(challenge, self._token())
        while len(self._known) > SERVERS:
            del self._known[next(iter(self._known))]  # of requests long ago
        return bool(fresh)


@dataclass(slots=True)
class _Key:
    """A challenge, and how often it has been answered."""

    challenge: Challenge
    cnonce: str
    "One for each nonce: with `-sess` the first of them stands for all (RFC 7616 3.4.2)."
    count: int = 0


def credentials_of(request: Request) -> list[tuple[str, str]]:
    """Return the answers in a request, for the ACK that must repeat them (RFC 3261 13.2.2.4)."""
    return [(name, value) for name in ANSWERED_BY.values() for value in request.headers.all(name)]


def answers_in(request: Request) -> list[dict[str, str]]:
    """Return the parameters of each answer in a request, names in lower case."""
    return [params for value in request.headers.all("Authorization") for params in _digests(value)]


def _digests(text: str) -> list[dict[str, str]]:
    """Return the parameters of each Digest in a header value. One value may hold several challenges, of any scheme
    (RFC 7235 4.1): a piece with a word before its name begins the next. What cannot be read is left out.
    """
    found: list[dict[str, str]] = []
    params: dict[str, str] = {}
    for piece in split_list(text, ","):
        begins = _SCHEME.match(piece)
        if begins is not None:
            params = {}
            if begins[1].lower() == "digest":
                found.append(params)
        name, equals, value = piece[begins.end() if begins else 0 :].partition("=")
        if equals:
            try:
                params.setdefault(name.strip().lower(), unquoted(value.strip()))
            except ProtocolError:
                continue
    return found


def _name(algorithm: str | None) -> str:
    return (algorithm or "MD5").upper()


def _hash(hashed: Hash, *pieces: str) -> str:
    return hashed(":".join(pieces).encode("utf-8", "surrogateescape"))
