"""Documents to fax pages: how fast, how long on the line, how legible; side by side with Ghostscript and poppler.

Both are what Debian has (`make rivals`). Processor time counts all processes and, of ours, the children that wait too.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from bench import documents
from bench.table import Row, show
from unifax.documents import pdf
from unifax.documents.bilevel import black_and_white
from unifax.documents.convert import Converter, Header
from unifax.documents.legibility import topology_error
from unifax.documents.pages import Page, PageWriter, coded_octets, read_pages
from unifax.documents.typeset import FONT_FOLDERS
from unifax.model.header import HeaderPosition, HeaderStyle
from unifax.model.paper import RASTERS, Coding, PageReport, PaperTerms, Resolution, Treatment

ROUNDS = 3
"Each is measured so often, one after the other in turn; the best counts, as others may be busy here."
FIRST_PAGES = 30
FINE = RASTERS[Resolution.FINE]
BITS_PER_SECOND = 14_400
LEGIBLE = ("letter", "small print", "coloured text", "forms", "Hebrew")
"Classes of text and lines, whose shapes can be counted."
PAGES_COUNTED = 4
HEADER = Header("Unifax", "+1 555 0100", datetime(2026, 1, 1, tzinfo=UTC))
NO_HEADER = replace(HEADER, style=HeaderStyle(HeaderPosition.OFF))
"Where shapes are counted: the others have no header line."
FINE_ONLY = PaperTerms(resolution=Resolution.FINE)
"As the others: they are given a resolution, too."
OURS, GS, POPPLER = "ours", "gs", "poppler"


@dataclass
class Made:
    """What one program made of one document."""

    cpu_seconds: float = float("inf")
    first_page_seconds: list[float] = field(default_factory=list)
    pages: int = 0
    octets: int = 0
    error: float | None = None
    peak_bytes: int = 0

    @property
    def line_seconds(self) -> float:
        """A page of it, on the line."""
        return self.octets * 8 / BITS_PER_SECOND / self.pages


def run(as_json: bool) -> None:
    """Measure all classes and print the figures and the goals."""
    for program in ("gs", "pdftoppm"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is not here; `make rivals` installs it")
    pdf.start([folder for folder in FONT_FOLDERS if folder.is_dir()])
    results: dict[str, dict[str, Made]] = {}
    with tempfile.TemporaryDirectory() as name, Converter() as converter:
        folder = Path(name)
        makers: Mapping[str, Maker] = {
            OURS: lambda document, last: _ours(converter, document, folder / "ours.tif"),
            GS: lambda document, last: _ghostscript(document, folder / "gs.tif", last),
            POPPLER: lambda document, last: _poppler(document, folder, last),
        }
        for kind in documents.CLASSES:
            document = folder / "document.pdf"
            document.write_bytes(documents.made(kind))
            results[kind] = _measured(makers, document, folder)
            if kind in LEGIBLE:
                converter.render([(document, "")], folder / f"{OURS}.tif", NO_HEADER, FINE_ONLY)
                for program in makers:
                    results[kind][program].error = _error(document, folder / f"{program}.tif")
        document.write_bytes(documents.made("grey scans"))
        diffused = _diffused(document)
        document.write_bytes(documents.made("letter"))
        for _ in range(FIRST_PAGES):
            for program, make in makers.items():
                results["letter"][program].first_page_seconds.append(make(document, True)[1])
        document.write_bytes(documents.made("text, 100 pages"))
        memory = _memory(converter, document, folder / "ours.tif")
    _show_figures(results, as_json)
    show("Memory of our child while it draws 100 pages", [memory], as_json)
    show("Goals", _goals(results, diffused, memory), as_json)


Maker = Callable[[Path, bool], tuple[float, float, int]]
"Makes pages of a document, all or the first; says CPU seconds, seconds to the first page, and peak memory in bytes."


def _measured(makers: Mapping[str, Maker], document: Path, folder: Path) -> dict[str, Made]:
    made = {program: Made() for program in makers}
    for _ in range(ROUNDS):
        for program, make in makers.items():
            cpu, _, peak = make(document, False)
            made[program].cpu_seconds = min(made[program].cpu_seconds, cpu)
            made[program].peak_bytes = max(made[program].peak_bytes, peak)
    for program in makers:
        pages = list(read_pages(folder / f"{program}.tif"))
        made[program].pages = len(pages)
        made[program].octets = sum(coded_octets(page, Coding.MMR) for page in pages)
    return made


def _ours(converter: Converter, document: Path, out: Path) -> tuple[float, float, int]:
    zygote = _zygote()
    before, begun = _cpu_seconds(zygote), time.perf_counter()
    first: list[float] = []

    def heed(page: PageReport) -> None:
        if page.number == 1:
            first.append(time.perf_counter() - begun)

    converter.render([(document, document.name)], out, HEADER, FINE_ONLY, heed)
    return _cpu_seconds(zygote) - before, first[0], 0


def _zygote() -> psutil.Process:
    return max(psutil.Process().children(), key=lambda child: child.create_time())


def _cpu_seconds(zygote: psutil.Process) -> float:
    """Return what we, the zygote and those of its children that have ended took."""
    used = zygote.cpu_times()
    return time.process_time() + used.user + used.system + used.children_user + used.children_system


def _ghostscript(document: Path, out: Path, first: bool) -> tuple[float, float, int]:
    options = ["-sDEVICE=tiffg4", "-r204x196", "-sPAPERSIZE=a4", "-dFIXEDMEDIA", "-dPDFFitPage"]
    last = ["-dLastPage=1"] if first else []
    return _run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", *options, *last, f"-sOutputFile={out}", str(document)])


def _poppler(document: Path, folder: Path, first: bool) -> tuple[float, float, int]:
    """pdftoppm draws; libtiff codes its pages here."""
    for old in folder.glob("poppler-*.pbm"):
        old.unlink()
    last = ["-l", "1"] if first else []
    cpu, wall, peak = _run(
        ["pdftoppm", "-mono", "-rx", "204", "-ry", "196", *last, str(document), str(folder / "poppler")]
    )
    cpu_before, begun = time.process_time(), time.perf_counter()
    files = sorted(folder.glob("poppler-*.pbm"))
    with open(folder / "poppler.tif", "w+b") as file, PageWriter(file.fileno(), len(files)) as writer:
        for each in files:
            drawn = Image.open(each)
            sheet = Image.new("1", (FINE.width, drawn.height), 1)
            sheet.paste(drawn, ((FINE.width - drawn.width) // 2, 0))
            writer.write(_page(sheet))
    return cpu + time.process_time() - cpu_before, wall + time.perf_counter() - begun, peak


def _run(command: Sequence[str]) -> tuple[float, float, int]:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed: {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss << 10


def _error(document: Path, made: Path) -> float:
    """Return the topology error of the first pages, against the same pages at 400 dpi."""
    opened = pdf.Pdf(document.read_bytes())
    finest = RASTERS[Resolution.R400]
    found = []
    for index, page in enumerate(islice(read_pages(made), PAGES_COUNTED)):
        reference = black_and_white(opened.grey(index, finest), finest, Treatment.TEXT)
        packed = np.frombuffer(page.bits, np.uint8).reshape(page.rows, -1)
        white = black_and_white(np.full((page.rows, page.width), 255, np.uint8), FINE)
        seen = replace(white, packed=packed)
        found.append(topology_error(seen, Resolution.FINE, reference, Resolution.R400))
    return statistics.mean(found)


def _diffused(document: Path) -> float:
    """Return the seconds on the line of a page of the document, in the dots of Floyd and Steinberg."""
    opened = pdf.Pdf(document.read_bytes())
    octets = 0
    for index in range(opened.pages):
        octets += coded_octets(_page(Image.fromarray(opened.grey(index, FINE)).convert("1")), Coding.MMR)
    return octets * 8 / BITS_PER_SECOND / opened.pages


def _page(image: Image.Image) -> Page:
    bits = image.tobytes().translate(bytes(range(255, -1, -1)))  # Pillow's 1 is white
    return Page(image.width, image.height, FINE.x_dpi, FINE.y_dpi, bits)


def _memory(converter: Converter, document: Path, out: Path) -> dict[str, float]:
    """Return the resident memory of the child that draws, as its pages come."""
    zygote = _zygote()
    seen: dict[str, float] = {}

    def heed(page: PageReport) -> None:
        if page.number in (1, 25, 50, 75, 95):
            seen[f"page {page.number} MB"] = round(max(_resident(each) for each in zygote.children()) / 1e6, 1)

    converter.render([(document, document.name)], out, HEADER, FINE_ONLY, heed)
    return seen


def _resident(process: psutil.Process) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return resident


def _show_figures(results: Mapping[str, Mapping[str, Made]], as_json: bool) -> None:
    speed, size, text = [], [], []
    for kind, made in results.items():
        rates = {program: one.pages / one.cpu_seconds for program, one in made.items()}
        row: dict[str, str | int | float] = {"document": kind, "pages": made[OURS].pages}
        speed.append(row | {f"{program} pages/s": rate for program, rate in rates.items()})
        speed[-1]["ours / gs"] = rates[OURS] / rates[GS]
        size.append(row | {f"{program} octets": one.octets // one.pages for program, one in made.items()})
        size[-1] |= {f"{program} s": one.line_seconds for program, one in made.items()}
        if made[OURS].error is not None:
            text.append({"document": kind} | {program: f"{one.error or 0:.1%}" for program, one in made.items()})
    show(f"Pages a second of one core, fine, whole documents (best of {ROUNDS})", speed, as_json)
    show(f"A page coded as MMR, and its seconds on the line at {BITS_PER_SECOND} bit/s", size, as_json)
    show("Shapes and holes lost or too many, against the same page at 400 dpi", text, as_json)
    first: list[Row] = []
    for program, one in results["letter"].items():
        took = sorted(1000 * seconds for seconds in one.first_page_seconds)
        first.append({"program": program, "best ms": took[0], "median ms": statistics.median(took)})
    show(f"From a PDF of one page to its fax page, {FIRST_PAGES} times in turn", first, as_json)


def _goals(results: Mapping[str, Mapping[str, Made]], diffused: float, memory: Mapping[str, float]) -> list[Row]:
    def faster(kind: str) -> float:
        return results[kind][GS].cpu_seconds / results[kind][OURS].cpu_seconds

    def seconds(program: str) -> float:
        return sum(made[program].line_seconds for made in results.values())

    slowest = min(results, key=faster)
    errors = [made[OURS].error or 0 for made in results.values()]
    letter = min(results["letter"][OURS].first_page_seconds)
    scan = results["grey scans"][OURS].line_seconds
    grown = memory["page 95 MB"] / memory["page 25 MB"]
    return [
        _goal("pages/s against Ghostscript, text", ">= 2", faster("text, 100 pages"), faster("text, 100 pages") >= 2),
        _goal("pages/s against Ghostscript, mixed", ">= 2", faster("mixed"), faster("mixed") >= 2),
        _goal(f"the slowest class ({slowest})", ">= 1", faster(slowest), faster(slowest) >= 1),
        _goal(
            "line seconds against Ghostscript, all",
            "<= 0.8",
            seconds(OURS) / seconds(GS),
            seconds(OURS) / seconds(GS) <= 0.8,
        ),
        _goal("line seconds against Floyd-Steinberg, scans", "<= 0.1", scan / diffused, scan / diffused <= 0.1),
        _goal("ms from a PDF to its page, best", "<= 12", 1000 * letter, letter <= 0.012),
        _goal("memory at page 95 against page 25", "<= 1.1", grown, grown <= 1.1),
        _goal("topology error, worst class", "<= 0.02", max(errors), max(errors) <= 0.02),
    ]


def _goal(what: str, goal: str, figure: float, met: bool) -> Row:
    return {"goal": what, "wanted": goal, "measured": figure, "met": "yes" if met else "NO"}
