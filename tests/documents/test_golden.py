"""Pages are, pixel by pixel, those that were looked at and found good."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.documents.draw_golden import DOCUMENTS, GOLDEN, page_of
from unifax.documents.convert import Converter


def test_there_is_a_page_for_each_document() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.png")) == sorted(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_is_the_one_that_was_found_good(converter: Converter, tmp_path: Path, name: str) -> None:
    """If a change is wanted: `python -m tests.documents.draw_golden`, and look at what has changed."""
    new = Image.open(io.BytesIO(page_of(name, converter, tmp_path)))
    good = Image.open(GOLDEN / f"{name}.png")
    assert new.size == good.size
    assert new.info["dpi"] == good.info["dpi"]
    assert np.count_nonzero(np.asarray(new) != np.asarray(good)) == 0
