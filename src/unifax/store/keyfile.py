"""A secret key in a file of its own, beside the database and not in it. Must not know: what it is for."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from unifax.model.errors import Misconfigured
from unifax.store.hashing import flush

KEY_BYTES = 32


def read_or_make_key(file: Path) -> bytes:
    """Return the key in a file, made at first need. Processes that make it at once get the same one.

    On return it would survive a power cut. Raises Misconfigured when the file holds something else.
    """
    with suppress(FileNotFoundError):
        return _read(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # another process was quicker: its key holds
            os.link(made, file)
    finally:
        made.unlink()
    flush(file.parent)
    flush(file.parent.parent)
    return _read(file)


def _read(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise Misconfigured(f"{file} must hold {KEY_BYTES} bytes, and nothing else")
    return key
