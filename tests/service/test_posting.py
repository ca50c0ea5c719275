"""Faxes and reports go by mail to a real mail server on loopback, until it takes them or says no for good."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.desk import Desk, ends, give_pages
from tests.mailbox import Mailbox, a_mailbox
from tests.world import NOW, World, a_world
from unifax.model.inbox import InboxView
from unifax.model.mail import PAUSES_SECONDS, MailKind
from unifax.model.outcome import Outcome
from unifax.service import reading
from unifax.service.letters import Letterhead
from unifax.service.mailing import forward
from unifax.service.posting import Poster
from unifax.service.smarthost import Account, Smarthost
from unifax.store import mails
from unifax.work.jobs import mail_job_id
from unifax.work.reconciler import reconcile


class Post:
    """Beth is sent a fax by Bob; mails are sent by hand, one after the other, on the desk's clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.desk = Desk(world)
        self.desk.rendering = lambda files: 2
        self.mailbox = Mailbox()
        self.max_bytes = 10_000_000
        self.wanted = ""
        "The password that the mail server wants."
        self.login = ("", "")

    def let(self, number: str, **columns: str) -> None:
        said = ", ".join(f"{name} = '{value}'" for name, value in columns.items())
        self.world.execute(f"UPDATE extensions SET {said} WHERE number = '{number}'")

    def send(self, *numbers: str, outcome: Outcome = Outcome.SENT) -> int:
        for number in numbers:
            self.desk.far_ends[number] = [ends(outcome, 2 if outcome is Outcome.SENT else 0)]
        fax = self.desk.send(*numbers)
        self.desk.finish(fax)
        give_pages(self.world)
        return fax

    def waiting(self) -> list[mails.MailWork]:
        """Return what is due; all of it has live work."""
        rows = list(self.world.db.read(mails.waiting_mails, 0, 1000, self.desk.now))
        names = {mail_job_id(row) for row in rows}
        assert self.world.queue.live(names) == names
        return rows

    def post(self) -> list[EmailMessage]:
        """Send what is due, once each; return what has come to the mailbox by it."""
        before = len(self.mailbox.taken)
        self.world.run(self._post())
        return self.mailbox.taken[before:]

    def poster(self, port: int | None) -> Poster:
        world = self.world
        host = None if port is None else Smarthost(Account("127.0.0.1", port, None, False, *self.login), 20.0)
        letterhead = Letterhead("fax@unifax.example", "https://fax.example", UTC)
        send = None if host is None else host.send
        parts = (world.db, world.queue, world.blobs, world.reporting, letterhead, send, self.max_bytes)
        return Poster(*parts, lambda: self.desk.now, lambda: 0.0)

    async def _post(self) -> None:
        async with a_mailbox(self.mailbox, self.wanted):
            poster = self.poster(self.mailbox.port)
            for row in self.waiting():
                await poster.post("run", row.mail_id, row.work)

    def column(self, name: str) -> list[object]:
        return self.world.column(f"SELECT {name} FROM mails ORDER BY id")

    def received(self) -> InboxView:
        beth = self.world.beth.viewer
        return self.world.db.read(reading.received_one, beth, "@me", "0003*211", "1")

    def forward(self, *addresses: str, note: str = "") -> None:
        who = self.world.beth.extension
        assert who is not None
        self.world.db.write(forward, self.world.queue, who, self.received(), addresses, note, self.desk.now)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with a_world(tmp_path) as world:
        yield Post(world)


