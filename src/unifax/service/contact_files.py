"""Address books as CSV, from and to the programs of others: Outlook, Google, spreadsheets. Knows no database.

What such a file calls its columns is known in a few languages; its letters, its separator and its quotes are found out.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from unifax.model.contact import Contact, NewContact
from unifax.model.errors import Refused, RequestInvalid, TooLarge
from unifax.model.numbering import NumberingPlan
from unifax.model.words import folded
from unifax.service.contacts import MAX_CONTACTS, Written, read

MAX_BYTES = 8 * 1024 * 1024
TOLD = 20
"Faults that are told one by one."

COLUMNS: Mapping[str, Sequence[str]] = {
    "number": (
        *("number", "fax", "fax number", "business fax", "work fax", "fax (work)", "home fax", "fax 1 - value"),
        *("faxnummer", "fax geschaftlich", "nummer", "telefax", "phone", "telephone", "telefon"),
        *("מספר", "פקס", "מספר פקס", "טלפון"),
    ),
    "name": ("name", "full name", "display name", "contact", "kontakt", "anzeigename", "שם", "שם מלא"),
    "first": ("first name", "given name", "vorname", "שם פרטי"),
    "last": ("last name", "family name", "surname", "nachname", "שם משפחה"),
    "company": (
        "company",
        "organization",
        "organisation",
        "organization name",
        "organization 1 - name",
        "firma",
        "חברה",
    ),
    "mail": ("mail", "e-mail", "email", "e-mail address", "e-mail 1 - value", "email address", "דואל"),
    "note": ("note", "notes", "notiz", "notizen", "comment", "הערה", "הערות"),
    "tags": ("tags", "labels", "categories", "kategorien", "group membership", "תגיות"),
}
"What columns are called, folded; of several for one thing, the first named here that is filled in."

_SEPARATORS = ",;\t|"
_PLAIN_NUMBER = re.compile(r"\+?[0-9*]+", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    contacts: Sequence[NewContact]
    "Each once, as it came last."
    faults: Sequence[tuple[int, str]]
    "Lines that are no contacts, with the reason: the first few."
    faulty: int
    "All such lines."


def read_file(data: bytes, plan: NumberingPlan) -> Read:
    """Read an address book. Raises RequestInvalid for what is none, TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"An address book may have up to {MAX_BYTES // 1024 // 1024} MB.")
    text = _text(data)
    head = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found: dict[tuple[str, str], NewContact] = {}
    faults: list[tuple[int, str]] = []
    faulty = 0
    columns: Mapping[str, Sequence[int]] | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _columns(row)
                continue
            try:
                contact = read(plan, _written(row, columns))
            except Refused as error:
                faulty += 1
                if len(faults) < TOLD:
                    faults.append((rows.line_num, str(error)))
                continue
            found[contact.number, contact.sorted_as] = contact
            if len(found) > MAX_CONTACTS:
                raise TooLarge(f"An address book may have up to {MAX_CONTACTS} contacts.")
    except csv.Error as error:
        raise RequestInvalid(f"Line {rows.line_num} of the file cannot be read: {error}.") from error
    if columns is None:
        raise RequestInvalid("The file is empty.")
    return Read(list(found.values()), faults, faulty)


def written_file(contacts: Iterable[Contact]) -> bytes:
    """Return an address book as a file that spreadsheets read, too: no cell of it is a formula to them."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(("Name", "Number", "Company", "E-mail", "Notes", "Tags"))
    for each in contacts:
        cells = (each.name, each.number, each.company, each.mail, each.note, ", ".join(each.tags))
        rows.writerow([harmless(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection). A number stays a number."""
    is_formula = cell.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise RequestInvalid("The letters of the file cannot be read: save it as CSV in UTF-8.")


def _columns(head: Sequence[str]) -> Mapping[str, Sequence[int]]:
    called: dict[str, int] = {}
    for index, cell in enumerate(head):
        called.setdefault(folded(" ".join(cell.split())).replace('"', "").strip("*"), index)
    columns = {what: [called[name] for name in names if name in called] for what, names in COLUMNS.items()}
    if not columns["number"]:
        raise RequestInvalid("The first line of the file names no column 'Number' or 'Fax'.")
    return columns


def _written(row: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Written:
    def cell(what: str) -> str:
        filled = (row[index].strip() for index in columns[what] if index < len(row) and row[index].strip())
        text = next(filled, "")
        return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text

    name = cell("name") or " ".join(filter(None, (cell("first"), cell("last"))))
    return Written(name, cell("number"), cell("company"), cell("mail"), " ".join(cell("note").split()), cell("tags"))
