"""What a file is called where people see it. Such a name never reaches a file system."""

import re
import unicodedata

NAME_CHARACTERS = 255
"Longest display name we keep; the limit of most file systems, though no name of a caller ever reaches ours."

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})


def display_name(given: str | None, ordinal: int) -> str:
    """Return what people may be shown as the name of the `ordinal`-th file (from 1): never empty, never a path.

    Directories of either system, control and direction-changing characters are dropped. For display only.
    """
    last = re.split(r"[/\\]", given or "")[-1]
    clean = "".join(c for c in last if unicodedata.category(c) not in _DROPPED)
    clean = " ".join(clean.split())[:NAME_CHARACTERS].rstrip()
    return f"file {ordinal}" if clean.strip(".") == "" else clean
