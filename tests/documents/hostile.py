"""Files that do harm, or that harm was done to, and how each must end. All are made here."""

import os
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.documents import samples

NO_KIND = "is not a PDF, JPEG, PNG, TIFF or text file"
TOO_MUCH = "takes too long to read|is too large or too complicated to be faxed|needs too much memory to be faxed"
TOO_MANY = "at most 3 can be faxed"
DAMAGED = "is damaged"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, and how it must end."""

    make: Callable[[], bytes]
    reason: str | None = None
    "A pattern of the only refusal there may be."
    pages: int | None = None
    "How many pages it may become."


def refused(make: Callable[[], bytes], reason: str) -> Hostile:
    return Hostile(make, reason)


def drawn(make: Callable[[], bytes], pages: int = 1) -> Hostile:
    return Hostile(make, None, pages)


def either(make: Callable[[], bytes], reason: str = TOO_MUCH, pages: int = 1) -> Hostile:
    """It depends on the machine, or on a library's version: pages or this refusal, nothing else."""
    return Hostile(make, reason, pages)


def zeros(count: int) -> bytes:
    """So many zeros as zlib would pack them, a thousandth of their size: made of pieces, which takes no time."""
    mega = 1 << 20
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(mega)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (count % 65_521) << 16 | 1  # Adler-32 (RFC 1950, 8.2)
    assert count % mega == 0
    return b"\x78\xda" + piece * (count // mega) + b"\x03\x00" + struct.pack(">I", checksum)


GIGABYTE = 1 << 30

# PDF


def one_page(content: str, *more: bytes, resources: str = "", page: str = "", catalogue: str = "") -> bytes:
    """A page; `more` are objects from number 5 on."""
    return samples.written(
        [
            f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {page}"
            f" /Resources << {resources} >> >>".encode(),
            samples.stream("", content.encode()),
            *more,
        ]
    )


def form_stream(content: str, resources: str = "", more: str = "") -> bytes:
    return samples.stream(
        f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << {resources} >> {more}", content.encode()
    )


def forms_in_forms(levels: int, times: int) -> bytes:
    """Each form draws the next so many times."""
    names = [f"/XObject << /X {5 + level} 0 R >>" for level in range(1, levels)]
    forms = [form_stream("/X Do " * times, resources) for resources in names]
    return one_page("/X Do " * times, *forms, form_stream("0 0 9 9 re f"), resources="/XObject << /X 5 0 R >>")


def form_that_draws_itself() -> bytes:
    again = "/XObject << /X 5 0 R >>"
    return one_page("/X Do", form_stream("/X Do /X Do", again), resources=again)


def million_segments() -> bytes:
    lines = " ".join(f"{x % 595} {x * 7919 % 842} l" for x in range(20_000))
    return one_page(f"0 0 m {lines} S " * 50)


def picture(dictionary: str, data: bytes) -> bytes:
    head = f"<< /Type /XObject /Subtype /Image {dictionary} /Length {len(data)} >>\nstream\n"
    image = head.encode() + data + b"\nendstream"
    return one_page("500 0 0 500 0 0 cm /X Do", image, resources="/XObject << /X 5 0 R >>")


def deflated_gigabyte() -> bytes:
    image = "/Width 32000 /Height 32000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    return picture(image, zeros(GIGABYTE))


def deflated_again_and_again() -> bytes:
    data = zlib.compress(zlib.compress(zeros(GIGABYTE), 9), 9)
    filters = "/FlateDecode " * 3
    return picture(f"/Width 32000 /Height 32000 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [{filters}]", data)


def deflated_content() -> bytes:
    content = zeros(GIGABYTE)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return one_page("", stream).replace(b"/Contents 4 0 R", b"/Contents 5 0 R")


def jpx(width: int, height: int) -> bytes:
    """The beginning of a JPEG 2000 codestream (ISO/IEC 15444-1, A.5.1), and rubbish."""
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, width, height, 0, 0, 1) + bytes([7, 1, 1])
    return b"\xff\x4f\xff\x51" + struct.pack(">H", 2 + len(size)) + size + bytes(64)


