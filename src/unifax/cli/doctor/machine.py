"""The machine under the service: its folder, disk, keys, fonts, clock and ports. Needs no service that is at work."""

import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from unifax.cli.doctor.findings import Code, Finding
from unifax.documents.convert import Converter
from unifax.documents.covers import read_covers, try_covers
from unifax.documents.typeset import FONT_FOLDERS
from unifax.here import Layout
from unifax.model.errors import Misconfigured, Unavailable
from unifax.roles.parts import files_folder, master_keys
from unifax.service.receipt_keys import ReceiptKeys
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.store.room import Room

SKEW = timedelta(minutes=1)
_NEEDED = (("liberation2", "liberation"), ("dejavu",))
"Of each at least one."


def look_at_folder(layout: Layout, settings: Settings) -> Iterator[Finding]:
    """Look at the data folder, its disk, and the keys in it."""
    data = layout.data
    try:
        mode = data.stat().st_mode
        list(data.iterdir())
    except OSError as error:
        yield Finding(Code.DATA_FOLDER, str(data), error.strerror or str(error))
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(Code.DATA_FOLDER_OPEN, str(data), "others on this machine may look into it")
    for folder in {data, files_folder(layout, settings.files)}:
        try:
            if folder.exists():
                Room(folder, settings.ops.min_free_bytes).check()
        except Unavailable as error:
            yield Finding(Code.DISK_FULL, str(folder), str(error))
    yield from _look_at_keys(layout)


def _look_at_keys(layout: Layout) -> Iterator[Finding]:
    for file in (layout.upload_key, layout.hook_key):
        try:
            if file.exists() and len(file.read_bytes()) != 32:
                yield Finding(Code.KEY, str(file), "it must hold 32 octets, and does not")
        except OSError as error:
            yield Finding(Code.KEY, str(file), error.strerror or str(error))
    try:
        if layout.receipt_keys.exists():
            ReceiptKeys(layout.receipt_keys).public()
    except (Misconfigured, ValueError, OSError) as error:
        yield Finding(Code.KEY, str(layout.receipt_keys), str(error))


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Look at the files that settings name."""
    try:
        master_keys(settings.files)
    except Misconfigured as error:
        yield Finding(Code.MASTER_KEYS, settings.files.master_key_file or "files.key_command", str(error))
    for name, file in (
        ("line.tls_certificate_file", settings.line.tls_certificate_file),
        ("mail.tls_certificate_file", settings.mail.tls_certificate_file),
    ):
        try:
            if file:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file)
        except OSError as error:
            yield Finding(Code.CERTIFICATE, name, f"{file}: {error.strerror or error}")


def look_at_paper(settings: Settings, fonts: tuple[Path, ...] = FONT_FOLDERS) -> Iterator[Finding]:
    """Look whether pages can be made: fonts, templates of cover pages, the converter."""
    there = {folder.name for folder in fonts if folder.is_dir() and any(folder.iterdir())}
    missing = [names[0] for names in _NEEDED if not there & set(names)]
    for name in missing:
        yield Finding(Code.FONT, name, "the fonts are not there")
    for folder in fonts:
        if folder.name not in there and not any(folder.name in names for names in _NEEDED):
            yield Finding(Code.FONT_OF_A_SCRIPT, folder.name, "the fonts are not there: some letters become boxes")
    if missing:
        return
    try:
        with Converter():
            pass
        try_covers(read_covers(settings.paper.cover_folder))
    except Misconfigured as error:
        yield Finding(Code.COVER, settings.paper.cover_folder, str(error))
    except Unavailable as error:
        yield Finding(Code.CONVERTER, "converter", str(error))


def look_at_clock(layout: Layout, now: datetime) -> Iterator[Finding]:
    """Look whether our clock was ever ahead of now: files that we have written are then from the future."""
    written = [path.stat().st_mtime for path in (*layout.data.glob("unifax.db*"), *layout.data.glob("*.lock"))]
    ahead = max(written, default=0.0) - now.timestamp()
    if ahead > SKEW.total_seconds():
        words = f"the service has written files {round(ahead)} seconds from now: the clock was set back"
        yield Finding(Code.CLOCK, "this machine", words)


def look_at_ports(settings: Settings, *, is_at_work: bool) -> Iterator[Finding]:
    """Look whether somebody listens where the service should, or whether others do where it will."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted: list[tuple[str, str, socket.SocketKind]] = [("web.listen", settings.web.listen, tcp)]
    if settings.mail.listen:
        wanted.append(("mail.listen", settings.mail.listen, tcp))
    if settings.line.listen:
        wanted.append(("line.listen", settings.line.listen, udp))
    if settings.sandbox_answers:
        wanted.append(("sandbox.listen", settings.sandbox.listen, udp))
    for name, address, kind in wanted:
        host, port = parse_address(address)
        look: Callable[[str, int, socket.SocketKind], str] = _closed if is_at_work else _taken
        if port and (trouble := look(host, port, kind)):
            code = Code.PORT_CLOSED if is_at_work else Code.PORT_TAKEN
            yield Finding(code, f"{name} {address}", trouble)


def _closed(host: str, port: int, kind: socket.SocketKind) -> str:
    """Return why nobody answers at a port; empty when somebody does. Of UDP it is whether the port is in use."""
    if kind is socket.SOCK_DGRAM:
        return "" if _taken(host, port, kind) else "nobody listens there"
    try:
        socket.create_connection((host if host != "0.0.0.0" else "127.0.0.1", port), 2.0).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _taken(host: str, port: int, kind: socket.SocketKind) -> str:
    """Return why a port cannot be had; empty when it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
