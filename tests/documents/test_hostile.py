"""What strangers send ends as pages or is refused in words, in bounded time, and nothing stays behind."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.documents import samples
from tests.documents.conftest import HEADER
from tests.documents.hostile import KINDS, content_from_elsewhere
from unifax.documents.convert import Converter, Limits
from unifax.documents.intake import Kind
from unifax.model.errors import FileInvalid

ALL = [(kind, what) for kind, table in KINDS.items() for what in table]
REASON = re.compile("(?!is damaged and cannot be read$)(is|has|needs|takes) [^{}<>]+")
"What is shut out is said when our own program breaks."
FORGED_NAME = "C:\\x'y.pdf"


@pytest.fixture(scope="module")
def strict() -> Iterator[Converter]:
    """It gives a file little, and counts work done: a busy machine changes nothing."""
    with Converter(Limits(pages=3, open_cpu_seconds=1, inspect_seconds=120, page_seconds=120)) as converter:
        yield converter


def faxed(converter: Converter, file: Path, out: Path) -> tuple[int | None, str | None]:
    """Inspect and render a file; return its pages, or the reason why it has none."""
    try:
        found = converter.inspect(file, FORGED_NAME)
        pages = len(converter.render([(file, FORGED_NAME)], out, HEADER))
    except FileInvalid as refused:
        return None, refused.reason
    assert pages == found.pages
    return pages, None


@pytest.mark.parametrize(("kind", "what"), ALL, ids=[f"{kind}: {what}" for kind, what in ALL])
def test_it_ends_as_pages_or_is_refused_in_words(strict: Converter, tmp_path: Path, kind: str, what: str) -> None:
    hostile = KINDS[kind][what]
    (tmp_path / "file").write_bytes(hostile.make())
    pages, reason = faxed(strict, tmp_path / "file", tmp_path / "out.tif")
    if reason is None:
        assert pages == hostile.pages
        assert sorted(os.listdir(tmp_path)) == ["file", "out.tif"]
    else:
        assert hostile.reason is not None
        assert re.search(hostile.reason, reason)
        assert REASON.fullmatch(reason)
        assert os.listdir(tmp_path) == ["file"]
    assert len(psutil.Process().children(recursive=True)) <= 2 * (1 + Limits().spares)  # `converter` may be there, too


def test_the_next_document_is_none_the_worse(strict: Converter, tmp_path: Path) -> None:
    """The last one's process was killed for what it did."""
    (tmp_path / "bad").write_bytes(samples.slow_jpeg())
    (tmp_path / "good").write_bytes(b"good")
    assert faxed(strict, tmp_path / "bad", tmp_path / "out.tif") == (None, "takes too long to read")
    assert faxed(strict, tmp_path / "good", tmp_path / "out.tif") == (1, None)


def test_nothing_is_fetched(strict: Converter, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        (tmp_path / "file").write_bytes(content_from_elsewhere(f"{host}:{port}"))
        assert faxed(strict, tmp_path / "file", tmp_path / "out.tif") == (1, None)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


SEEDS = (
    samples.pdf(samples.HELLO),
    samples.form("acro"),
    samples.locked(b""),
    samples.jpeg(size=(64, 64)),
    samples.jpeg("CMYK", size=(64, 64), progressive=True),
    samples.saved(samples.image("RGBA", (64, 64)), "PNG"),
    samples.saved(samples.image("P", (64, 64)), "PNG"),
    samples.tiff(size=(64, 64), compression="group3"),
    samples.tiff(size=(64, 64), compression="group4"),
    samples.tiff("RGB", size=(64, 64), pages=2, compression="tiff_lzw"),
    samples.tiff("RGB", size=(64, 64), compression="jpeg"),
    "ein schöner Text\n".encode("utf-16"),
    b"",
)


@pytest.fixture(scope="module")
def patient() -> Iterator[Converter]:
    """As in service, but a busy machine changes nothing."""
    with Converter(Limits(open_cpu_seconds=2, inspect_seconds=120, page_seconds=120)) as converter:
        yield converter


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.sampled_from(SEEDS), junk=st.binary(max_size=60), data=st.data())
def test_any_bytes_become_pages_or_are_refused(
    patient: Converter, tmp_path: Path, seed: bytes, junk: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(seed)))
    cut = data.draw(st.integers(0, len(junk)))
    (tmp_path / "file").write_bytes(seed[:at] + junk + seed[at + cut :])
    pages, reason = faxed(patient, tmp_path / "file", tmp_path / "out.tif")
    assert pages or (reason and REASON.fullmatch(reason))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    seed=st.sampled_from(SEEDS[:-1]),
    damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_good_files_with_wrong_octets_become_pages_or_are_refused(
    patient: Converter, tmp_path: Path, seed: bytes, damage: list[tuple[float, int]]
) -> None:
    octets = bytearray(seed)
    for where, octet in damage:
        octets[int(where * len(octets))] = octet
    (tmp_path / "file").write_bytes(octets)
    pages, reason = faxed(patient, tmp_path / "file", tmp_path / "out.tif")
    assert pages or (reason and REASON.fullmatch(reason))


def test_what_a_file_is_does_not_depend_on_its_name(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(samples.jpeg())
    assert converter.inspect(tmp_path / "file", "letter.pdf").kind is Kind.JPG
