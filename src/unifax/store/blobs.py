"""Files by their content: come, kept, taken up again. Must not know: what is in them, or who keeps them.

A file that is kept is never changed, and its name is never given again: it begins with the hash of what is in it, and
ends by chance. So what nobody's row names may be removed, whatever else is going on: nobody can come to name it. The
same file kept for two faxes is two files, and one of them can be forgotten without a look at the other.

With master keys, what is kept is sealed, under its own hash; its place names the key, too, wrapped. Who forgets the
place has forgotten the key, and with it what is in every copy of the file.
"""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from unifax.model.content import Content
from unifax.model.errors import ContentForgotten, Unavailable
from unifax.store.folder_shelf import FolderShelf
from unifax.store.hashing import sha256_of
from unifax.store.sealing import KEY_BYTES, MasterKeys, seal, unseal


class Shelf(Protocol):
    """Where files stand by their names, whatever is in them. Each call blocks, and may raise Unavailable."""

    def check(self) -> None:
        """See that it can be used, within a few seconds."""

    def put(self, staged: Path, name: str) -> None:
        """Put a file of `stage` in its place. On return it would survive a power cut; it is not staged any more."""

    def taken(self, name: str) -> AbstractContextManager[Path]:
        """Have a file here to be read, as long as the context lasts; its hash is the one that its name begins with.

        Raises ContentLost when it is not there, or is not what it was.
        """

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""

    def names(self, first: str, older_than: datetime) -> Iterator[str]:
        """Yield the names that begin with two hex digits, of those files that were put before a moment."""

    def clear(self, older_than: datetime) -> int:
        """Remove what a killed process took before a moment and did not give back; return how many files that were."""


class Blobs:
    """The files of one installation, and a folder on this host for those that come and go."""

    def __init__(
        self,
        folder: Path,
        shelf: Shelf | None = None,
        keys: MasterKeys | None = None,
        work_folder: Path | None = None,
    ) -> None:
        """Without a shelf files are kept in the folder itself.

        With keys, what is not sealed may lie elsewhere while it is worked on, in memory for example.
        """
        self._staging = folder / "staging"
        self._work = work_folder or self._staging
        for each in (self._staging, self._work):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.shelf = shelf or FolderShelf(folder)
        self.keys = keys

    def stage(self) -> Path:
        """Return a fresh path on this host, no file yet."""
        return self._work / secrets.token_hex(16)

    def keep(self, staged: Path) -> Content:
        """Keep a staged file. Blocks. On return it would survive a power cut. Raises Unavailable."""
        try:
            sha256 = sha256_of(staged)
            if self.keys is not None:
                return Content(sha256, self._keep_sealed(staged, sha256, self.keys))
            name = _new_name(sha256)
            self.shelf.put(staged, name)
        except OSError as error:
            raise Unavailable(f"a file cannot be kept: {error}") from error
        return Content(sha256, name)

    def _keep_sealed(self, staged: Path, sha256: str, keys: MasterKeys) -> str:
        key, sealed = secrets.token_bytes(KEY_BYTES), self._staging / secrets.token_hex(16)
        try:
            seal(staged, sealed, key)
            name = _new_name(sha256_of(sealed))
            self.shelf.put(sealed, name)
        finally:
            sealed.unlink(missing_ok=True)
        staged.unlink()
        return f"{name}.{keys.wrap(key, of=wrapped_for(sha256, name))}"

    @contextmanager
    def taken(self, content: Content) -> Iterator[Path]:
        """Have a file here to be read, as long as the context lasts. Blocks.

        Raises ContentForgotten; ContentLost when it is not there, or is not what it was; Unavailable.
        """
        if content.is_forgotten:
            raise ContentForgotten("The content of this fax was deleted.")
        name, _, wrapped = (content.place or content.sha256).partition(".")
        with self.shelf.taken(name) as path:
            if not wrapped:
                yield path
                return
            opened = self.stage()
            try:
                self._open(path, opened, wrapped, wrapped_for(content.sha256, name))
                yield opened
            finally:
                opened.unlink(missing_ok=True)

    def _open(self, sealed: Path, opened: Path, wrapped: str, of: str) -> None:
        if self.keys is None:
            raise Unavailable("there are sealed files, and no master key is configured")
        try:
            unseal(sealed, opened, self.keys.unwrap(wrapped, of))
        except OSError as error:
            raise Unavailable(f"a file cannot be opened: {error}") from error

    @asynccontextmanager
    async def at_hand(self, *contents: Content) -> AsyncIterator[list[Path]]:
        """Do `taken` for several without holding up the loop."""
        with ExitStack() as stack:
            yield await asyncio.to_thread(lambda: [stack.enter_context(self.taken(each)) for each in contents])

    def discard(self, staged: Path) -> None:
        """Forget a staged file, if there is one."""
        staged.unlink(missing_ok=True)

    def clear_staging(self, older_than: datetime) -> int:
        """Remove what a killed process left staged before a moment, and return how many files that were."""
        cleared = 0
        for left in itertools.chain(*(folder.iterdir() for folder in {self._staging, self._work})):
            with suppress(FileNotFoundError):  # its owner may be at work on it
                if left.stat().st_mtime < older_than.timestamp():
                    left.unlink()
                    cleared += 1
        return cleared + self.shelf.clear(older_than)


def name_of(place: str) -> str:
    """Return the name of the file that is kept in a place."""
    return place.partition(".")[0]


def _new_name(sha256: str) -> str:
    return f"{sha256}-{secrets.token_hex(8)}"


def wrapped_for(sha256: str, name: str) -> str:
    """Return what a wrapped key is good for: no other content, and no other file."""
    return f"{sha256}.{name}"
