"""What strangers send: refused in words, in bounded time, and nothing stays behind."""

import contextlib
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.documents import samples
from tests.documents.conftest import HEADER
from unifax.documents.convert import Converter, Limits
from unifax.documents.intake import Kind
from unifax.model.errors import FileInvalid, Unavailable

T = TypeVar("T")
NO_KIND = "is not a PDF, JPEG, PNG, TIFF or text file"


def tree_bomb(count: int) -> bytes:
    """Two hundred bytes that claim any number of pages."""
    return samples.written(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count %d >>" % count]
    )


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "white space": (lambda: b" \r\n\t\n" * 9, "has no text in it"),
    "nul bytes": (lambda: bytes(5000), NO_KIND),
    "noise": (lambda: os.urandom(5000) + b"\0\1\2", NO_KIND),
    "program": (lambda: Path("/bin/true").read_bytes(), NO_KIND),
    "gif": (lambda: samples.saved(samples.image(), "GIF"), NO_KIND),
    "zip": (lambda: b"PK\3\4\x14\0\6\0" + os.urandom(500), NO_KIND),
    "rich text": (lambda: b"{\\rtf1\\ansi hello}", NO_KIND),
    "postscript": (lambda: b"%!PS-Adobe-3.0\nshowpage\n", NO_KIND),
    "terminal escapes": (lambda: b"\x1b[31mred\x1b[0m\n", NO_KIND),
    "half a utf-16": (lambda: b"\xff\xfeh\0i\0\x00\xd8", NO_KIND),
    "long text": (lambda: b"word " * 300_000, "too much for a text"),
    "many lines": (lambda: b"\n".join([b"line"] * 60 * 351), r"has 351 pages; at most 350 can be faxed|more than 350"),
    "form feeds": (lambda: b"a" + b"\f" * 10_000 + b"b", "has 10001 pages; at most 350 can be faxed"),
    "encrypted pdf": (lambda: samples.ENCRYPTED, "is password-protected"),
    "pdf cut short": (lambda: samples.pdf(samples.HELLO)[:200], "is damaged and cannot be read as a PDF"),
    "pdf header only": (lambda: b"%PDF-1.7\n", "is damaged and cannot be read as a PDF"),
    "pdf that is a text": (lambda: b"%PDF-1.7 is a nice format, isn't it?\n" * 20, "is damaged"),
    "pdf of no pages": (lambda: samples.pdf(), "has no pages"),
    "pdf of 10,000 pages": (lambda: samples.pdf(*[""] * 10_000), "has 10000 pages; at most 350 can be faxed"),
    "pdf that claims 2 billion": (lambda: tree_bomb(2_000_000_000), "pages|damaged"),
    "pdf that claims 300": (lambda: tree_bomb(300), "damaged|no pages"),
    "pdf of giant paper": (lambda: samples.pdf("", box="0 0 99999 99999"), "has a page of impossible size"),
    "pdf in something else": (
        lambda: b"GIF89a\n" + samples.pdf(samples.HELLO),
        "has something else before its PDF begins",
    ),
    "xfa form": (lambda: samples.form("xfa only"), "is an interactive"),
    "jpeg cut short": (lambda: samples.jpeg()[:-400], "is damaged or cut short"),
    "jpeg header only": (lambda: samples.jpeg()[:30], "is damaged"),
    "jpeg that is a text": (lambda: b"\xff\xd8\xff hello, I am a JPEG", "is damaged and cannot be read as a JPEG"),
    "jpeg of 20,000 pixels": (
        lambda: samples.saved(Image.new("1", (20_000, 20_000)).convert("L"), "JPEG"),
        "is a picture of 20000 x 20000 pixels",
    ),
    "tiff cut short": (lambda: samples.tiff("L")[:-5000], "is cut short"),
    "tiff header only": (lambda: b"II*\0\x08\0\0\0", "is cut short"),
    "tiff of no pages": (lambda: b"MM\0*" + bytes(8), "has no pages"),
    "tiff of 20,000 pixels": (lambda: samples.tiff("1", (20_000, 100)), "is a picture of 20000 x 100 pixels"),
    "tiff that claims 4 billion rows": (
        lambda: samples.bare_tiff(1, rows=0xFFFFFFFF),
        "is a picture of 8 x 4294967295",
    ),
    "tiff of 100,000 directories": (
        lambda: samples.bare_tiff(100_000),
        "has more than 350 pages; at most 350 can be faxed",
    ),
    "tiff in a circle": (lambda: samples.bare_tiff(3, circle=True), "go round in a circle"),
    "tiff with a field of 4 billion": (
        lambda: b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 273, 4, 0xFFFFFFFF, 8) + bytes(4),
        "is cut short",
    ),
    "tiff of damaged strips": (
        lambda: samples.tiff("L", compression="tiff_lzw").replace(b"\x80", b"\xff"),
        "is damaged|is cut short",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_words(converter: Converter, tmp_path: Path, what: str) -> None:
    make, reason = REFUSED[what]
    (tmp_path / "file").write_bytes(make())
    with pytest.raises(FileInvalid, match=reason) as refused:
        converter.inspect(tmp_path / "file", "C:\\x'y.pdf")
    assert refused.value.name == "C:\\x'y.pdf"
    assert len(psutil.Process().children(recursive=True)) <= 1 + Limits().spares
    assert os.listdir(tmp_path) == ["file"]


def in_its_own_time(ask: Callable[[], T]) -> T:
    """Ask the converter, again while this machine is so busy that less than half of the time is the file's own."""
    for _ in range(30):
        with contextlib.suppress(Unavailable):
            return ask()
    return ask()


def test_a_picture_of_minutes_is_given_up_after_seconds(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(samples.slow_jpeg())
    with pytest.raises(FileInvalid, match="takes too long to read"):
        in_its_own_time(lambda: converter.inspect(tmp_path / "file", "a name"))


def refusal(converter: Converter, file: Path, out: Path) -> str | None:
    """Inspect and render a file; return why it cannot be faxed, or None when it became pages."""
    try:
        found = converter.inspect(file, "a name")
        assert 1 <= len(converter.render([(file, "a name")], out, HEADER)) <= found.pages + 1
    except FileInvalid as refused:
        return refused.reason
    return None


def deflate_bomb() -> bytes:
    """A picture of a gigabyte in a megabyte, on a page of its own."""
    picture = "/Type /XObject /Subtype /Image /Width 32000 /Height 32000 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return samples.pdf("500 0 0 500 0 0 cm /X Do", extra=[samples.stream(picture, bytes(1 << 30))])


def heavy_paths() -> bytes:
    lines = " ".join(f"{x % 595} {x * 7919 % 842} l" for x in range(200_000))
    content = samples.stream("", f"0 0 m {lines} S".encode() * 6)
    return samples.written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            content,
        ]
    )


