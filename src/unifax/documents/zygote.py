"""The process that converters are born from: all is loaded here once, and every order gets a child of its own.

Started with `python -m unifax.documents.zygote FD`, where FD is one end of a SOCK_SEQPACKET pair. One thread,
no clock, no document: it reads orders, forks, kills when told to, and says how each child ended. When the other end
closes, it kills what is left and goes. The words on the wire are in `convert.py`.
"""

import contextlib
import encodings
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import chardet
from PIL import Image

from unifax.documents import job, pdf, picture
from unifax.documents.bilevel import black_and_white
from unifax.documents.intake import Kind, Unfit
from unifax.documents.order import Header, Limits
from unifax.documents.sandbox import Powers, confine
from unifax.documents.typeset import FONT_FOLDERS, Typesetter
from unifax.model.paper import RASTERS, PaperTerms, Resolution, Treatment

_MESSAGE_BYTES = 1 << 16
_DESCRIPTORS = 64


@dataclass(frozen=True, slots=True)
class _Child:
    order: int
    pid: int
    asker: socket.socket


def main(control: socket.socket) -> None:
    """Serve orders until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    typesetter = _load()
    children: dict[int, _Child] = {}
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd != control.fileno():
                poll.unregister(fd)
                _bury(children.pop(fd))
                os.close(fd)
                continue
            message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, _DESCRIPTORS)
            if not message:
                for child in children.values():
                    os.kill(child.pid, signal.SIGKILL)
                return
            order = json.loads(message)
            if order["task"] == "kill":
                for child in children.values():
                    if child.order == order["number"]:
                        os.kill(child.pid, signal.SIGKILL)
                continue
            child = _give_birth(order, descriptors, typesetter)
            death = os.pidfd_open(child.pid)
            children[death] = child
            poll.register(death, select.POLLIN)


def _load() -> Typesetter:
    """Load all that a child may need: it will not be able to read a module from the disk."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # those of other systems
            importlib.import_module(f"encodings.{module.name}")
    chardet.detect("שלום עולם".encode("cp1255"))
    pdf.start([folder for folder in FONT_FOLDERS if folder.is_dir()])
    picture.start()
    _practise()
    typesetter = Typesetter()
    gc.collect()
    gc.freeze()
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
        black_and_white(sample.grey(0, RASTERS[Resolution.FINE]), RASTERS[Resolution.FINE])


def _give_birth(order: Mapping[str, object], descriptors: Sequence[int], typesetter: Typesetter) -> _Child:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _live(order, descriptors, typesetter, parent)
        finally:
            os._exit(1)
    for fd in descriptors[1:]:
        os.close(fd)
    return _Child(int(str(order["number"])), pid, socket.socket(fileno=descriptors[0]))


def _bury(child: _Child) -> None:
    """Say how a child ended, and after how much work."""
    _, status, usage = os.wait4(child.pid, 0)
    ended = {"ended": os.waitstatus_to_exitcode(status), "cpu_seconds": usage.ru_utime + usage.ru_stime}
    with contextlib.suppress(OSError), child.asker:  # nobody may be listening any more
        child.asker.send(json.dumps(ended).encode())


def _live(order: Mapping[str, object], descriptors: Sequence[int], typesetter: Typesetter, parent: int) -> None:
    """Be a child: give up everything, do one job, say how it went, die."""
    _keep_only(descriptors)
    asker, files = socket.socket(fileno=descriptors[0]), descriptors[1:]

    def tell(**words: object) -> None:
        asker.send(json.dumps(words).encode())

    try:
        limits = Limits(**order["limits"])  # type: ignore[arg-type]  # made by asdict() from the same class
        cpu_seconds = limits.render_seconds if order["task"] == "render" else int(limits.inspect_seconds) + 1
        readable = [folder for folder in FONT_FOLDERS if folder.is_dir()]
        kept = confine(Powers(limits.memory_bytes, cpu_seconds, limits.output_bytes, readable), parent)
        match order["task"]:
            case "try":
                typesetter.set("text", [[{"text": "Unifax", "rtl": False, "even": False}]])
                tell(walls=str(kept), whole=bool(kept.landlock and kept.seccomp))
            case "inspect":
                tell(file=0)
                job.inspect(files[0], _charset(order["charset"]), limits, typesetter.letters, tell)
            case "render":
                job.render(
                    files[:-1], files[-1], _header(order["header"]), _terms(order["terms"]), limits, typesetter, tell
                )
    except Unfit as reason:
        tell(refused=str(reason))
    except MemoryError:
        tell(refused="needs too much memory to be faxed")
    except Exception:
        tell(broken=traceback.format_exc()[-4000:])
    os._exit(0)


def _charset(word: object) -> str | None:
    return None if word is None else str(word)


def _header(words: object) -> Header:
    assert isinstance(words, dict)
    return Header(words["text"], words["station_id"], datetime.fromisoformat(words["sent_at"]))


def _terms(words: object) -> PaperTerms:
    assert isinstance(words, dict)
    return PaperTerms(
        resolution=words["resolution"] and Resolution(words["resolution"]),
        treatment=Treatment(words["treatment"]),
        page_treatments={int(page): Treatment(each) for page, each in words["page_treatments"].items()},
        charset=words["charset"],
    )


def _keep_only(descriptors: Sequence[int]) -> None:
    """Close what is the zygote's and other children's, and be silent: libraries talk to themselves when they fail."""
    silence = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(silence, fd)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in descriptors:
            with contextlib.suppress(OSError):  # the one that was listing
                os.close(int(name))


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
