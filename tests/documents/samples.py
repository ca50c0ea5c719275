"""Documents made by hand: good ones, and the ones that strangers send."""

import functools
import hashlib
import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image, ImageDraw


def pdf(*contents: str, box: str = "0 0 595.276 841.89", trailer: str = "", extra: Sequence[bytes] = ()) -> bytes:
    """A PDF with a page for each content stream. `extra` objects get the numbers after those of the pages."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {5 + 2 * index} 0 R"
            f" /Resources << /Font << /F 3 0 R >> /XObject << /X {4 + 2 * len(contents)} 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content.encode()))
    return written([*objects, *extra], trailer)


def written(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A PDF file of these objects, the first of which is the catalogue."""
    data = bytearray(b"%PDF-1.7\n")
    table = [b"0000000000 65535 f \n"]
    for number, body in enumerate(objects, 1):
        table.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n%s" % (len(table), b"".join(table))
    data += f"trailer\n<< /Size {len(table)} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(data)


def stream(dictionary: str, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        dictionary.encode(),
        len(packed),
        packed,
    )


HELLO = "BT /F 24 Tf 72 700 Td (This is my fax) Tj ET"

ENCRYPTED = pdf(
    HELLO,
    trailer=f"/ID [<{'00' * 16}> <{'00' * 16}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4"
    f" /O <{'11' * 32}> /U <{'22' * 32}> >>",
)
"Encrypted with a password that nobody knows: the user entry fits none (PDF 1.7, 7.6.3)."


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def locked(user_password: bytes) -> bytes:
    """A PDF of one black square, encrypted with RC4 and 40 bits (PDF 1.7, 7.6.2): its owner's password is "boss"."""
    identity, permissions = bytes(16), -64
    padded = (user_password + _PADDING)[:32]
    owner = _rc4(hashlib.md5((b"boss" + _PADDING)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + struct.pack("<i", permissions) + identity).digest()[:5]
    content = b"100 100 100 100 re f"
    hidden = _rc4(hashlib.md5(key + b"\4\0\0" + bytes(2)).digest()[:10], content)
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(hidden), hidden),
        ],
        trailer=f"/ID [<{identity.hex()}> <{identity.hex()}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P {permissions}"
        f" /O <{owner.hex()}> /U <{_rc4(key, _PADDING).hex()}> >>",
    )


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for octet in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(octet ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def form(kind: str) -> bytes:
    """A form with a text field, filled in: 'acro', or an 'xfa' that needs no program to draw it. Of 'xfa only' there is
    no more than a page that asks to wait."""
    whole = kind != "xfa only"
    xfa = " /XFA 6 0 R" if kind != "acro" else ""
    fields = "[4 0 R]" if whole else "[]"
    look = b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 40] /Length 20 >>\nstream\n0 g 0 0 200 40 re f \nendstream"
    return written(
        [
            f"<< /Type /Catalog /Pages 2 0 R /NeedsRendering true /AcroForm << /Fields {fields}{xfa} >> >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots {fields} >>".encode(),
            b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (x) /Rect [100 600 300 640] /F 4"
            b" /AP << /N 5 0 R >> >>",
            look,
            stream("", b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>"),
        ]
    )


def noted(flags: str) -> bytes:
    """A PDF with nothing but a stamp on it, which is black."""
    look = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 15 >>\nstream\n0 0 9 9 re f   \nendstream"
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
            b"<< /Type /Annot /Subtype /Stamp /Rect [100 600 300 640] %s /AP << /N 5 0 R >> >>" % flags.encode(),
            look,
        ]
    )


def embedded(dictionary: str, data: bytes) -> bytes:
    """A PDF page with an image on it."""
    head = f"<< /Type /XObject /Subtype /Image {dictionary} /Length {len(data)} >>"
    picture = head.encode() + b"\nstream\n" + data + b"\nendstream"
    return pdf("q 500 0 0 500 40 40 cm /X Do Q", extra=[picture])


def image(mode: str = "L", size: tuple[int, int] = (800, 1000)) -> Image.Image:
    """A white picture with a black bar along its upper edge and a black square at its left."""
    picture = Image.new("L", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], size[1] // 10), fill="black")
    draw.rectangle((0, size[1] // 2, size[0] // 10, size[1] // 2 + size[0] // 10), fill="black")
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def jpeg(mode: str = "L", size: tuple[int, int] = (800, 1000), **options: object) -> bytes:
    return saved(image(mode, size), "JPEG", **options)


def tiff(mode: str = "1", size: tuple[int, int] = (800, 1000), pages: int = 1, **options: object) -> bytes:
    pictures = [image(mode, size) for _ in range(pages)]
    return saved(pictures[0], "TIFF", save_all=True, append_images=pictures[1:], **options)


def bare_tiff(directories: int, *, circle: bool = False, width: int = 8, rows: int = 8) -> bytes:
    """A TIFF of so many tiny images that share one strip; in a circle, the last is followed by the first."""
    entries = ((256, width), (257, rows), (258, 1), (259, 1), (262, 0), (273, 8), (278, rows), (279, 8))
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    size = 2 + len(body) + 4
    data = bytearray(b"II*\0" + struct.pack("<I", 16) + bytes(8))
    for index in range(directories):
        last = index == directories - 1
        following = (16 if circle else 0) if last else 16 + (index + 1) * size
        data += struct.pack("<H", len(entries)) + body + struct.pack("<I", following)
    return bytes(data)


@functools.cache
def slow_jpeg(scans: int = 10_000) -> bytes:
    """A progressive JPEG that repeats its last scan, of a hundred octets. Each takes a twentieth of a second."""
    whole = saved(Image.new("L", (8000, 8000), 128), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * scans + whole[-2:]