def heavy_shading() -> bytes:
    steps = "dup mul sqrt " * 5000
    function = samples.stream(
        "/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]", f"{{ {steps} 2 copy }}".encode()
    )
    shading = b"<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 1 0 1] /Matrix [595 0 0 842 0 0] /Function 5 0 R >>"
    return one_page("/S sh " * 20, function, shading, resources="/Shading << /S 6 0 R >>")


def tiny_tiles() -> bytes:
    pattern = samples.stream(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001"
        " /Resources << >>",
        b"0 0 1 1 re f",
    )
    return one_page("/Pattern cs /P scn 0 0 595 842 re f", pattern, resources="/Pattern << /P 5 0 R >>")


def tiny_dashes() -> bytes:
    return one_page("[0.00001 0.00001] 0 d 0.1 w 0 0 m 595 842 l S " * 50)


def font_that_writes_itself() -> bytes:
    letter = samples.stream("", b"9 0 d0 BT /F 9 Tf (aaaa) Tj ET")
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 5 0 R >>"
        b" /Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [9]"
        b" /Resources << /Font << /F 6 0 R >> >> >>"
    )
    return one_page("BT /F 9 Tf (aaaa) Tj ET", letter, font, resources="/Font << /F 6 0 R >>")


def masks_in_masks() -> bytes:
    """A soft mask that is masked by itself."""
    group = form_stream(
        "/G gs 0 0 500 500 re f", "/ExtGState << /G 6 0 R >>", "/Group << /S /Transparency /CS /DeviceGray >>"
    )
    state = b"<< /SMask << /S /Luminosity /G 5 0 R >> >>"
    return one_page("/G gs 0 0 500 500 re f", group, state, resources="/ExtGState << /G 6 0 R >>")


def broken_font() -> bytes:
    program = samples.stream("/Length1 4000", os.urandom(4000))
    describes = b"<< /Type /FontDescriptor /FontName /Bad /Flags 4 /FontFile2 5 0 R >>"
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /Bad /FontDescriptor 6 0 R >>"
    return one_page("BT /F 24 Tf 72 700 Td (fax) Tj ET", program, describes, font, resources="/Font << /F 7 0 R >>")