def form_loop() -> bytes:
    """A form that draws itself, twice."""
    body = b"/X Do /X Do"
    look = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /X 6 0 R >> >> /Length %d >>"
    )
    return samples.pdf("/X Do", extra=[look % len(body) + b"\nstream\n" + body + b"\nendstream"])


@pytest.mark.parametrize("make", [deflate_bomb, heavy_paths, form_loop])
def test_a_bomb_ends_as_pages_or_as_a_refusal(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "bomb").write_bytes(make())
    with Converter(Limits(pages=1, open_cpu_seconds=1, page_seconds=60.0)) as converter:
        reason = in_its_own_time(lambda: refusal(converter, tmp_path / "bomb", tmp_path / "out.tif"))
        assert reason is None or "too" in reason
        assert (tmp_path / "out.tif").exists() == (reason is None)
        (tmp_path / "good").write_bytes(b"good")
        assert converter.inspect(tmp_path / "good", "good").kind is Kind.TXT


def test_a_text_full_of_marks_is_drawn(converter: Converter, tmp_path: Path) -> None:
    text = "e" + "\u0301" * 5000 + "\u202e" * 5000 + "x" * 100_000 + "\n" + "#set page(width: 1mm)\n\\u{1}"
    (tmp_path / "file").write_text(text)
    found = converter.inspect(tmp_path / "file", "file").pages
    drawn = len(converter.render([(tmp_path / "file", "file")], tmp_path / "out.tif", HEADER))
    assert found <= drawn <= found + 3


SEEDS = (
    samples.pdf(samples.HELLO),
    samples.form("acro"),
    samples.jpeg(size=(64, 64)),
    samples.tiff(size=(64, 64), compression="group4"),
    samples.tiff("RGB", size=(64, 64), pages=2, compression="tiff_lzw"),
    "ein schöner Text\n".encode("utf-16"),
    b"",
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.sampled_from(SEEDS), junk=st.binary(max_size=60), data=st.data())
def test_any_bytes_are_found_or_refused(
    converter: Converter, tmp_path: Path, seed: bytes, junk: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(seed)))
    cut = data.draw(st.integers(0, len(junk)))
    (tmp_path / "file").write_bytes(seed[:at] + junk + seed[at + cut :])
    reason = refusal(converter, tmp_path / "file", tmp_path / "out.tif")
    assert reason is None or reason.split()[0] in {"is", "has", "needs", "takes"}
