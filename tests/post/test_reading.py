"""A mail is read within bounds, whatever is in it: its text, and what becomes pages."""

from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unifax.model.errors import RequestInvalid
from unifax.post.reading import MAX_DEPTH, MAX_PARTS, SIGNATURE_BYTES, ReadMail, read_mail, text_of_html

PDF = b"%PDF-1.4 not looked into here"
PNG = b"\x89PNG\r\n\x1a\n"


def a_mail(text: str = "See the plans.\n", subject: str = "Plans", number: int = 1) -> EmailMessage:
    mail = EmailMessage(policy.SMTP)
    mail["From"] = "Ann O'Hara <Ann@Example.com>"
    mail["To"] = "7778888@fax.example"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{number}@example.com>"
    mail.set_content(text)
    return mail


def read(mail: EmailMessage) -> ReadMail:
    return read_mail(mail.as_bytes())


def names(mail: EmailMessage) -> list[str]:
    return [each.name for each in read(mail).enclosures]


def test_a_text_and_its_attachments() -> None:
    mail = a_mail("See the plans.\n\n-- \nAnn\n+49 30 1234\n", subject="Pläne für פקס")
    mail.add_attachment(PDF, "application", "pdf", filename="Pläne.pdf")
    mail.add_attachment("a list\n", filename="list.txt")
    mail.add_attachment(b"sig", "application", "pgp-signature", filename="signature.asc")
    found = read(mail)
    assert (found.sender, found.sender_name, found.message_id) == ("Ann@example.com", "Ann O'Hara", "<1@example.com>")
    assert (found.subject, found.text) == ("Pläne für פקס", "See the plans.")
    assert [(each.name, each.octets) for each in found.enclosures] == [("Pläne.pdf", PDF), ("list.txt", b"a list\r\n")]


def test_of_html_alone_the_words_are_taken() -> None:
    mail = a_mail()
    mail.set_content("<style>p{}</style><p>One &amp;<br>two</p><script>x()</script>", subtype="html")
    assert read(mail).text == "One &\ntwo"
    mail = a_mail("plain")
    mail.add_alternative("<p>rich</p>", subtype="html")
    assert read(mail).text == "plain"


def test_pictures_of_a_signature_are_left_out_and_scans_are_not() -> None:
    mail = a_mail()
    mail.add_alternative('<img src="cid:logo"><img src="cid:scan">', subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]  # of a multipart they are a list
    assert isinstance(html, EmailMessage)
    html.add_related(PNG, "image", "png", cid="<logo>", filename="logo.png")
    html.add_related(PNG + b"\0" * SIGNATURE_BYTES, "image", "png", cid="<scan>", filename="scan.png")
    mail.add_attachment(PNG, "image", "png", filename="small.png")
    mail.add_attachment(PNG, "image", "png", filename="inline.png", disposition="inline", cid="<x>")
    mail.add_attachment(PNG, "image", "png", filename="photo.png", disposition="inline")
    assert names(mail) == ["scan.png", "small.png", "photo.png"]


@pytest.mark.parametrize(
    ("header", "value"),
    [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("List-Id", "<all.example>")],
)
def test_machines_and_lists_are_refused(header: str, value: str) -> None:
    mail = a_mail()
    mail[header] = value
    with pytest.raises(RequestInvalid, match="machine"):
        read(mail)


def test_auto_submitted_no_is_a_person() -> None:
    mail = a_mail()
    mail["Auto-Submitted"] = "no"
    assert read(mail).text


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no header at all",
        b"From: a@b\r\nFrom: c@d\r\n\r\nx",
        b"From: a@b, c@d\r\n\r\nx",
        b"From: undisclosed\r\n\r\nx",
        b"From: =?utf-8?b?////?= <a@b>\x00\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b\r\n\r\nx",
        b"From: a@b\r\n" + b"X: y\r\n" * 20_000 + b"\r\nx",
        b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: a/b\r\n\r\n" * 200,
    ],
    ids=["empty", "no header", "two From", "two in From", "no address", "a mail in it", "long head", "many parts"],
)
def test_what_cannot_be_faxed_is_refused(octets: bytes) -> None:
    with pytest.raises(RequestInvalid):
        read_mail(octets)


def test_parts_within_parts_are_refused_beyond_a_depth() -> None:
    def nested(depth: int) -> bytes:
        head = b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in range(depth)
        )
        return b"From: a@b\r\n" + head + b"Content-Type: text/plain\r\n\r\nhello\r\n"

    assert read_mail(nested(MAX_DEPTH)).text == "hello"
    for depth in (MAX_DEPTH + 1, MAX_PARTS, 2000):
        with pytest.raises(RequestInvalid):
            read_mail(nested(depth))


LINES = st.sampled_from(
    [
        *(b"From: a@b", b"From: \xff\xfe", b"Subject: =?utf-8?q?=", b"Subject: =?x?b?!!?=", b"", b"", b"--b", b"--b--"),
        *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/related; boundary=b", b" folded"),
        *(b"Content-Type: text/plain; charset=nonsense", b"Content-Type: text/html", b"Content-Type: message/rfc822"),
        *(b"Content-Type: image/png; name*0*=utf-8''%FF; name*1=x", b'Content-Type: ;;="', b"Content-ID: <x>"),
        *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode", b"begin 644 x", b"!!!="),
        *(b'Content-Disposition: attachment; filename="=?utf-8?b?w?="', b"Content-Disposition: inline", b"text \x00"),
    ]
)


@settings(max_examples=400)
@given(st.lists(LINES, max_size=40), st.binary(max_size=40))
def test_whatever_comes_is_read_or_refused(lines: list[bytes], rest: bytes) -> None:
    octets = b"\r\n".join([b"From: a@b.example", *lines, rest])
    try:
        found = read_mail(octets)
    except RequestInvalid:
        return
    assert "\n" not in found.subject + found.sender_name + "".join(each.name for each in found.enclosures)


@given(st.text(max_size=300))
def test_any_html_has_words_or_none(html: str) -> None:
    assert "<script" not in text_of_html(f"<script>{html}")
