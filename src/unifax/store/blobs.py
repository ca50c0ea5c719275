"""Files by their content: come, kept, taken up again. Must not know: what is in them, or who keeps them.

A file that is kept is never changed, and its name is never given again: it begins with the hash of what is in it, and
ends by chance. So what nobody's row names may be removed, whatever else is going on: nobody can come to name it. The
same file kept for two faxes is two files, and one of them can be forgotten without a look at the other.
"""

import asyncio
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


class Shelf(Protocol):
    """Where files stand by their names, whatever is in them. Each call blocks, and may raise Unavailable."""

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


class Blobs:
    """The files of one installation, and a folder on this host for those that come and go."""

    def __init__(self, folder: Path, shelf: Shelf | None = None) -> None:
        """Without a shelf files are kept in the folder itself."""
        self._staging = folder / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)
        self.shelf = shelf or FolderShelf(folder)

    def stage(self) -> Path:
        """Return a fresh path on this host, no file yet."""
        return self._staging / secrets.token_hex(16)

    def keep(self, staged: Path) -> Content:
        """Keep a staged file. Blocks. On return it would survive a power cut. Raises Unavailable."""
        try:
            sha256 = sha256_of(staged)
            name = f"{sha256}-{secrets.token_hex(8)}"
            self.shelf.put(staged, name)
        except OSError as error:
            raise Unavailable(f"a file cannot be kept: {error}") from error
        return Content(sha256, name)

    @contextmanager
    def taken(self, content: Content) -> Iterator[Path]:
        """Have a file here to be read, as long as the context lasts. Blocks.

        Raises ContentForgotten; ContentLost when it is not there, or is not what it was; Unavailable.
        """
        if content.is_forgotten:
            raise ContentForgotten("The content of this fax was deleted.")
        with self.shelf.taken(content.place or content.sha256) as path:
            yield path

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
        for left in self._staging.iterdir():
            with suppress(FileNotFoundError):  # its owner may be at work on it
                if left.stat().st_mtime < older_than.timestamp():
                    left.unlink()
                    cleared += 1
        return cleared
