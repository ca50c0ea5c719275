"""What a mail server of ours says of a sender, in Authentication-Results (RFC 8601). Text in, yes or no out."""

import re
from collections.abc import Sequence

_METHOD = re.compile(r"\s*([a-z0-9-]+)(?:/[0-9]+)?\s*=\s*([a-z]+)\b(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+\.[a-z-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)


def is_authentic(results: Sequence[str], server: str, sender: str) -> bool:
    """Whether our server vouches for the address in From: by DMARC, or by SPF or DKIM for its very domain.

    Its topmost result counts alone: what stands below may have come with the mail (RFC 8601 5).
    """
    domain = sender.rpartition("@")[2].lower()
    for each in results:
        name, *methods = _without_comments(each).split(";")
        if name.split()[:1] == [server]:
            return any(_vouches(method, domain) for method in methods)
    return False


def _vouches(method: str, domain: str) -> bool:
    found = _METHOD.match(method)
    if found is None or found[2].lower() != "pass":
        return False
    said: dict[str, str] = {
        name.lower(): value.lower().rpartition("@")[2] for name, value in _PROPERTY.findall(found[3])
    }
    match found[1].lower():
        case "dmarc":
            return said.get("header.from", domain) == domain
        case "dkim":
            return said.get("header.d", said.get("header.i", "")) == domain
        case "spf":
            return said.get("smtp.mailfrom", "") == domain
        case _:
            return False


def _without_comments(text: str) -> str:
    """Return a header without comments and without what stands in quotes: either may hold anything."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif quoted:
            quoted = letter != '"'
        elif letter == '"' and not depth:
            quoted = True
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(letter)
    return "".join(kept)
