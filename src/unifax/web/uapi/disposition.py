"""Header values with parameters, and the names of files, as clients really write them. Knows nothing of bodies."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

_NAME = re.compile(r"\s*([^\s=;\"]+)\s*")
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_PLAIN = re.compile(r"[^;]*")
_ESCAPED = re.compile(r'\\([\\"])')
_FORM_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n", "%0d": "\r", "%0a": "\n"}
_FORM_ESCAPED = re.compile("|".join(_FORM_ESCAPES))


def text_of(raw: bytes) -> str:
    """Return a header's bytes as text: UTF-8 as browsers write it (RFC 7578 5.1), else Latin-1. Never fails."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """Return the leading word of a header value, in lower case, and its parameters by lower-case name.

    Takes what RFC 2045 5.1 and RFC 6266 4.1 allow and what is met besides: a trailing semicolon, unquoted values with
    spaces, Windows paths whose backslashes are not doubled, a missing closing quote. The first of equal names holds.
    """
    word, _, rest = value.partition(";")
    found: dict[str, str] = {}
    at = 0
    while at < len(rest):
        name = _NAME.match(rest, at)
        if name is None or not rest.startswith("=", name.end()):
            semicolon = rest.find(";", at)
            if semicolon < 0:
                break
            at = semicolon + 1
            continue
        quoted = _QUOTED.match(rest, name.end() + 1)
        if quoted is not None:
            text, at = _ESCAPED.sub(r"\1", quoted[1]), quoted.end()
        else:
            plain = _PLAIN.match(rest, name.end() + 1)
            assert plain is not None  # it also matches nothing
            text, at = plain[0].strip(), plain.end()
        found.setdefault(name[1].lower(), text)
        semicolon = rest.find(";", at)
        at = len(rest) if semicolon < 0 else semicolon + 1
    return word.strip().lower(), found


def file_name(given: Mapping[str, str]) -> str | None:
    """Return the file name among the parameters of a Content-Disposition, or None when the part is not called a file.

    `filename*` (RFC 5987) stands above `filename`; the three characters browsers percent-encode come back.
    """
    extended = given.get("filename*")
    if extended is not None and extended.count("'") >= 2:
        charset, _, encoded = extended.split("'", 2)
        raw = unquote_to_bytes(encoded)
        return raw.decode("latin-1") if charset.lower() == "iso-8859-1" else raw.decode(errors="replace")
    name = given.get("filename")
    return None if name is None else _FORM_ESCAPED.sub(lambda found: _FORM_ESCAPES[found[0]], name)
