"""Address books: whose they are, what is found in them, and what comes from files and goes into them."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW, Person, World, a_world
from unifax.model.errors import AccessDenied, Conflict, NotFound, RequestInvalid, UnifaxError
from unifax.model.numbering import NumberingPlan
from unifax.service import contacts
from unifax.service.contact_files import harmless, read_file, written_file
from unifax.service.contacts import Written
from unifax.store.contacts import Place

GERMAN = NumberingPlan("DE")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.numbering = GERMAN
        yield made


def add(world: World, who: Person, name: str, number: str, **more: str) -> int:
    written = Written(name, number, **more)
    return world.db.write(contacts.add, who.viewer, world.sending().recipients, written, NOW).id


def found(world: World, who: Person, text: str) -> list[str]:
    page = world.db.read(contacts.page, who.viewer, world.sending().recipients, text)
    return [each.name for each in page.contacts]


def test_a_contact_is_found_by_the_beginning_of_any_of_its_words(world: World) -> None:
    add(world, world.bob, "Jürgen Groß", "030 12345678", company="ACME", tags="Lieferant, Berlin")
    for text in ("jur", "Groß", "GROSS jü", "acm", "030 1234", "+49 30 12", "493012", "berl", "004930"):
        assert found(world, world.bob, text) == ["Jürgen Groß"], text
    for text in ("rgen", "jurgen meier", "031", "%", "_", "Jürgen OR 1=1"):
        assert found(world, world.bob, text) == [], text


def test_users_read_the_book_of_their_organization_and_nobody_elses(world: World) -> None:
    shared = add(world, world.alice, "Tax office", "030 12345678")
    add(world, world.beth, "Her doctor", "030 23456789")
    assert found(world, world.bob, "") == ["Tax office"]
    assert found(world, world.beth, "") == ["Her doctor", "Tax office"]
    assert found(world, world.charlie, "") == []
    assert found(world, world.alice, "") == ["Tax office"]
    with pytest.raises(AccessDenied):
        world.db.write(contacts.remove, world.bob.viewer, shared)
    with pytest.raises(NotFound):
        world.db.write(contacts.remove, world.charlie.viewer, shared)
    names = world.db.read(contacts.names, world.bob.viewer, ["+493012345678", "+493023456789"])
    assert names == {"+493012345678": "Tax office"}
    assert world.db.read(contacts.names, world.charlie.viewer, ["+493012345678"]) == {}


def test_a_contact_is_changed_and_then_found_by_what_it_is_now(world: World) -> None:
    bob, recipients = world.bob.viewer, world.sending().recipients
    contact = add(world, world.bob, "Anna", "030 12345678")
    with pytest.raises(Conflict):
        add(world, world.bob, "ANNA", "+49 30 12345678")
    world.db.write(contacts.change, bob, recipients, contact, Written("Berta", "030 23456789"), NOW)
    assert (found(world, world.bob, "anna"), found(world, world.bob, "berta")) == ([], ["Berta"])
    assert world.db.write(contacts.remove, bob, contact).name == "Berta"
    assert found(world, world.bob, "") == []


def test_a_book_is_turned_over_page_by_page(world: World) -> None:
    recipients = world.sending().recipients
    data = "Name;Fax\n" + "".join(f"Name {number % 7};030 1234{number:04}\n" for number in range(120))
    world.db.write(contacts.take_in, world.bob.viewer, read_file(data.encode(), GERMAN).contacts, NOW)
    met: list[int] = []
    after: Place | None = None
    while True:
        page = world.db.read(contacts.page, world.bob.viewer, recipients, "", after)
        met += [each.id for each in page.contacts]
        if page.next is None:
            break
        after = page.next
    assert len(met) == len(set(met)) == 120


def test_files_of_other_programs_are_read(world: World) -> None:
    outlook = '\ufeffVorname;Nachname;Firma;Fax geschäftlich;E-Mail-Adresse\r\nÅsa;Öst;"A; B";030/12345678;x@y.z\r\n'
    google = 'Name,Fax 1 - Value,Labels\nBob,+1 650 253 0000,"a, b"\n\nCarl,,c\nDora,abc,d\n'
    hebrew = "שם,מספר פקס\nדנה,0003*211\n"
    read = read_file(outlook.encode(), GERMAN)
    assert [(each.name, each.number, each.company) for each in read.contacts] == [("Åsa Öst", "+493012345678", "A; B")]
    read = read_file(google.encode("utf-16"), GERMAN)
    assert [(each.name, each.tags) for each in read.contacts] == [("Bob", ("a", "b"))]
    assert [line for line, _ in read.faults] == [4, 5]
    assert [each.name for each in read_file(hebrew.encode(), GERMAN).contacts] == ["דנה"]
    old = "name\tfax\nMüller\t123".encode("cp1252")
    assert [each.name for each in read_file(old, GERMAN).contacts] == ["Müller"]
    for no_book in (b"", b"\n\n", b"one,two\n1,2\n"):
        with pytest.raises(RequestInvalid):
            read_file(no_book, GERMAN)


def test_what_is_taken_in_twice_is_there_once_and_as_it_came_last(world: World) -> None:
    def take_in(text: str) -> tuple[int, int]:
        return world.db.write(contacts.take_in, world.bob.viewer, read_file(text.encode(), GERMAN).contacts, NOW)

    assert take_in("name,fax,company\nAnna,030 12345678,X\nANNA,+493012345678,Y\nBerta,030 12345678,Z") == (2, 0)
    assert take_in("name,fax,company\nAnna,030 12345678,Y2\nBerta,030 12345678,Z") == (0, 1)
    assert found(world, world.bob, "y2") == ["Anna"]
    assert found(world, world.bob, "") == ["Anna", "Berta"]


def test_hundreds_of_contacts_come_in_at_once(world: World) -> None:
    rows = "".join(f"Person {number},0305{number:06}\n" for number in range(600))
    read = read_file(f"name,fax\n{rows}".encode(), GERMAN)
    assert world.db.write(contacts.take_in, world.bob.viewer, read.contacts, NOW) == (600, 0)
    assert found(world, world.bob, "person 599") == ["Person 599"]


def test_a_file_that_was_written_is_read_again_and_holds_no_formula(world: World) -> None:
    add(world, world.bob, "=cmd|' /C calc'!A0", "030 12345678", note="-1+2", company="@SUM(A1)", tags="+x")
    own = world.db.read(contacts.own, world.bob.viewer)
    data = written_file(own)
    cells = data.decode("utf-8-sig").splitlines()[1]
    assert cells == "'=cmd|' /C calc'!A0,+493012345678,'@SUM(A1),,'-1+2,'+x"
    [again] = read_file(data, GERMAN).contacts
    assert (again.name, again.company, again.note, again.tags) == (own[0].name, own[0].company, own[0].note, ("+x",))


@given(st.text(max_size=20))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = harmless(text)
    assert cell[:1] not in {"=", "-", "@", "\t", "\r", "\n"}
    assert cell[:1] != "+" or cell[1:].replace("*", "").isdigit() or cell[1:].strip("*") == ""


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"name,fax\n{text}".encode()))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    with suppress(UnifaxError):
        read_file(data, GERMAN)
