"""Faxes sent: what is asked, and how it is read. Each is a plan; knows no socket and no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path

from unifax.client.api import Api
from unifax.client.bodies import Body, json_body, multipart_body
from unifax.client.errors import ApiError
from unifax.client.shapes import Accepted, Announced, Call, Covers, Fax, Page, Preview, Recipient, Transcript
from unifax.client.steps import Answer, Plan, Request, Send, Showing, patiently, read


@dataclass(frozen=True, slots=True)
class Terms:
    """When a fax is sent, and how urgently."""

    send_after: datetime | None = None
    give_up_at: datetime | None = None
    priority: str | None = None
    "urgent, normal or low."

    def members(self) -> dict[str, object]:
        """Return what stands for them in the JSON of a request."""
        members = {"sendAfter": _moment(self.send_after), "giveUpAt": _moment(self.give_up_at)}
        return {name: value for name, value in {**members, "priority": self.priority}.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Paper:
    """How the pages of a fax are made (docs/paper.md). What is None is left to the service."""

    resolution: str | None = None
    "auto, standard, fine, superfine, 300 or 400."
    treatment: str | None = None
    "auto, text or photo."
    page_treatments: Mapping[int, str] = field(default_factory=dict)
    "Of single pages; 1 is the first, a cover page not counted."
    charset: str | None = None
    "Of text files."
    cover: Mapping[str, object] | None = None
    "A page before the first, as docs/api.md has it."

    def members(self) -> dict[str, object]:
        """Return what stands for it in the JSON of a request."""
        pages = {str(page): {"treatment": treatment} for page, treatment in self.page_treatments.items()}
        members: Mapping[str, object] = {
            "resolution": self.resolution,
            "treatment": self.treatment,
            "pages": pages or None,
            "charset": self.charset,
            "cover": self.cover,
        }
        return {name: value for name, value in members.items() if value is not None}


WHENEVER = Terms()
AS_IT_COMES = Paper()


def send(
    api: Api,
    files: Sequence[Path],
    recipients: Sequence[str],
    terms: Terms = WHENEVER,
    key: str | None = None,
    paper: Paper = AS_IT_COMES,
) -> Plan[Accepted]:
    """Send a fax; when this returns, it is safe with the service. Raises OSError for a file that cannot be read.

    A `key` of one's own (Idempotency-Key) makes one fax of a send that is repeated, even by another process.
    """
    boundary = f"unifax-{api.new_key()}"
    asked = {"recipients": list(recipients), **terms.members(), **paper.members()}
    body = multipart_body(boundary, files, asked)
    return read(Accepted, (yield from _posted(api, f"multipart/form-data; boundary={boundary}", body, key)))


def preview(
    api: Api, files: Sequence[Path], recipients: Sequence[str] = (), paper: Paper = AS_IT_COMES
) -> Plan[Preview]:
    """Return a fax as it would be sent; nothing is sent. Recipients, if named, are checked. Raises OSError."""
    boundary = f"unifax-{api.new_key()}"
    to = {"recipients": list(recipients)} if recipients else {}
    body = multipart_body(boundary, files, {**to, **paper.members()})
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    request = Request("POST", at(api), {"dryRun": "true"}, headers, body, repeatable=True)
    return read(Preview, (yield from api.ask(Send(request))))


def covers(api: Api) -> Plan[Covers]:
    """Return what a cover page may be made from."""
    return read(Covers, (yield from api.get("/uapi/covers")))


def send_bytes(api: Api, body: bytes, content_type: str, key: str | None = None) -> Plan[Accepted]:
    """Send a body exactly as given."""
    return read(Accepted, (yield from _posted(api, content_type, (body,), key)))


def send_uploads(
    api: Api,
    files: Sequence[Path],
    recipients: Sequence[str],
    terms: Terms = WHENEVER,
    key: str | None = None,
    paper: Paper = AS_IT_COMES,
) -> Plan[Accepted]:
    """Send a fax as `send` does, but announced first, and then file by file (v5)."""
    announced = [{"name": file.name, "size": file.stat().st_size, "type": _type(file)} for file in files]
    asked = {"recipients": list(recipients), "files": announced, **terms.members(), **paper.members()}
    fax = read(Announced, (yield from _posted(api, "application/json", json_body(asked), key)))
    for file, place in zip(files, fax.files, strict=True):
        headers = {name: str(value) for name, value in place.redirect_headers.items()}
        # Signed by itself: our token has no business there, which may be a store of somebody else's.
        upload = Request("PUT", place.redirect_uri, {}, headers, (file,), repeatable=True)
        yield from patiently(Send(upload), api.patience_seconds)
    return Accepted(id=fax.id, uid=fax.uid)


def fax(api: Api, fax_id: str) -> Plan[Fax]:
    """Return a fax as it stands, with its recipients and their calls."""
    return read(Fax, (yield from api.get(at(api, fax_id))))


def faxes(
    api: Api, by: str | None = None, value: str | None = None, op: str | None = None, *, oldest_first: bool = False
) -> Showing[Fax]:
    """Show the faxes of the extension, the newest first, or those whose field `by` compares with `value`.

    `op` is one of docs/reading.md, `equals` when not said. Recipients come without their calls.
    """
    asked = {"filterBy": by, "filterValue": value, "filterOp": op, "sortOrder": "ascending" if oldest_first else None}
    return api.entries(Page[Fax], at(api), {name: text for name, text in asked.items() if text is not None})


def recipients(api: Api, fax_id: str) -> Showing[Recipient]:
    """Show the recipients of a fax, in their order."""
    return api.entries(Page[Recipient], at(api, fax_id, "recipients"), {})


def calls(api: Api, fax_id: str, position: int) -> Showing[Call]:
    """Show the calls to a recipient, 1 for the first."""
    return api.entries(Page[Call], at(api, fax_id, "recipients", str(position), "calls"), {})


def transcript(api: Api, fax_id: str, position: int, call: int) -> Plan[Transcript]:
    """Return what happened in a call to a recipient; 1 is the first recipient, and the first call."""
    return read(Transcript, (yield from _transcript(api, fax_id, position, call, "application/json")))


def ladder(api: Api, fax_id: str, position: int, call: int) -> Plan[str]:
    """Return what happened in a call as text for people."""
    return (yield from _transcript(api, fax_id, position, call, "text/plain")).body.decode()


def packets(api: Api, fax_id: str, position: int, call: int, file: Path) -> Plan[None]:
    """Save the packets of a call, a gzipped pcap, where the service records them. Raises OSError."""
    yield from api.save(_call(api, fax_id, position, call, "packets.pcap.gz"), file)


def document(api: Api, fax_id: str, file: Path) -> Plan[None]:
    """Save the pages as they are sent: as PDF, or as TIFF when the file ends so. Raises OSError."""
    yield from api.save(at(api, fax_id, document_name(file)), file)


def report(api: Api, fax_id: str, file: Path, position: int | None = None) -> Plan[None]:
    """Save the transmission report, as PDF; of one recipient alone, 1 being the first. Raises OSError."""
    of = "" if position is None else f"?recipient={position}"
    yield from api.save(at(api, fax_id, "report") + of, file)


def page(api: Api, fax_id: str, number: int, file: Path, *, small: bool = False) -> Plan[None]:
    """Save one page as PNG, 1 for the first; a small one is grey, and at most 200 pixels wide. Raises OSError."""
    yield from api.save(at(api, fax_id, pages(small), f"{number}.png"), file)


def cancel(api: Api, fax_id: str) -> Plan[Fax]:
    """Cancel what has not come to its end; return the fax as it is then."""
    # To cancel what is cancelled changes nothing, so no harm is done by asking twice.
    return read(Fax, (yield from api.change("POST", at(api, fax_id, "cancel"), None, repeatable=True)))


def resend(
    api: Api,
    fax_id: str,
    recipients: Sequence[str] = (),
    *,
    uncertain: bool = False,
    terms: Terms = WHENEVER,
    key: str | None = None,
) -> Plan[Fax]:
    """Send a fax again to those who do not have it: all of them, or those that are named.

    `uncertain` includes those who may have it already.
    """
    asked: dict[str, object] = terms.members()
    if recipients:
        asked["recipients"] = list(recipients)
    if uncertain:
        asked["uncertain"] = True
    headers = {"content-type": "application/json", "idempotency-key": key or api.new_key()}
    request = Request("POST", at(api, fax_id, "resend"), {}, headers, json_body(asked), repeatable=True)
    return read(Fax, (yield from api.ask(Send(request))))


def decide(api: Api, fax_id: str, position: int, decision: str) -> Plan[Fax]:
    """Say what has become of an uncertain recipient, 1 being the first: `arrived` or `not_arrived`."""
    target = at(api, fax_id, "recipients", str(position), "decision")
    return read(Fax, (yield from api.change("PUT", target, {"decision": decision}, repeatable=True)))


def receipt(api: Api, fax_id: str, position: int) -> Plan[str]:
    """Return the signed receipt of a recipient, 1 being the first, as a compact JWS (docs/receipts.md)."""
    return (yield from api.get(at(api, fax_id, "recipients", str(position), "receipt"))).body.decode()


def receipt_keys(api: Api) -> Plan[str]:
    """Return the public keys that receipts are checked with: JSON, a JWK set."""
    return (yield from api.get("/.well-known/jwks.json")).body.decode()


def at(api: Api, *below: str) -> str:
    """Return the address of faxes, a fax, or something of it."""
    return api.path("faxes", *below)


def pages(small: bool) -> str:
    """Return what the pages of a fax are called at the service, or the small ones."""
    return "thumbnails" if small else "pages"


def document_name(file: Path) -> str:
    """Return what a document is called at the service, by what it shall be called here."""
    return "document.tif" if file.suffix.lower() in (".tif", ".tiff") else "document.pdf"


def _call(api: Api, fax_id: str, position: int, call: int, what: str) -> str:
    return at(api, fax_id, "recipients", str(position), "calls", str(call), what)


def _transcript(api: Api, fax_id: str, position: int, call: int, kind: str) -> Plan[Answer]:
    target = _call(api, fax_id, position, call, "transcript")
    return (yield from api.ask(Send(Request("GET", target, {}, {"accept": kind}, repeatable=True))))


def _posted(api: Api, content_type: str, body: Body, key: str | None) -> Plan[Answer]:
    """Post a fax under a key of its own: an answer that was lost is asked for again, and nothing is sent twice."""
    headers: Mapping[str, str] = {"content-type": content_type, "idempotency-key": key or api.new_key()}
    answer = yield from api.ask(Send(Request("POST", at(api), {}, headers, body, repeatable=True)))
    if answer.status == 204:
        raise ApiError(204, "nothing_to_send", "there is nothing to send")
    return answer


def _type(file: Path) -> str:
    return guess_type(file.name)[0] or "application/octet-stream"


def _moment(moment: datetime | None) -> str | None:
    """Return a moment as XML Schema's dateTime, in UTC."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
