"""Session descriptions for fax: G.711 audio and T.38 (RFC 4566, RFC 3264, ITU-T T.38 Annex D).

Reading is tolerant and raises ProtocolError alone; answers keep the number and the order of the offer's m-lines.
Knows nothing of SIP: what is agreed with it is the call's business.
"""

from dataclasses import dataclass
from typing import Self

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, canonical_ip
from unifax.wire.t38_parameters import T38, Attributes

MAX_OCTETS = 16_384
MAX_MEDIA = 32
"m-lines that we look at; a conference of many has a dozen."
MAX_DATAGRAM = 1400
"Octets of UDPTL that we take and send at most: Asterisk's own value, and no fragments on the way."
ASSUMED_MAX_DATAGRAM = 400
"For a far side that names none; Asterisk assumes the same. Four fax packets of 40 ms at 14400 bit/s fit in."
PAYLOADS = {"0": "PCMU", "8": "PCMA"}
"The static RTP payload types that carry fax tones unharmed (RFC 3551)."

ANSWERED_BY = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
"What answers a direction (RFC 3264 6.1); anything else is answered with sendrecv."

_NOWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Media:
    """One m-line and what belongs to it."""

    kind: str
    "audio, image, video…"
    port: int
    "0: refused, or not used."
    protocol: str
    "RTP/AVP, udptl…"
    formats: tuple[str, ...]
    host: str | None = None
    "From its own c-line."
    attributes: Attributes = ()

    @property
    def is_t38(self) -> bool:
        """Whether this is T.38 over UDPTL, and in use."""
        named = (self.kind.lower(), self.protocol.lower()) == ("image", "udptl")
        return named and self.port != 0 and "t38" in (form.lower() for form in self.formats)

    @property
    def payload(self) -> str | None:
        """The first G.711 payload type, "0" or "8", of an audio line in use; else None."""
        if (self.kind.lower(), self.protocol.upper()) != ("audio", "RTP/AVP") or self.port == 0:
            return None
        return next((form for form in self.formats if form in PAYLOADS), None)

    def refused(self) -> Self:
        """Return the answer that does not want this line (RFC 3264 6)."""
        return type(self)(self.kind, 0, self.protocol, self.formats)