def tree(kids: str, count: int) -> bytes:
    """A page tree that is mostly claims."""
    return samples.written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def shared_tree() -> bytes:
    """Ten million pages in two kilobytes: every branch has the next one ten times."""
    branches = [
        f"<< /Type /Pages /Kids [{f'{4 + level} 0 R ' * 10}] /Count {10 ** (7 - level)} >>".encode()
        for level in range(7)
    ]
    return samples.written(
        [
            b"<< /Type /Catalog /Pages 3 0 R >>",
            b"null",
            *branches,
            b"<< /Type /Page /Parent 9 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def xref_in_a_circle() -> bytes:
    data = samples.pdf(samples.HELLO)
    start = data.rindex(b"xref\n0")
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % start)


def broken_xref() -> bytes:
    data = samples.pdf(samples.HELLO)
    return data.replace(b"startxref\n", b"startxref\n9")


def many_notes() -> bytes:
    look = form_stream("0 0 9 9 re f")
    notes = [b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /F 4 /AP << /N 5 0 R >> >>"] * 20_000
    kids = " ".join(f"{6 + index} 0 R" for index in range(len(notes)))
    return one_page("", look, *notes, page=f"/Annots [{kids}]")


def with_action(action: str) -> bytes:
    return one_page(
        "100 100 100 100 re f", catalogue=f"/OpenAction << {action} >>", page=f"/AA << /O << {action} >> >>"
    )


def with_attachment() -> bytes:
    file = samples.stream("/Type /EmbeddedFile", b"MZ" + bytes(1 << 20))
    names = (
        "/Names << /EmbeddedFiles << /Names [(virus.exe) << /Type /Filespec /F (virus.exe) /EF << /F 5 0 R >> >>] >> >>"
    )
    return one_page("100 100 100 100 re f", file, catalogue=names)


def content_from_elsewhere(address: str = "127.0.0.1:1") -> bytes:
    """Streams whose bytes are in another file, or on the network (PDF 1.7, 7.3.8.2)."""
    return samples.written(
        [
            f"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /URI /URI (http://{address}/) >> >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R 5 0 R] >>",
            b"<< /Length 0 /F (/etc/passwd) >>\nstream\n\nendstream",
            f"<< /Length 0 /F << /FS /URL /F (http://{address}/) >> >>\nstream\n\nendstream".encode(),
        ]
    )


PDF: Mapping[str, Hostile] = {
    "a form of ten forms of ten forms": either(lambda: forms_in_forms(9, 10)),
    "a form that draws itself": either(form_that_draws_itself),
    "a million segments": either(million_segments),
    "a gigabyte in a megabyte": either(deflated_gigabyte),
    "a gigabyte in a kilobyte": either(deflated_again_and_again),
    "a gigabyte of nothing to do": either(deflated_content),
    "a shading of five thousand steps": either(heavy_shading),
    "a pattern of tiny tiles": either(tiny_tiles),
    "a line of tiny dashes": either(tiny_dashes),
    "a font that writes itself": either(font_that_writes_itself),
    "a mask that masks itself": either(masks_in_masks),
    "a font of noise": drawn(broken_font),
    "half a million arrays in arrays": either(lambda: one_page("", b"[" * 500_000), f"{DAMAGED}|{TOO_MUCH}"),
    "half a million arrays in a page": either(lambda: one_page("[" * 500_000)),
    "half a million dictionaries": either(lambda: one_page("", b"<< /A " * 500_000), f"{DAMAGED}|{TOO_MUCH}"),
    "half a million saved states": either(lambda: one_page("q " * 500_000)),
    "a million letters": either(lambda: one_page(f"BT /F 9 Tf 9 400 Td ({'a' * 1_000_000}) Tj ET")),
    "twenty thousand notes": either(many_notes),
    "a picture of 60,000 by 60,000 in JBIG2": either(
        lambda: picture(
            "/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", bytes(9)
        )
    ),
    "a picture of 60,000 by 60,000 in JPEG 2000": either(
        lambda: picture("/Width 60000 /Height 60000 /Filter /JPXDecode", jpx(60_000, 60_000))
    ),
    "a picture of 60,000 by 60,000 in G4": either(
        lambda: picture(
            "/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
            " /DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>",
            bytes(9),
        )
    ),
    "a picture of 2 billion by 2 billion": either(
        lambda: picture("/Width 2147483647 /Height 2147483647 /ColorSpace /DeviceGray /BitsPerComponent 8", bytes(9))
    ),
    "a picture of less than nothing": drawn(
        lambda: picture("/Width -5 /Height -5 /ColorSpace /DeviceGray /BitsPerComponent 8", bytes(9))
    ),
    "rubbish in JBIG2": drawn(
        lambda: picture(
            "/Width 99 /Height 99 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", b"rubbish"
        )
    ),
    "a tree of ten million pages": refused(shared_tree, f"{TOO_MANY}|has no pages"),
    "a tree in a circle": refused(lambda: tree("2 0 R 2 0 R", 300), TOO_MANY),
    "a tree in a small circle": either(lambda: tree("2 0 R 2 0 R", 2), "damaged|has no pages", 2),
    "a count of 2 billion": refused(lambda: tree("2 0 R 2 0 R", 2_000_000_000), f"{TOO_MANY}|{DAMAGED}|has no pages"),
    "a count of 2^31": either(lambda: tree("3 0 R", 1 << 31), f"{TOO_MANY}|{DAMAGED}|has no pages"),
    "a count below nothing": either(lambda: tree("3 0 R", -1), f"{DAMAGED}|has no pages"),
    "no pages": refused(samples.pdf, "has no pages"),
    "10,000 pages": refused(lambda: samples.pdf(*[""] * 10_000), f"has 10000 pages; {TOO_MANY}"),
    "giant paper": refused(lambda: samples.pdf("", box="0 0 99999 99999"), "has a page of impossible size: page 1"),
    "paper like a thread": refused(lambda: samples.pdf("", box="0 0 0.01 800"), "has a page of impossible size"),
    "paper of no size": drawn(lambda: samples.pdf("", box="5 5 5 5")),
    "paper of no numbers": drawn(lambda: samples.pdf("", box="nan inf (a) /b")),
    "paper below nothing": drawn(lambda: samples.pdf("", box="0 0 -595 -842")),
    "an xref in a circle": either(xref_in_a_circle, DAMAGED),
    "an xref that is elsewhere": drawn(broken_xref),
    "cut short": refused(lambda: samples.pdf(samples.HELLO)[:200], "is damaged and cannot be read as a PDF"),
    "no trailer": either(lambda: samples.pdf(samples.HELLO).partition(b"xref")[0], DAMAGED),
    "header only": refused(lambda: b"%PDF-1.7\n", "is damaged and cannot be read as a PDF"),
    "a text about PDF": refused(lambda: b"%PDF-1.7 is a nice format, isn't it?\n" * 20, DAMAGED),
    "locked": refused(lambda: samples.locked(b"secret"), "is password-protected"),
    "locked by nobody": refused(lambda: samples.ENCRYPTED, "is password-protected"),
    "locked by a stranger's lock": refused(
        lambda: samples.pdf(samples.HELLO, trailer="/Encrypt << /Filter /Adobe.PubSec /V 4 >>"),
        "is encrypted in a way that cannot be opened",
    ),
    "a form that is a program": refused(lambda: samples.form("xfa only"), "is an interactive"),
    "a script": drawn(lambda: with_action("/S /JavaScript /JS (while (true) app.alert\\(1\\))")),
    "a program to launch": drawn(lambda: with_action("/S /Launch /F (/bin/sh)")),
    "an attachment": drawn(with_attachment),
    "bytes from elsewhere": drawn(content_from_elsewhere),
    "PDF after GIF": refused(lambda: b"GIF89a\n" + samples.pdf(samples.HELLO), "has something else before its PDF"),
    "PDF after ZIP": refused(lambda: b"PK\3\4" + bytes(99) + samples.pdf(""), "has something else before its PDF"),
    "PDF after 900 spaces": refused(lambda: b" " * 900 + samples.pdf(""), "has something else before its PDF"),
    "PDF before ZIP": drawn(lambda: samples.pdf(samples.HELLO) + b"PK\3\4" + bytes(99)),
}

# TIFF


def bare(*entries: tuple[int, int, int, int], data: bytes = b"") -> bytes:
    """A TIFF of one directory of these entries (tag, type, count, value) over an 8 by 8 picture of one strip."""
    fields = {tag: (4, 1, value) for tag, value in ((256, 8), (257, 8), (258, 1), (259, 1), (262, 0), (277, 1))}
    fields |= {273: (4, 1, 400), 278: (4, 1, 8), 279: (4, 1, max(8, len(data)))}
    fields |= {tag: rest for tag, *rest in entries}  # type: ignore[misc]
    body = b"".join(struct.pack("<HHII", tag, *rest) for tag, rest in sorted(fields.items()))
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", len(fields)) + body + bytes(4)).ljust(400, b"\0") + data.ljust(
        8, b"\0"
    )


def deflated_strip(width: int, rows: int, data: bytes) -> bytes:
    return bare((256, 4, 1, width), (257, 4, 1, rows), (278, 4, 1, rows), (258, 4, 1, 8), (259, 4, 1, 8), data=data)


TIFF: Mapping[str, Hostile] = {
    "cut short": refused(lambda: samples.tiff("L")[:-5000], "is cut short"),
    "header only": refused(lambda: b"II*\0\x08\0\0\0", "is cut short"),
    "no pages": refused(lambda: b"MM\0*" + bytes(8), "has no pages"),
    "20,000 pixels wide": refused(lambda: samples.tiff("1", (20_000, 100)), "is a picture of 20000 x 100 pixels"),
    "4 billion rows": refused(lambda: samples.bare_tiff(1, rows=0xFFFFFFFF), "is a picture of 8 x 4294967295"),
    "no width": refused(lambda: bare((256, 4, 1, 0)), DAMAGED),
    "a width in letters": refused(lambda: bare((256, 2, 4, 0x41414141)), DAMAGED),
    "two widths": refused(lambda: bare((256, 3, 2, 8)), DAMAGED),
    "100,000 directories": refused(lambda: samples.bare_tiff(100_000), f"has more than 3 pages; {TOO_MANY}"),
    "directories in a circle": refused(lambda: samples.bare_tiff(3, circle=True), "go round in a circle"),
    "a field of 4 billion": refused(
        lambda: b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 273, 4, 0xFFFFFFFF, 8) + bytes(4), "is cut short"
    ),
    "65,535 fields": either(
        lambda: b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 256, 4, 1, 8) * 65_535 + bytes(4), DAMAGED
    ),
    "BigTIFF far away": refused(lambda: b"II+\0\x08\0\0\0" + b"\xff" * 8, "is cut short|has no pages"),
    "a strip of 4 billion rows": drawn(lambda: bare((278, 4, 1, 0xFFFFFFFF))),
    "a strip of no rows": either(lambda: bare((278, 4, 1, 0)), DAMAGED),
    "tiles of 2 billion pixels": refused(
        lambda: bare((322, 4, 1, 0x7FFFFFF0), (323, 4, 1, 0x7FFFFFF0), (324, 4, 1, 400), (325, 4, 1, 8)),
        f"{DAMAGED}|{TOO_MUCH}|cannot be faxed",
    ),
    "65,535 colours": refused(lambda: bare((277, 3, 1, 65_535)), f"{DAMAGED}|{TOO_MUCH}|cannot be faxed"),
    "no bits": refused(lambda: bare((258, 3, 1, 0)), f"{DAMAGED}|cannot be faxed"),
    "33 bits": refused(lambda: bare((258, 3, 1, 33)), f"{DAMAGED}|cannot be faxed"),
    "a coding that nobody knows": refused(lambda: bare((259, 3, 1, 12345)), f"{DAMAGED}|cannot be faxed"),
    "colours that nobody knows": refused(lambda: bare((258, 3, 1, 8), (262, 3, 1, 777)), "cannot be faxed"),
    "noise in G3": either(lambda: bare((259, 3, 1, 3), (292, 4, 1, 1), data=os.urandom(3000)), DAMAGED),
    "noise in G4": either(lambda: bare((259, 3, 1, 4), data=os.urandom(3000)), DAMAGED),
    "noise in LZW": either(lambda: bare((259, 3, 1, 5), data=os.urandom(3000)), DAMAGED),
    "noise in JPEG": refused(lambda: bare((259, 3, 1, 7), (258, 3, 1, 8), data=os.urandom(3000)), f"{DAMAGED}|cannot"),
    "nothing in G4, 16,000 rows": either(
        lambda: bare((256, 4, 1, 6000), (257, 4, 1, 16_000), (278, 4, 1, 16_000), (259, 3, 1, 4), data=bytes(99)),
        DAMAGED,
    ),
    "a strip with a gigabyte in it": either(lambda: deflated_strip(8, 8, zeros(GIGABYTE)), DAMAGED),
    "a hundred megapixels of nothing": drawn(lambda: deflated_strip(10_000, 10_000, zeros(100 << 20))),
    "a resolution of 0": drawn(lambda: bare((282, 5, 1, 0), (283, 5, 1, 0))),
    "a resolution of 5/0": drawn(lambda: bare((282, 5, 1, 300), (283, 5, 1, 300), data=b"")),
    "damaged strips": refused(
        lambda: samples.tiff("L", compression="tiff_lzw").replace(b"\x80", b"\xff"), "is damaged|is cut short"
    ),
}

