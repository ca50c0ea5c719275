"""The secrets of hooks, and signatures by them as Standard Webhooks asks (symmetric, `v1`). Knows no HTTP.

A secret is derived from one key in a file, so nothing in the database, or in a copy of it, can sign.
"""

from base64 import b64encode
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from standardwebhooks import Webhook

from unifax.model.hook import ROTATION, Hook
from unifax.store.keyfile import KEY_BYTES, read_or_make_key


class HookKeys:
    """Knows the secret of every hook."""

    def __init__(self, file: Path) -> None:
        """`file` holds the key, and is made when the first secret is needed."""
        self._file = file

    def secret(self, hook: Hook) -> str:
        """Return a hook's secret, `whsec_…`. Raises Misconfigured when the key file is not ours."""
        return self._derive(hook.id, hook.secret)

    def sign(self, hook: Hook, message_id: str, now: datetime, payload: str) -> str:
        """Return the `webhook-signature` of a message that is sent now.

        For a day after a new secret was made there is a second signature, by the old one.
        """
        serials = [hook.secret]
        if hook.rotated_at is not None and now < hook.rotated_at + ROTATION:
            serials.append(hook.secret - 1)
        return " ".join(Webhook(self._derive(hook.id, serial)).sign(message_id, now, payload) for serial in serials)

    def _derive(self, hook_id: int, serial: int) -> str:
        info = f"unifax hook {hook_id} secret {serial}".encode()
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._key)
        return f"whsec_{b64encode(derived).decode()}"

    @cached_property
    def _key(self) -> bytes:
        return read_or_make_key(self._file)
