"""Pages coded for the line without a call: what a far machine decodes, and nothing for what cannot be coded."""

from pathlib import Path

import pytest

from tests.faxes import text_fax
from unifax.wire.coded_page import CodedPage, code_page


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_fax(tmp_path_factory.mktemp("documents") / "two.tif", pages=2)


@pytest.mark.parametrize("coding", ["MH", "MR", "MMR"])
def test_a_page_is_coded_the_same_each_time(document: Path, coding: str) -> None:
    first, second = (code_page(document, page, coding, 0) for page in range(2))
    assert isinstance(first, CodedPage)
    assert first == code_page(document, 0, coding, 0)
    assert (first.columns, first.rows) == (1728, 300)
    assert second is not None
    assert first.sha256 != second.sha256


def test_rows_are_filled_up_for_machines_that_need_their_time(document: Path) -> None:
    plain, filled = code_page(document, 0, "MH", 0), code_page(document, 0, "MH", 288)
    assert plain is not None
    assert filled is not None
    assert filled.bits > plain.bits >= 0
    assert filled.bits >= 288 * filled.rows


def test_what_cannot_be_coded_is_nothing(document: Path, tmp_path: Path) -> None:
    assert code_page(document, 2, "MMR", 0) is None
    assert code_page(document, 0, "JBIG", 0) is None
    assert code_page(tmp_path / "none.tif", 0, "MMR", 0) is None
    assert code_page(tmp_path / ("x" * 240), 0, "MMR", 0) is None
    broken = tmp_path / "broken.tif"
    broken.write_bytes(document.read_bytes()[:500])
    assert code_page(broken, 0, "MMR", 0) is None