# JPEG


def frame(width: int, rows: int) -> bytes:
    return b"\xff\xd8\xff\xc0\0\x0b\x08" + struct.pack(">HH", rows, width) + b"\1\1\x11\0"


def exif_in_a_circle() -> bytes:
    """A directory that is its own successor and its own sub-directory."""
    entries = struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x8825, 4, 1, 8)
    return samples.jpeg(exif=b"Exif\0\0II*\0\x08\0\0\0\2\0" + entries + struct.pack("<I", 8))


def exif_of_4_billion() -> bytes:
    entries = struct.pack("<HHII", 0x0112, 3, 0xFFFFFFFF, 8) + struct.pack("<HHII", 0x927C, 7, 0x7FFFFFFF, 8)
    return samples.jpeg(exif=b"Exif\0\0II*\0\x08\0\0\0\2\0" + entries + bytes(4))


def noisy_cmyk() -> bytes:
    good = bytearray(samples.jpeg("CMYK"))
    start = good.rindex(b"\xff\xda") + 14
    good[start:-2] = os.urandom(len(good) - 2 - start).replace(b"\xff", b"\xfe")
    return bytes(good)


JPEG: Mapping[str, Hostile] = {
    "cut short": refused(lambda: samples.jpeg()[:-400], "is damaged or cut short"),
    "header only": refused(lambda: samples.jpeg()[:30], DAMAGED),
    "a text about JPEG": refused(lambda: b"\xff\xd8\xff hello, I am a JPEG", "is damaged and cannot be read as a JPEG"),
    "20,000 pixels": refused(
        lambda: samples.saved(Image.new("1", (20_000, 20_000)).convert("L"), "JPEG"),
        "is a picture of 20000 x 20000 pixels; at most 16384 along a side and 100 million in all can be faxed",
    ),
    "65,535 pixels and no picture": refused(lambda: frame(65_535, 65_535) + bytes(99), "is a picture of 65535 x 65535"),
    "no pixels": refused(lambda: frame(0, 0) + bytes(99), DAMAGED),
    "400 scans": either(lambda: samples.slow_jpeg(400)),
    "10,000 scans": refused(samples.slow_jpeg, TOO_MUCH),
    "noise in CMYK": either(noisy_cmyk, DAMAGED),
    "EXIF in a circle": drawn(exif_in_a_circle),
    "EXIF of 4 billion": drawn(exif_of_4_billion),
    "two megabytes of remarks": drawn(
        lambda: b"\xff\xd8" + (b"\xff\xfe\xff\xff" + b"x" * 65_533) * 32 + samples.jpeg()[2:]
    ),
    "a ZIP behind it": drawn(lambda: samples.jpeg() + b"PK\3\4" + bytes(99)),
}

