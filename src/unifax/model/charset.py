"""What a text file's sender says of its letters: the name of an encoding. Decodes no file."""

import codecs
import encodings
import pkgutil
import re
from collections.abc import Mapping
from encodings.aliases import aliases
from functools import cache

from unifax.model.errors import RequestInvalid

_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,39}", re.ASCII)
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"Codecs of Python's that make text of bytes, but stand for no set of letters."

_LOGICAL = frozenset({"iso-8859-8-i", "logical", "csiso88598i"})

_ALSO: Mapping[str, str] = {
    **dict.fromkeys((*_LOGICAL, "iso-8859-8-e", "visual"), "iso8859-8"),
    **dict.fromkeys(("iso-8859-6-i", "iso-8859-6-e"), "iso8859-6"),
    **dict.fromkeys(("windows-31j", "x-sjis"), "cp932"),
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-mac-cyrillic": "mac-cyrillic",
}
"Names of the web (WHATWG Encoding Standard 4.2) and of RFC 1556 that Python does not know."

_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("iso8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"Sets of letters whose name is given to files in a larger one, and which that one reads as well (ibidem)."


def parse_charset(text: object) -> str:
    """Return the name of an encoding, in small letters: known, and of text. Raises RequestInvalid."""
    name = text.strip().lower() if isinstance(text, str) else ""
    if not _NAME.fullmatch(name) or not _is_known(name) or not _is_of_text(name):
        raise RequestInvalid(
            "'charset' must be the name of a text encoding, as in utf-8, windows-1255 or iso-8859-8-i."
        )
    return name


def codec_of(charset: str) -> str:
    """Return the codec of Python's that reads a charset. Raises LookupError."""
    codec = codecs.lookup(_ALSO.get(charset, charset)).name
    return _MEANT.get(codec, codec)


def is_visual(charset: str) -> bool:
    """Tell whether letters stand in the order in which they are seen, from the left.

    That is `iso-8859-8`, as old machines wrote Hebrew; `iso-8859-8-i` is in the order in which it is read (RFC 1556).
    """
    return codec_of(charset) == "iso8859-8" and charset not in _LOGICAL


def _is_known(name: str) -> bool:
    """Tell whether there is such an encoding. Python is not asked: it remembers for ever what it did not know."""
    plain = encodings.normalize_encoding(name)
    return name in _ALSO or not _known().isdisjoint((plain, plain.replace(".", "_")))


@cache
def _known() -> frozenset[str]:
    return frozenset(aliases) | {module.name for module in pkgutil.iter_modules(encodings.__path__)}


def _is_of_text(name: str) -> bool:
    try:
        codec = codec_of(name)
        b"?".decode(codec)
    except LookupError:  # there is none of that name, or it is none of text
        return False
    except UnicodeError:  # a question mark is half a letter to UTF-16
        pass
    return codec not in _NO_CHARSETS
