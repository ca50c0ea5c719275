"""The eight charts of ITU-T T.24, coded: their sizes are known, so a coder that is off shows itself. Not shipped."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from bench.table import Row, show
from unifax.documents.pages import Page, coded_octets
from unifax.model.paper import RASTERS, Coding, Resolution

KNOWN_BITS: Mapping[Coding, tuple[int, ...]] = {
    Coding.MH: (299_312, 274_864, 520_200, 864_528, 546_464, 409_296, 851_288, 502_336),
    Coding.MR: (207_664, 157_168, 326_304, 654_440, 353_176, 225_880, 651_648, 264_032),
    Coding.MMR: (144_824, 86_424, 229_648, 554_200, 257_776, 133_208, 554_256, 152_792),
}
"Charts 1 to 8, 1728 x 2376, as libtiff 4.5.0 codes them: EOLs with MH and MR, no fill."
WITHIN = 0.005


def run(as_json: bool, folder: Path) -> None:
    """Code the charts in a folder: eight PBM files, in the order of their names. Raises SystemExit when one is off."""
    files = sorted(folder.glob("*.pbm"))
    if len(files) != 8:
        raise SystemExit(f"{folder} has {len(files)} PBM files; the charts are eight")
    rows: list[Row] = []
    off = False
    for number, file in enumerate(files):
        page = _page(file)
        row: dict[str, str | int | float] = {"chart": number + 1}
        for coding, known in KNOWN_BITS.items():
            octets = coded_octets(page, coding)
            row[f"{coding} octets"], row[f"{coding} of known"] = octets, f"{8 * octets / known[number] - 1:+.2%}"
            off |= abs(8 * octets / known[number] - 1) > WITHIN
        rows.append(row)
    show("The T.24 charts, coded (within 0.5 % of what is known)", rows, as_json)
    if off:
        raise SystemExit("a chart is more than 0.5 % off")


def _page(file: Path) -> Page:
    raster = RASTERS[Resolution.FINE]
    image = Image.open(file)
    if image.mode != "1" or image.width != raster.width:
        raise SystemExit(f"{file.name} is no black-and-white picture, {raster.width} pixels wide")
    bits = image.tobytes().translate(bytes(range(255, -1, -1)))  # Pillow's 1 is white
    return Page(image.width, image.height, raster.x_dpi, raster.y_dpi, bits)
