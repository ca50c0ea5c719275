"""`make demo`, from the POST to the paper."""

from pathlib import Path

from PIL import Image, ImageDraw

from tests.e2e.running import in_order, unifax


def test_the_documented_example_comes_out_of_the_machine_pixel_by_pixel(tmp_path: Path) -> None:
    run = unifax("demo", "--data", str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    story = [
        "accepted: id 1, uid ",
        "pages prepared: 1",
        "calling",
        "T.38 agreed",
        "page 1 of 1 confirmed",
        "7778888: sent",
        "Sent",
        "1 of 1 pages equal",
    ]
    assert in_order(run.stdout.replace("\n", " "), story), run.stdout
    (received,) = tmp_path.glob("*/sandbox/7778888/*.tif")
    assert received.with_suffix(".png").exists()


def test_files_of_ones_own_reach_whom_they_can(tmp_path: Path) -> None:
    page = Image.new("L", (600, 800), 255)
    ImageDraw.Draw(page).ellipse((100, 100, 500, 500), fill=90, outline=0, width=9)
    files = [tmp_path / name for name in ("a.pdf", "b.jpg", "c.tif")]
    for file in files:
        page.save(file)
    run = unifax("demo", *map(str, files), "--to", "7778888", "--to", "7778801", "--data", str(tmp_path / "demo"))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Partially Sent" in run.stdout
    assert "3 of 3 pages equal" in run.stdout
    assert "7778801: failed, the number is busy" in run.stdout
