"""The folder of an operator's templates: what may be in it, and what keeps the service from starting."""

from pathlib import Path

import pytest

from unifax.documents.covers import MAX_BYTES, read_covers, try_covers
from unifax.model.errors import Misconfigured


def test_no_folder_is_no_templates() -> None:
    assert read_covers("") == {}
    try_covers({})


def test_templates_have_the_names_of_their_files(tmp_path: Path) -> None:
    (tmp_path / "letterhead.typ").write_text("מכתב")
    (tmp_path / "b-2.typ").write_text("b")
    (tmp_path / "logo.svg").write_text("<svg/>")
    assert read_covers(str(tmp_path)) == {"b-2": "b", "letterhead": "מכתב"}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("plain.typ", b"", "plain.typ must have another name"),
        ("Letter head.typ", b"", "Letter head.typ must have another name"),
        ("a.typ", b"x" * (MAX_BYTES + 1), "a.typ is larger than 48 KB"),
        ("a.typ", b"\xff", "a.typ is not UTF-8"),
    ],
)
def test_a_file_that_is_no_template_is_named(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Misconfigured, match=f"paper.cover_folder: {says}"):
        read_covers(str(tmp_path))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"paper.cover_folder: .*gone: No such file or directory"):
        read_covers(str(tmp_path / "gone"))


@pytest.mark.parametrize("template", ["#nonsense", '#read("/etc/hostname")', "#json(bytes(sys.inputs.data)).subject.x"])
def test_a_template_that_cannot_be_set_is_named_before_anybody_asks_for_it(template: str) -> None:
    with pytest.raises(Misconfigured, match=r"paper.cover_folder: own\.typ cannot be made from the template 'own': "):
        try_covers({"own": template})


def test_a_template_as_large_as_can_be_is_set() -> None:
    """In JSON each of its letters takes two."""
    try_covers({"large": "//" + '"' * (MAX_BYTES - 5) + "\nx"})


def test_our_own_template_is_an_example_that_works() -> None:
    ours = Path(__file__).parents[2] / "src/unifax/documents/templates/cover.typ"
    try_covers({"copy": ours.read_text()})