@dataclass(frozen=True, slots=True)
class Sdp:
    """A session description. `Sdp.parse(bytes(sdp)) == sdp`."""

    origin: str
    "The o-line: user, session id, version, address."
    host: str | None
    "From the c-line of the session."
    media: tuple[Media, ...]
    attributes: Attributes = ()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a description. Raises ProtocolError."""
        if len(data) > MAX_OCTETS:
            raise ProtocolError(f"session description of {len(data)} octets")
        sections: list[list[tuple[str, str]]] = [[]]
        for line in data.decode("utf-8", "surrogateescape").replace("\r", "\n").split("\n"):
            name, equals, value = line.partition("=")
            if not equals:
                continue
            name = name.strip()
            if name == "m":
                sections.append([])
            sections[-1].append((name, value.strip()))
        session, *media = sections
        if ("v", "0") not in session or len(media) > MAX_MEDIA:
            raise ProtocolError("no session description")
        return cls(
            origin=next((value for name, value in session if name == "o"), ""),
            host=_host(session),
            media=tuple(_media(section) for section in media),
            attributes=_attributes(session),
        )

    def __bytes__(self) -> bytes:
        lines = ["v=0", f"o={self.origin}", "s=-"]
        lines += [*_write_host(self.host), "t=0 0", *_write_attributes(self.attributes)]
        for media in self.media:
            lines.append(f"m={media.kind} {media.port} {media.protocol} {' '.join(media.formats)}")
            lines += _write_host(media.host) + _write_attributes(media.attributes)
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")

    def t38(self) -> T38 | None:
        """Return the parameters of the T.38 line in use, or None."""
        media = next((media for media in self.media if media.is_t38), None)
        return None if media is None else T38.of(self.attributes + media.attributes)

    def t38_address(self) -> Address | None:
        """Return where T.38 goes, or None when there is none, or it is a name: nobody here looks up names."""
        return self._address(next((media for media in self.media if media.is_t38), None))

    def t38_max_datagram(self) -> int:
        """Return the largest UDPTL datagram to send there, in octets."""
        t38 = self.t38()
        return min((t38.max_datagram if t38 else None) or ASSUMED_MAX_DATAGRAM, MAX_DATAGRAM)

    def audio(self) -> Media | None:
        """Return the first line with G.711 audio in use, or None."""
        return next((media for media in self.media if media.payload is not None), None)

    def audio_address(self) -> Address | None:
        """Return where G.711 audio goes, or None when there is none, it is a name, or on hold the old way (0.0.0.0)."""
        return self._address(self.audio())

    def holds_audio(self) -> bool:
        """Whether G.711 audio is wanted nowhere for now: put on hold the old way (RFC 2543, 0.0.0.0)."""
        audio = self.audio()
        return audio is not None and (audio.host or self.host) in _NOWHERE

    def _address(self, media: Media | None) -> Address | None:
        host = None if media is None else canonical_ip(media.host or self.host or "")
        return None if media is None or host is None or host in _NOWHERE else Address(host, media.port)


# Our own descriptions. Some peers overlook a description whose version is that of the one before it, so every new one
# within a call has a higher `version`: by default audio opens a call with 1, and T.38 follows with 2.


def audio_offer(media: Address, *, version: int = 1, payloads: tuple[str, ...] = tuple(PAYLOADS)) -> bytes:
    """Offer G.711, the law that we like best first."""
    return _ours(media, version, (_audio(media, payloads),))


def audio_answer(offer: Sdp, media: Address, *, version: int = 1, prefer: str | None = None) -> bytes:
    """Take the first G.711 line, with the payload `prefer` if it has that, else the first law it names.

    Refuses the other lines. Raises ProtocolError if there is none.
    """
    chosen = offer.audio()
    if chosen is None or chosen.payload is None:
        raise ProtocolError("no G.711 audio offered")
    payload = prefer if prefer in chosen.formats else chosen.payload
    wanted = (name for name, _ in chosen.attributes + offer.attributes if name in ANSWERED_BY or name == "sendrecv")
    direction = ANSWERED_BY.get(next(wanted, ""), "sendrecv")
    return _answer(offer, chosen, _audio(media, (payload,), chosen, direction), media, version)


def t38_offer(media: Address, *, version: int = 2, max_datagram: int = MAX_DATAGRAM) -> bytes:
    """Offer T.38 in place of whatever was before. `max_datagram` is what we take."""
    ours = T38(max_datagram=max_datagram)
    return _ours(media, version, (Media("image", media.port, "udptl", ("t38",), attributes=ours.attributes()),))


def t38_answer(offer: Sdp, media: Address, *, version: int = 2, max_datagram: int = MAX_DATAGRAM) -> bytes:
    """Take the T.38 line, with redundancy even if FEC was offered; refuse the others. Raises ProtocolError if none."""
    chosen = next((line for line in offer.media if line.is_t38), None)
    if chosen is None:
        raise ProtocolError("no T.38 offered")
    theirs = T38.of(offer.attributes + chosen.attributes)
    ours = T38(max_bit_rate=min(T38().max_bit_rate, theirs.max_bit_rate), max_datagram=max_datagram)
    line = Media(chosen.kind, media.port, chosen.protocol, chosen.formats, attributes=ours.attributes())
    return _answer(offer, chosen, line, media, version)


def first_answer(offer: Sdp, media: Address, *, t38: bool, max_datagram: int = MAX_DATAGRAM) -> bytes:
    """Answer the offer of an INVITE: with T.38 if it is offered and wanted, beside audio or alone, else with G.711.

    Raises ProtocolError when there is neither.
    """
    if t38 and offer.t38_address() is not None:
        return t38_answer(offer, media, version=1, max_datagram=max_datagram)
    return audio_answer(offer, media)


def _audio(media: Address, payloads: tuple[str, ...], like: Media | None = None, direction: str = "sendrecv") -> Media:
    attributes: list[tuple[str, str | None]] = [
        *(("rtpmap", f"{payload} {PAYLOADS[payload]}/8000") for payload in payloads),
        ("ptime", "20"),
        (direction, None),
    ]
    kind, protocol = (like.kind, like.protocol) if like else ("audio", "RTP/AVP")
    return Media(kind, media.port, protocol, payloads, attributes=tuple(attributes))


def _answer(offer: Sdp, chosen: Media, line: Media, media: Address, version: int) -> bytes:
    return _ours(media, version, tuple(line if other is chosen else other.refused() for other in offer.media))


def _ours(media: Address, version: int, lines: tuple[Media, ...]) -> bytes:
    family = "IP6" if ":" in media.host else "IP4"
    # The media port names the session: of all our calls, one has it at a time.
    return bytes(Sdp(f"unifax {media.port} {version} IN {family} {media.host}", media.host, lines))


def _media(section: list[tuple[str, str]]) -> Media:
    words = section[0][1].split()
    if len(words) < 3:
        raise ProtocolError(f"no media line: {section[0][1][:80]!r}")
    kind, port, protocol, *formats = words
    port = port.partition("/")[0]  # "49170/2" is two RTP streams; we take the first
    if not (port.isascii() and port.isdigit() and len(port) <= 5) or int(port) > 65_535:
        raise ProtocolError(f"no media line: {section[0][1][:80]!r}")
    return Media(kind, int(port), protocol, tuple(formats), _host(section), _attributes(section))


def _host(section: list[tuple[str, str]]) -> str | None:
    """Return the address of a c-line: `IN IP4 10.0.0.1/127`."""
    connection = next((value.split() for name, value in section if name == "c"), [])
    return connection[2].partition("/")[0] or None if len(connection) >= 3 else None


def _write_host(host: str | None) -> list[str]:
    return [] if host is None else [f"c=IN {'IP6' if ':' in host else 'IP4'} {host}"]


def _attributes(section: list[tuple[str, str]]) -> Attributes:
    read = []
    for name, text in section:
        attribute, colon, value = text.partition(":")
        if name == "a" and attribute.strip():
            read.append((attribute.strip(), value.strip() if colon else None))
    return tuple(read)


def _write_attributes(attributes: Attributes) -> list[str]:
    return [f"a={name}" if value is None else f"a={name}:{value}" for name, value in attributes]
