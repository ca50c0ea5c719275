"""Mail comes by real SMTP on loopback, and a 250 means that its fax is on disk."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import aiosmtplib
import pytest

from tests.post.test_reading import PDF, a_mail
from tests.world import World, a_world
from unifax.model.errors import Unavailable
from unifax.model.fax import FaxView
from unifax.post.letterbox import Letterbox
from unifax.post.listener import CONNECTIONS_AT_ONCE, Listener
from unifax.service.readiness import Part
from unifax.store import faxes

ANN = "ann@example.com"
T = TypeVar("T")
Say = Callable[[aiosmtplib.SMTP], Coroutine[None, None, T]]


class Post:
    """A letterbox of the cast, at which Ann may fax by Bob's extension."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.domains: tuple[str, ...] = ()
        self.trusted_results = ""
        self.let("0003*210", mail_senders=f"{ANN} ben@example.com")

    def let(self, number: str, **columns: str) -> None:
        said = ", ".join(f"{name} = '{value}'" for name, value in columns.items())
        self.world.execute(f"UPDATE extensions SET {said} WHERE number = '{number}'")

    def talk(self, say: Say[T]) -> T:
        """Connect, and say something."""

        async def talking() -> T:
            async with asyncio.TaskGroup() as tasks:
                letterbox = Letterbox(self.world.db, self.world.sending(), self.domains, self.trusted_results)
                listener = Listener(letterbox, tasks)
                server = await asyncio.get_running_loop().create_server(listener.connection, "127.0.0.1", 0)
                async with server:
                    port = server.sockets[0].getsockname()[1]
                    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
                        said = await say(client)
                listener.hang_up()
                await asyncio.sleep(0)  # so long it takes the loop to close what is closed
            return said

        return self.world.run(talking())

    def bring(self, mail: EmailMessage | bytes, *numbers: str, sender: str = ANN) -> str:
        """Hand in a mail, and return what is said to it in the end."""
        octets = mail if isinstance(mail, bytes) else mail.as_bytes()
        to = [number if "@" in number else f"{number}@fax.example" for number in numbers or ("7778888",)]

        async def say(client: aiosmtplib.SMTP) -> str:
            try:
                return (await client.sendmail(sender, to, octets))[1]
            except aiosmtplib.SMTPRecipientsRefused as error:
                return f"{error.recipients[0].code} {error.recipients[0].message}"
            except aiosmtplib.SMTPResponseException as error:
                return f"{error.code} {error.message}"

        return self.talk(say)

    def fax(self, fax_id: int = 1) -> FaxView:
        found = self.world.db.read(faxes.fax_view, self.world.bob.viewer, fax_id)
        assert found is not None
        return found


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with a_world(tmp_path) as world:
        yield Post(world)


def with_plans(text: str = "See the plans.") -> EmailMessage:
    mail = a_mail(text)
    mail.add_attachment(PDF, "application", "pdf", filename="plans.pdf")
    return mail


def test_a_mail_is_a_fax_to_all_its_recipients(post: Post) -> None:
    assert post.bring(with_plans(), "7778888", "7778801") == "2.6.0 Fax 1 is safe with us"
    fax = post.fax()
    assert (fax.extension, fax.files, fax.paper.cover) == ("0003*210", ("plans.pdf",), None)
    assert [each.recipient for each in fax.deliveries] == ["7778888", "7778801"]
    assert post.world.column("SELECT reply_to FROM faxes") == ["Ann@example.com"]
    assert post.world.staged() == []


def test_the_text_goes_onto_the_cover_page_of_an_extension_that_has_one(post: Post) -> None:
    post.let("0003*210", cover="letterhead")
    post.bring(with_plans())
    cover = post.fax().paper.cover
    assert cover is not None
    assert (cover.template, cover.subject, cover.message) == ("letterhead", "Plans", "See the plans.")
    assert cover.sender == "Ann O'Hara"
    post.bring(a_mail("No plans today.", number=2))
    alone = post.fax(2)
    assert (alone.files, alone.paper.cover and alone.paper.cover.message) == ((), "No plans today.")
    post.bring(a_mail("word " * 1000, number=3))
    assert post.fax(3).files == ("message.txt",), "what does not fit there is a page"


def test_a_text_alone_is_a_page(post: Post) -> None:
    post.bring(a_mail("Guten Tag, grüße\n"))
    assert (post.fax().files, post.fax().paper.charset) == (("message.txt",), "utf-8")


