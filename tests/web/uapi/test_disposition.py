"""Header parameters and file names, as clients write them and as nobody should."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.file_name import NAME_CHARACTERS, display_name
from unifax.web.uapi.disposition import file_name, parameters, text_of


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'form-data; name="files"; filename="/path/to/file/fax.txt"', "fax.txt"),
        (b'form-data; name="files"; filename="C:\\docs\\my fax.pdf"', "my fax.pdf"),
        (b'form-data; name="files"; filename="\\\\server\\share\\a.tif"', "a.tif"),
        (b"form-data; name=files; filename=my fax.pdf", "my fax.pdf"),
        (b'form-data; name="files"; filename="say \\"hi\\".txt"', 'say "hi".txt'),
        (b'form-data; name="files"; filename="say %22hi%22.txt"', 'say "hi".txt'),
        (b'form-data; name="files"; filename="100%25.txt"', "100%25.txt"),
        ('form-data; name="files"; filename="פקס דחוף.pdf"'.encode(), "פקס דחוף.pdf"),
        ('form-data; name="files"; filename="Müller.txt"'.encode("latin-1"), "Müller.txt"),
        (b"form-data; name=files; filename=plain.txt; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
        (b"form-data; name=files; filename*=iso-8859-1'en'M%FCller.txt", "Müller.txt"),
        (b"form-data; name=files; filename*=UTF-8''%FF%FE.txt", "\N{REPLACEMENT CHARACTER}" * 2 + ".txt"),
        (b'form-data; name="files"; filename="no end.txt', "no end.txt"),
        (b'form-data; name="files"; filename="semi;colon.txt";', "semi;colon.txt"),
        (b'form-data; name="files"; filename="../../etc/passwd"', "passwd"),
        (b'form-data; name="files"; filename=""', "file 3"),
        (b'form-data; name="files"; filename=".."', "file 3"),
        (b'form-data; name="files"; filename="dir/"', "file 3"),
        (b'form-data; name="files"; filename="a%0D%0Ab\tc.txt"', "abc.txt"),
        ('form-data; name="files"; filename="exe\u202efdp.txt"'.encode(), "exefdp.txt"),
    ],
)
def test_a_file_is_called_as_people_would_call_it(header: bytes, name: str) -> None:
    assert display_name(file_name(parameters(text_of(header))[1]), 3) == name


def test_a_part_without_a_filename_is_not_called_a_file() -> None:
    assert file_name(parameters('form-data; name="request";')[1]) is None


def test_the_boundary_of_the_documented_example_keeps_its_dashes() -> None:
    kind, given = parameters("multipart/form-data; boundary=------------325343636")
    assert (kind, given["boundary"]) == ("multipart/form-data", "------------325343636")


def test_names_of_parameters_have_no_case_and_the_first_one_holds() -> None:
    assert parameters("Multipart/Form-Data;BOUNDARY = x ;boundary=y") == ("multipart/form-data", {"boundary": "x"})


@given(st.binary(max_size=200))
def test_any_bytes_are_a_header_value(raw: bytes) -> None:
    word, given_parameters = parameters(text_of(raw))
    assert word == word.lower()
    assert all(name == name.lower() for name in given_parameters)
    file_name(given_parameters)


@given(st.text(max_size=400), st.integers(1, 9))
def test_any_text_becomes_a_name_that_can_be_shown(raw: str, ordinal: int) -> None:
    name = display_name(raw, ordinal)
    assert 0 < len(name) <= NAME_CHARACTERS
    assert not set(name) & set("/\\\r\n\0")
    assert not {"Cc", "Cs", "Cf"} & {unicodedata.category(c) for c in name}
    assert display_name(name, ordinal) == name
    name.encode()