# PNG


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 0, interlaced: int = 0) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


PIXELS = chunk(b"IDAT", zlib.compress(bytes(8 * 9)))
"Of 8 by 8."

PNG: Mapping[str, Hostile] = {
    "a gigabyte of words": either(
        lambda: png(8, 8, chunk(b"zTXt", b"a\0\0" + zeros(GIGABYTE)), PIXELS), f"{DAMAGED}|{TOO_MUCH}"
    ),
    "a gigabyte of words in Unicode": either(
        lambda: png(8, 8, chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(GIGABYTE)), PIXELS),
        f"{DAMAGED}|{TOO_MUCH}",
    ),
    "a gigabyte of colours": either(
        lambda: png(8, 8, chunk(b"iCCP", b"a\0\0" + zeros(GIGABYTE)), PIXELS), f"{DAMAGED}|{TOO_MUCH}"
    ),
    "a gigabyte of pixels for sixty-four": either(
        lambda: png(8, 8, chunk(b"IDAT", zeros(GIGABYTE))), f"{DAMAGED}|{TOO_MUCH}"
    ),
    "2^31 pixels": refused(lambda: png(0x7FFFFFFF, 0x7FFFFFFF, PIXELS), "is a picture of 2147483647 x 2147483647"),
    "2^32 pixels": refused(lambda: png(0xFFFFFFFF, 8, PIXELS), "is a picture of 4294967295 x 8|is damaged"),
    "no pixels": refused(lambda: png(0, 0, PIXELS), DAMAGED),
    "no picture": refused(lambda: png(8, 8), DAMAGED),
    "half a picture": refused(lambda: samples.saved(samples.image(), "PNG")[:300], DAMAGED),
    "no palette": either(lambda: png(8, 8, PIXELS, colour=3), DAMAGED),
    "a depth that is none": refused(lambda: png(8, 8, PIXELS, bits=7), DAMAGED),
    "a wrong sum": either(lambda: png(8, 8, PIXELS[:-1] + b"\0"), DAMAGED),
    "a hundred thousand pieces": either(
        lambda: png(8, 8, *[chunk(b"IDAT", b"")] * 100_000, PIXELS), f"{DAMAGED}|{TOO_MUCH}"
    ),
    "seven passes over nothing": either(
        lambda: png(9000, 9000, chunk(b"IDAT", zlib.compress(bytes(99))), interlaced=1), DAMAGED
    ),
}