def test_the_same_mail_again_is_the_same_fax(post: Post) -> None:
    assert post.bring(with_plans()) == post.bring(b"Received: from elsewhere\r\n" + with_plans().as_bytes())
    assert post.bring(with_plans(), "7778801") == "2.6.0 Fax 2 is safe with us", "another recipient is another fax"
    assert post.world.faxes() == 2
    other = a_mail("another text")
    assert post.bring(other).startswith("554 "), "one Message-ID, and another text"


@pytest.mark.parametrize(
    ("sender", "to", "says"),
    [
        ("eve@example.com", "7778888", "550 5.7.1 Mail from this address is not faxed here"),
        ("", "7778888", "550 5.7.1 Nobody sent this"),
        (ANN, "09001234", "550 5.1.1 "),
        (ANN, "nobody", "550 5.1.1 "),
        (ANN, "7778888=0003*211", "550 5.7.1 Mail from this address is not faxed by this extension"),
        (ANN, "7778888@elsewhere.example", "550 5.1.1 Numbers are at fax.example."),
    ],
)
def test_who_and_whom_is_said_at_once(post: Post, sender: str, to: str, says: str) -> None:
    post.domains = ("fax.example",)
    assert says in post.bring(with_plans(), to, sender=sender)
    assert post.world.nothing_is_left()


def test_from_must_be_let_too(post: Post) -> None:
    mail = with_plans()
    del mail["From"]
    mail["From"] = "Eve <eve@example.com>"
    assert post.bring(mail).startswith("550 5.7.1 ")
    assert post.world.nothing_is_left()


def test_who_may_send_from_several_extensions_says_which(post: Post) -> None:
    post.let("0003*211", mail_senders=ANN)
    assert "write NUMBER=EXTENSION@" in post.bring(with_plans())
    assert post.bring(with_plans(), "7778888=0003*210").startswith("2.6.0 ")
    assert post.fax().deliveries[0].recipient == "7778888"


def test_a_sender_must_have_passed_where_a_server_is_trusted(post: Post) -> None:
    post.trusted_results = "mx.here"
    assert "does not vouch" in post.bring(with_plans())
    mail = with_plans()
    mail["Authentication-Results"] = "mx.here; dmarc=pass header.from=example.com"
    assert post.bring(mail).startswith("2.6.0 ")


def test_what_cannot_be_faxed_is_refused_with_its_name_and_why(post: Post) -> None:
    mail = a_mail("")
    mail.add_attachment(b"", "application", "msword", filename="plans\u202e.docx")
    said = post.bring(mail)
    assert said.startswith("554 5.6.0 The file 'plans .docx' ")
    assert post.bring(a_mail("")) == "554 5.6.0 There are no files to send."
    assert post.world.nothing_is_left()


def test_too_large_a_mail_is_refused(post: Post) -> None:
    post.world.limits = type(post.world.limits)(bytes=1024)
    assert post.bring(b"From: ann@example.com\r\n\r\n" + b"x" * 99 + b"\r\n" * 40_000).startswith("552 ")
    assert post.world.nothing_is_left()


def test_while_we_cannot_work_mail_is_put_off(post: Post) -> None:
    def full() -> None:
        raise Unavailable("the disk is full")

    post.world.parts = [Part("disk", full, full)]
    assert post.bring(with_plans()).startswith("451 4.3.0 ")


def test_more_connections_than_there_may_be_are_told_to_come_again(post: Post) -> None:
    async def crowd(first: aiosmtplib.SMTP) -> str:
        assert first.port is not None
        opened = [
            aiosmtplib.SMTP(hostname="127.0.0.1", port=first.port, start_tls=False) for _ in range(CONNECTIONS_AT_ONCE)
        ]
        for each in opened[:-1]:
            await each.connect()
        try:
            await opened[-1].connect()
        except aiosmtplib.SMTPConnectResponseError as error:
            said = f"{error.code} {error.message}"
        for each in opened[:-1]:
            await each.quit()
        return said

    assert post.talk(crowd) == "421 4.3.2 Too many connections; come again"


def test_who_hangs_up_after_his_mail_has_his_fax(post: Post) -> None:
    async def hang_up(client: aiosmtplib.SMTP) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        said = f"EHLO here\r\nMAIL FROM:<{ANN}>\r\nRCPT TO:<7778888@fax.example>\r\nDATA\r\n".encode()
        writer.write(said + with_plans().as_bytes() + b"\r\n.\r\n")
        writer.write_eof()
        await reader.read()  # until the other side has hung up, too
        writer.close()

    post.talk(hang_up)
    assert post.bring(with_plans()) == "2.6.0 Fax 1 is safe with us"
    assert post.world.faxes() == 1
