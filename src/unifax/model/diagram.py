"""A transcript for the eyes: arrows between us and the far side, then every SIP message whole.

Knows nothing of SIP or T.30 but that a message has a first line.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from unifax.model.transcript import Entry, Layer, Way

WIDTH = 72
"Of an arrow, in characters; what is longer goes on below it."
_RUNGS = {Layer.SIP: "-", Layer.T30: "=", Layer.MEDIA: "."}
_ENDS = 3


def diagram(entries: Sequence[Entry]) -> str:
    """Return a transcript as text, in lines."""
    return "\n".join([*_head(), *_rungs(entries), "", *_messages(entries)])


def _head() -> list[str]:
    return [
        f"{'seconds':>10}  Unifax{'far side':>{WIDTH - 4}}",
        f"{'':10}  SIP --->   T.30 ===>   lost and found on the way ...>",
        "",
    ]


def _rungs(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        first, *more = entry.text.split("\n")
        at = f"{entry.at:10.3f}  "
        if entry.way is None:
            yield f"{at}|  {first}"
            yield from (f"{'':10}  |  {line}" for line in more)
        else:
            shown, *rest = wrap(first, WIDTH - 2 * _ENDS - 2) or [""]
            yield f"{at}|{_arrow(shown, entry.layer, entry.way)}|"
            yield from (f"{'':10}  |{'':{_ENDS + 1}}{line}" for line in rest)


def _arrow(text: str, layer: Layer, way: Way) -> str:
    rung = _RUNGS.get(layer, "-")
    body = f"{rung * (_ENDS - 1)} {text} ".ljust(WIDTH - 1, rung)
    return f"<{body}" if way is Way.IN else f"{body}>"


def _messages(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.layer is Layer.SIP:
            yield f"{entry.at:.3f} {'<' if entry.way is Way.IN else '>'} {entry.text}"
            yield ""
