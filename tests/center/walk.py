"""The ways from page to page of the fax centre: one address of each sort that a link leads to."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, urlsplit

_LINK = re.compile(r'<a\s[^>]*href="(/[^"#]*)')
_ELSEWHERE = re.compile(r"/(docs|assets|oauth|uapi|openapi)\b")
MOST = 100


def walked(start: str, look: Callable[[str], str | None]) -> list[str]:
    """Return an address of each sort of page that can be reached; `look` returns its HTML, None for what is none."""
    seen = {_sort(start)}
    ahead = [start]
    found: list[str] = []
    while ahead and len(found) < MOST:
        address = ahead.pop(0)
        html = look(address)
        if html is None:
            continue
        found.append(address)
        for link in map(unescape, _LINK.findall(html)):
            sort = _sort(link)
            if sort not in seen and not _ELSEWHERE.match(link):
                seen.add(sort)
                ahead.append(link)
    return found


def _sort(address: str) -> str:
    """Return what all addresses of one sort of page have in common: they differ in numbers, and in what is asked."""
    parts = urlsplit(address)
    path = re.sub(r"(?<=/)[0-9]+(?=/|$)", "1", parts.path)
    return path + "".join(sorted(f"&{name}" for name, _ in parse_qsl(parts.query)))
