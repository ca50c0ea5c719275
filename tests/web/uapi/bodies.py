"""Bodies of fax requests."""

import json
from collections.abc import Sequence

Given = Sequence[tuple[str, tuple[str | None, bytes, str]]]
"Parts as httpx takes them: name, and file name, content, type. Without a file name it is a field."


def files(*contents: bytes) -> Given:
    """Return text files as httpx takes them: `1.txt`, `2.txt` …"""
    return [("files", (f"{at}.txt", content, "text/plain")) for at, content in enumerate(contents, 1)]


def to(*numbers: object) -> dict[str, str]:
    """Return the part `request` for these recipients."""
    return {"request": json.dumps({"recipients": numbers})}
