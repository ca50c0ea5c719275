"""The life of a converter's child: all is loaded before it is born, it is confined, does one order and dies."""

import contextlib
import ctypes
import encodings
import gc
import importlib
import io
import json
import os
import pkgutil
import socket
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime

import chardet
from PIL import Image

from unifax.documents import pdf, picture
from unifax.documents.bilevel import black_and_white
from unifax.documents.drawing import drawn
from unifax.documents.header import HeaderLine
from unifax.documents.intake import Kind, Unfit
from unifax.documents.job import Job
from unifax.documents.order import DESCRIPTORS, MESSAGE_BYTES, Header, Limits, Order, Task, unpacked
from unifax.documents.pages import Page, coded_octets
from unifax.documents.sandbox import Kept, Powers, confine, lower_cpu_seconds, refuse_threads
from unifax.documents.typeset import FONT_FOLDERS, Typesetter
from unifax.model.paper import RASTERS, Coding, Resolution, Treatment

_TOLD = 4000
"Letters of a traceback: its end, which says most."
TAKEN = b"!"
"Said at its door by a child that has its order."
_FINE = RASTERS[Resolution.FINE]


def load() -> Typesetter:
    """Load all that a child may need: it will not be able to read a module from the disk."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # those of other systems
            importlib.import_module(f"encodings.{module.name}")
    chardet.detect("שלום עולם".encode("cp1255"))
    pdf.start([folder for folder in FONT_FOLDERS if folder.is_dir()])
    picture.start()
    _practise()
    typesetter = Typesetter()
    if refuse_threads():
        _warm(typesetter)  # Typst reads fonts and templates once for all children
    gc.collect()
    gc.freeze()
    ctypes.CDLL(None).malloc_trim(0)  # what lies idle would be copied and torn down with every child
    return typesetter


def _practise() -> None:
    """Draw pictures of our own, because libraries load parts of themselves when they are first used."""
    photo = Image.radial_gradient("L").resize((600, 900))
    for kind, mode in ((Kind.JPG, "L"), (Kind.JPG, "CMYK"), (Kind.TIF, "LA"), (Kind.TIF, "1")):
        file = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        photo.convert(mode).save(file, {Kind.JPG: "JPEG", Kind.TIF: "TIFF"}[kind], exif=exif)
        sample = picture.Picture(file.getvalue(), kind, Limits())
        sample.check()
        black_and_white(sample.grey(0, _FINE), _FINE)


def live(door: socket.socket, limits: Limits, typesetter: Typesetter, parent: int) -> None:
    """Give up everything, wait for an order, do it, say how it went, die.

    `parent` is the zygote, with which the child dies. What goes wrong before the order is said after it: there is
    nobody to hear it earlier.
    """
    _keep_only(door.fileno())
    trouble, kept = "", None
    try:
        readable = [folder for folder in FONT_FOLDERS if folder.is_dir()]
        powers = Powers(limits.memory_bytes, limits.cpu_seconds(limits.pages), limits.output_bytes, readable)
        kept = confine(powers, parent)
        _warm(typesetter)
    except Exception:
        trouble = traceback.format_exc()
    message, descriptors, _, _ = socket.recv_fds(door, MESSAGE_BYTES, DESCRIPTORS)
    if not message:
        return
    os.write(door.fileno(), TAKEN)

    def tell(**words: object) -> None:
        os.write(descriptors[0], json.dumps(words).encode())

    if trouble or kept is None:
        tell(broken=trouble[-_TOLD:])
    else:
        _do(unpacked(message), descriptors[1:], Job(limits, typesetter, tell, lower_cpu_seconds), kept)


def _warm(typesetter: Typesetter) -> None:
    """Draw a page of our own: the memory that a process touches first costs more than what is done with it."""
    page = drawn(pdf.Pdf(pdf.PRACTICE), 0, None, Treatment.AUTO).page
    line = HeaderLine(Header("Unifax", "+1", datetime(2000, 1, 1, tzinfo=UTC)), 1, typesetter, _FINE)
    packed = line.on(page.packed, 1)
    coded_octets(Page(_FINE.width, len(packed), _FINE.x_dpi, _FINE.y_dpi, packed.tobytes()), Coding.MMR)


def _do(order: Order, files: Sequence[int], job: Job, kept: Kept) -> None:
    try:
        match order.task:
            case Task.TRY:
                job.tell(walls=str(kept), whole=kept.whole)
            case Task.INSPECT:
                job.inspect(files[0], order.terms.charset)
            case Task.RENDER:
                assert order.header is not None
                job.render(files[:-1], files[-1], order.header, order.terms, order.template)
            case Task.REPORT:
                job.report(files[0], files[1], files[2])
    except Unfit as reason:
        job.tell(refused=str(reason))
    except MemoryError:
        job.tell(refused="needs too much memory to be faxed")
    except Exception:
        job.tell(broken=traceback.format_exc()[-_TOLD:])


def _keep_only(kept: int) -> None:
    """Close what is the zygote's and other children's, and be silent: libraries talk to themselves when they fail."""
    silence = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(silence, fd)
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