def kinds(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


def test_nobody_is_told_by_mail_who_does_not_want_it(post: Post) -> None:
    post.send("0003*211", "7778888")
    assert post.waiting() == []


def test_a_fax_that_comes_in_is_a_mail_with_its_pages_and_the_first_of_them_small(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com desk@example.com")
    post.send("0003*211")
    one, other = post.post()
    assert (one["To"], other["To"]) == ("beth@example.com", "desk@example.com")
    assert one["From"].addresses[0].addr_spec == "fax@unifax.example"
    assert one["Subject"] == "Fax from 0003*210, 2 pages"
    assert one["Auto-Submitted"] == "auto-generated"
    assert kinds(one) == ["text/plain", "text/html", "image/png", "application/pdf"]
    [pdf] = one.iter_attachments()
    assert pdf.get_filename() == "fax-1.pdf"
    assert pdf.get_content().startswith(b"%PDF-1.4")
    body = one.get_body(("plain",))
    assert body is not None
    assert "A fax from 0003*210 came in for 0003*211 on 2026-02-03 04:05 UTC: 2 pages." in body.get_content()
    image = next(part for part in one.walk() if part.get_content_type() == "image/png")
    html = one.get_body(("html",))
    assert html is not None
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html.get_content()
    assert "http" not in html.get_content(), "nothing is fetched by who reads it"
    assert post.mailbox.envelopes[0] == ("fax@unifax.example", ["beth@example.com"])
    assert post.column("state") == ["sent", "sent"]


def test_the_end_of_a_fax_is_a_report_that_no_machine_answers(post: Post) -> None:
    post.let("0003*210", mail_reports="bob@example.com")
    post.send("7778888", outcome=Outcome.NO_SUCH_NUMBER)
    [mail] = post.post()
    assert mail["Subject"] == "Fax to 7778888: Send Failed"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "7778888: failed (the number does not exist), 0 of 2 pages confirmed." in body.get_content()
    [pdf] = mail.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()[:5]) == ("report-1.pdf", b"%PDF-")
    assert post.mailbox.envelopes == [("<>", ["bob@example.com"])]


def test_who_sent_it_by_mail_is_told_once(post: Post) -> None:
    post.let("0003*210", mail_reports="ann@example.com")
    fax = post.desk.send("7778888")
    post.world.execute("UPDATE faxes SET reply_to = 'ann@example.com'")
    post.desk.far_ends["7778888"] = [ends(Outcome.SENT, 2)]
    post.desk.finish(fax)
    give_pages(post.world)
    assert [mail["Subject"] for mail in post.post()] == ["Fax to 7778888: Sent"]


def test_a_try_that_fails_is_made_again_under_the_same_message_id(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.mailbox.answers = ["451 later", "RCPT 450 greylisted"]
    assert post.post() == []
    assert (post.column("state"), post.column("trouble")) == (["waiting"], ["the mail server says 451 later"])
    assert post.post() == [], "it is not due yet"
    post.desk.now += timedelta(seconds=PAUSES_SECONDS[0])
    assert post.post() == []
    assert post.column("tries") == [2]
    post.desk.now += timedelta(seconds=PAUSES_SECONDS[1])
    [mail] = post.post()
    assert mail["Message-ID"] == f"<received.1.{round(NOW.timestamp() * 1e6)}@unifax.example>"
    assert (post.column("state"), post.column("trouble")) == (["sent"], [None])


def test_work_done_twice_is_one_mail(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    [due] = post.waiting()
    assert len(post.post()) == 1

    async def again() -> None:
        async with a_mailbox(post.mailbox):
            await post.poster(post.mailbox.port).post("run", due.mail_id, due.work)

    post.world.run(again())
    assert len(post.mailbox.taken) == 1


@pytest.mark.parametrize("answer", ["550 no such mailbox", "RCPT 550 no such mailbox"])
def test_what_is_refused_for_good_is_given_up(post: Post, answer: str) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.mailbox.answers = [answer]
    post.post()
    assert (post.column("state"), post.waiting()) == (["given_up"], [])
    assert post.column("trouble") == ["the mail server says 550 no such mailbox"]


def test_what_fails_again_and_again_is_given_up_in_the_end(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    for pause in (*PAUSES_SECONDS, 0):
        [due] = post.waiting()
        post.world.run(post.poster(1).post("run", due.mail_id, due.work))  # nobody listens at port 1
        post.desk.now += timedelta(seconds=pause)
    assert post.column("state") == ["given_up"]
    assert "the mail server was not reached" in str(post.column("trouble")[0])


def test_a_wrong_password_is_no_fault_of_the_recipient(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.wanted, post.login = "right", ("fax", "wrong")
    assert post.post() == []
    assert post.column("state") == ["waiting"]
    assert "535" in str(post.column("trouble")[0])
    post.login = ("fax", "right")
    post.desk.now += timedelta(seconds=PAUSES_SECONDS[0])
    assert len(post.post()) == 1


def test_without_a_mail_server_it_is_given_up_at_once(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    [due] = post.waiting()
    post.world.run(post.poster(None).post("run", due.mail_id, due.work))
    assert post.column("trouble") == ["no mail server is configured (mail.smtp)"]


def test_of_what_is_too_large_the_mail_says_where_it_is(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.max_bytes = 1024
    [mail] = post.post()
    assert list(mail.iter_attachments()) == []
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content().replace("\n", " ")
    assert "it is fax 1 in the inbox of 0003*211, in the fax centre at https://fax.example/." in said


def test_a_received_fax_is_passed_on_with_some_words(post: Post) -> None:
    post.send("0003*211")
    post.forward("ann@example.com", "ben@example.com", note="For you.\r\nBcc: all@example.com")
    one, other = post.post()
    assert (one["To"], other["To"]) == ("ann@example.com", "ben@example.com")
    assert (one["Subject"], one["Bcc"]) == ("Fwd: Fax from 0003*210, 2 pages", None)
    body = one.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").startswith("For you.\nBcc: all@example.com\n\nA fax from")
    assert post.column("kind") == [MailKind.FORWARDED.value] * 2


def test_what_was_deleted_meanwhile_is_not_sent(post: Post) -> None:
    post.send("0003*211")
    post.forward("ann@example.com")
    post.world.execute("UPDATE inbox SET place = ''")
    assert post.post() == []
    assert post.column("trouble") == ["the content of the fax was deleted"]


def test_what_cannot_be_read_now_is_tried_again_and_not_for_ever(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.world.execute("UPDATE inbox SET place = '" + "0" * 64 + "-1'")
    assert post.post() == []
    assert (post.column("state"), post.column("tries")) == (["waiting"], [1])


def test_names_of_strangers_end_no_header(post: Post) -> None:
    post.send("0003*211")
    post.forward("ann@example.com")
    post.world.execute("UPDATE inbox SET sender = 'x\r\nBcc: all@example.com', far_station_id = '<b>\u202e'")
    [mail] = post.post()
    assert (mail["Bcc"], mail["Subject"]) == (None, "Fwd: Fax from x  Bcc: all@example.com, 2 pages")
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;" in html.get_content()


def test_a_mail_whose_work_is_lost_has_work_again(post: Post) -> None:
    post.let("0003*211", mail_received="beth@example.com")
    post.send("0003*211")
    post.world.execute("DELETE FROM workflow_status")
    assert reconcile(post.world.db, post.world.queue, post.desk.now) == 1
    assert reconcile(post.world.db, post.world.queue, post.desk.now) == 0
    assert len(post.post()) == 1


def test_old_mails_are_forgotten_and_none_that_waits(post: Post) -> None:
    post.send("0003*211")
    post.forward("ann@example.com")
    post.post()
    post.forward("ben@example.com")
    post.desk.now += timedelta(days=31)
    post.world.run(post.poster(None).forget(timedelta(days=30)))
    assert post.column("address") == ["ben@example.com"]
