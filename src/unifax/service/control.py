"""What a sender may still do about a fax: cancel it, or have sent again what was not sent. Knows no HTTP.

Both tell the truth: a call that is up ends only when its line has hung up, and what its pages have proved by then
stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from unifax.model.accounts import Viewer
from unifax.model.errors import ContentForgotten, NotFound, RecipientsInvalid, RequestInvalid, TooLate
from unifax.model.evidence import Decision
from unifax.model.fax import PENDING, DeliveryState, FaxView
from unifax.model.numbers import ExtensionNumber
from unifax.model.terms import Terms
from unifax.service.delivery import pause_seconds
from unifax.service.recipients import Recipients
from unifax.service.sending import Sender, may_send, sender
from unifax.service.telling import tell
from unifax.store import control, faxes
from unifax.store.db import Connection
from unifax.work.jobs import call_job, prepare_job
from unifax.work.queue import Queue


def fax_of(conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str) -> FaxView:
    """Return a fax by the parts of its address. Raises as `sender` does; NotFound when the extension has none such."""
    who = sender(conn, viewer, user_id, extension)
    known = fax_id.isascii() and fax_id.isdigit() and len(fax_id) <= 18
    fax = faxes.fax_view(conn, viewer, int(fax_id)) if known else None
    if fax is None or fax.extension != who.extension.number:
        raise NotFound("This extension has sent no such fax.")
    return fax


def cancel(
    conn: Connection, queue: Queue, now: datetime, viewer: Viewer, user_id: str, extension: str, fax_id: str
) -> FaxView:
    """Cancel what of a fax has not come to its end, and return it as it is then.

    Calls that are up are `cancelling` until their line has hung up. To cancel again changes nothing. Raises TooLate
    when every recipient has come to another end; and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    states = {delivery.state for delivery in fax.deliveries}
    if not states & PENDING and DeliveryState.CANCELLED not in states:
        raise TooLate(f"It is too late to cancel this fax: {_out(fax)}.")
    control.cancel(conn, fax.id, now)
    tell(conn, queue, fax.id, now)
    return fax_of(conn, viewer, user_id, extension, fax_id)


def resend(
    conn: Connection,
    queue: Queue,
    recipients: Recipients,
    now: datetime,
    viewer: Viewer,
    user_id: str,
    extension: str,
    fax_id: str,
    asked: Mapping[str, object],
) -> FaxView:
    """Send a fax again, whole, to those who do not have it, and return it as it is then.

    `asked` may name the `recipients`, else it is all that failed or were cancelled; uncertain ones, who may have it
    already, only when they are named, or `uncertain` is true. It may hold new terms. Raises RecipientsInvalid for one
    that is none of the fax's, or may not be called any more; TooMany beyond the limits of the day; TooLate for one that
    has the fax, or when there is none; and as `may_send` and `fax_of` do.
    """
    who = may_send(conn, viewer, user_id, extension)
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    terms = Terms.read({"priority": fax.terms.priority.name.lower(), **asked}, now)
    if fax.forgotten_at is not None:
        raise ContentForgotten("The content of this fax was deleted: there is nothing to send again.")
    if not faxes.has_content(conn, fax.id):
        raise TooLate("The files of this fax were never uploaded: there is nothing to send again.")
    positions = _again(conn, recipients, who, fax, asked)
    if not positions:
        raise TooLate(f"There is nobody to send this fax to again: {_out(fax)}.")
    numbers = [fax.deliveries[at].recipient for at in positions]
    public = [number for number in numbers if ExtensionNumber.parse(number) is None]
    recipients.check(conn, who.account_id, public)
    again = control.send_again(conn, fax.id, positions, terms, now)
    if again.prepare is not None:
        queue.enqueue(conn, prepare_job(fax.id, again.prepare, priority=terms.priority))
    pause = pause_seconds(terms.send_after, now)
    queue.enqueue_all(conn, [call_job(call, pause) for call in again.calls])
    tell(conn, queue, fax.id, now)
    return fax_of(conn, viewer, user_id, extension, fax_id)


def decide(
    conn: Connection,
    queue: Queue,
    now: datetime,
    viewer: Viewer,
    user_id: str,
    extension: str,
    fax_id: str,
    position: str,
    asked: Mapping[str, object],
) -> FaxView:
    """Keep what somebody says has become of an uncertain recipient, 1 being the first; return the fax as it is then.

    `asked` is `decision`: `arrived` or `not_arrived`. It stays uncertain: it was not proved to us. Raises
    RequestInvalid, NotFound, and TooLate for a recipient who is not uncertain; and as `fax_of` does.
    """
    words = {each.value: each for each in (Decision.ARRIVED, Decision.NOT_ARRIVED)}
    said = asked.get("decision")
    if set(asked) != {"decision"} or not isinstance(said, str) or said not in words:
        raise RequestInvalid(f"'decision' must be one of: {', '.join(words)}; to send it again, 'resend' it.")
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    at = position_of(fax, position)
    if not control.decide(conn, fax.id, at, words[said], now):
        raise TooLate(f"Nothing is to be decided: {_out(fax)}.")
    tell(conn, queue, fax.id, now)
    return fax_of(conn, viewer, user_id, extension, fax_id)


def position_of(fax: FaxView, position: str) -> int:
    """Return which recipient an address means, 0 being the first. Raises NotFound."""
    if position not in map(str, range(1, len(fax.deliveries) + 1)):
        raise NotFound("This fax has no such recipient.")
    return int(position) - 1


_NOT_SENT = frozenset({DeliveryState.FAILED, DeliveryState.CANCELLED})


def _again(
    conn: Connection, recipients: Recipients, who: Sender, fax: FaxView, asked: Mapping[str, object]
) -> Sequence[int]:
    """Return the positions of the recipients that a fax is to be sent to again."""
    uncertain = asked.get("uncertain", False)
    if not isinstance(uncertain, bool):
        raise RequestInvalid("'uncertain' must be true or false.")
    wanted = _NOT_SENT | {DeliveryState.UNCERTAIN} if uncertain else _NOT_SENT
    if "recipients" not in asked:
        return [at for at, delivery in enumerate(fax.deliveries) if delivery.state in wanted]
    numbers = recipients.named(conn, who.account_id, who.extension, asked["recipients"])
    if strange := numbers - {delivery.recipient for delivery in fax.deliveries}:
        raise RecipientsInvalid(f"'{min(strange)}' is no recipient of this fax.")
    chosen = [(at, delivery.state) for at, delivery in enumerate(fax.deliveries) if delivery.recipient in numbers]
    if any(state not in _NOT_SENT | {DeliveryState.UNCERTAIN} for _, state in chosen):
        raise TooLate("One of these recipients has the fax, or is still being sent it.")
    return [at for at, _ in chosen]


def _out(fax: FaxView) -> str:
    """Say what has become of a fax: `7778888 has 3 of 3 pages (sent)`."""
    return "; ".join(
        f"{each.recipient} has {each.pages_confirmed} of {fax.pages or 0} pages ({each.state})"
        for each in fax.deliveries
    )
