"""Bodies of requests: JSON, a form, and multipart whose files stay on the disk until they are sent. Knows no httpx."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

Body = Sequence[bytes | Path]


def json_body(value: object) -> Body:
    return (json.dumps(value).encode(),)


def form_body(fields: Mapping[str, str]) -> Body:
    return (urlencode(fields).encode(),)


def multipart_body(boundary: str, files: Sequence[Path], request: Mapping[str, object]) -> Body:
    """Return multipart/form-data (RFC 7578): the files, and then the part `request`. Raises OSError for no file."""
    body: list[bytes | Path] = []
    for file in files:
        file.stat()  # what is not there is said before anything is sent
        head = f'form-data; name="files"; filename="{_escaped(file.name)}"\r\nContent-Type: application/octet-stream'
        body += [f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode("utf-8", "replace"), file, b"\r\n"]
    head = 'form-data; name="request"\r\nContent-Type: application/json'
    body += [
        f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode(),
        *json_body(request),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    return body


def _escaped(name: str) -> str:
    """Return a file's name as browsers write it into a header (WHATWG HTML, "multipart/form-data")."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