# Text, and what is no kind at all

RTL = "טלפון: +972-3-555-0100 (שלוחה 7)\n"

TEXT: Mapping[str, Hostile] = {
    "empty": refused(lambda: b"", "is empty"),
    "white space": refused(lambda: b" \r\n\t\n" * 9, "has no text in it"),
    "a mark and nothing": refused(lambda: b"\xef\xbb\xbf", "has no text in it|is empty"),
    "nul bytes": refused(lambda: bytes(5000), NO_KIND),
    "a nul in a letter": refused(lambda: b"Dear Sir,\0 yours", NO_KIND),
    "noise": refused(lambda: os.urandom(5000) + b"\0\1\2", NO_KIND),
    "a program": refused(lambda: Path("/bin/true").read_bytes(), NO_KIND),
    "GIF": refused(lambda: samples.saved(samples.image(), "GIF"), NO_KIND),
    "ZIP": refused(lambda: b"PK\3\4\x14\0\6\0" + os.urandom(500) + b"\0", NO_KIND),
    "rich text": refused(lambda: b"{\\rtf1\\ansi hello}", NO_KIND),
    "PostScript": refused(lambda: b"%!PS-Adobe-3.0\nshowpage\n", NO_KIND),
    "terminal escapes": refused(lambda: b"\x1b[31mred\x1b[0m\n", NO_KIND),
    "half a letter of UTF-16": refused(lambda: b"\xff\xfeh\0i\0\x00\xd8", NO_KIND),
    "too long": refused(lambda: b"word " * 300_000, "too much for a text"),
    "many lines": refused(lambda: b"\n".join([b"line"] * 60 * 351), TOO_MANY),
    "form feeds": refused(lambda: b"a" + b"\f" * 10_000 + b"b", TOO_MANY),
    "a megabyte on one line": refused(lambda: b"x" * (1 << 20), TOO_MANY),
    "a megabyte of tabs": drawn(lambda: b"x" + b"\t" * ((1 << 20) - 9) + b"x"),
    "five thousand accents on a letter": drawn(lambda: ("e" + "\u0301" * 5000).encode()),
    "a hundred thousand accents": refused(lambda: ("e" + "\u0301" * 100_000).encode(), TOO_MANY),
    "ten thousand overrides": drawn(lambda: ("\u202e" * 10_000 + "x\n").encode()),
    "isolates that never end": drawn(lambda: ("\u2067a" * 2000 + "\n").encode()),
    "telephone numbers from right to left": drawn(lambda: (RTL * 20).encode()),
    "markup": drawn(lambda: b'#set page(width: 1mm)\n\\u{1} #read("/etc/passwd") $x$ @a <b> *c* _d_ `e`\n'),
    "letters that are for nobody": either(lambda: ("\U0010fffd\ue000" * 40).encode(), "font|letters"),
}

KINDS: Mapping[str, Mapping[str, Hostile]] = {"pdf": PDF, "tif": TIFF, "jpg": JPEG, "png": PNG, "txt": TEXT}
