"""Receipts: what is known of a delivery that has come to its end, signed. Knows no HTTP.

It is made of the rows when it is asked for: they do not change any more, and stay when the content of the fax is gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError

from unifax.model.accounts import Viewer
from unifax.model.errors import Forged, NoReceiptYet
from unifax.model.evidence import ConfirmedPage
from unifax.model.fax import PENDING, CallView, DeliveryView, FaxView
from unifax.model.receipt import (
    CallSaid,
    FaxSaid,
    FileSaid,
    PageSaid,
    Receipt,
    RecipientSaid,
    flaws_of,
    summary_of,
)
from unifax.service.control import fax_of, position_of
from unifax.service.receipt_keys import ReceiptKeys, opened
from unifax.store import receipts
from unifax.store.db import Connection
from unifax.store.receipts import KnownFile

KIND = "fax-receipt+jws"
"Its `typ`."


def receipt(
    conn: Connection,
    keys: ReceiptKeys,
    now: datetime,
    viewer: Viewer,
    user_id: str,
    extension: str,
    fax_id: str,
    position: str,
) -> str:
    """Return the receipt of a recipient, 1 being the first, as a compact JWS.

    Raises NoReceiptYet before its end, NotFound, and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    at = position_of(fax, position)
    if fax.deliveries[at].state in PENDING:
        raise NoReceiptYet("This delivery has not come to its end.")
    pages, files = receipts.confirmed_pages(conn, fax.id, at), receipts.known_files(conn, fax.id)
    written = receipt_of(fax, at, pages, files, now).model_dump_json(by_alias=True, exclude_none=True)
    return keys.sign(KIND, written.encode())


def read_receipt(text: str, keys: Sequence[Mapping[str, object]]) -> Receipt:
    """Return what a receipt says, if one of these public keys has signed it. Raises Forged."""
    payload = opened(text, KIND, keys)
    try:
        found = Receipt.model_validate_json(payload)
    except ValidationError as error:
        raise Forged("the signature is good, but what it signs is no receipt that is known here") from error
    if flaws := flaws_of(found):
        raise Forged(f"the signature is good, but the receipt contradicts itself: {flaws[0]}")
    return found


def receipt_of(
    fax: FaxView, position: int, pages: Sequence[ConfirmedPage], files: Sequence[KnownFile], now: datetime
) -> Receipt:
    """Return what is to be signed."""
    delivery = fax.deliveries[position]
    said = Receipt(
        iat=int(now.timestamp()),
        fax=FaxSaid(
            id=str(fax.id),
            uid=fax.uid,
            extension=fax.extension,
            accepted_at=fax.accepted_at,
            pages=fax.pages,
            document=None if fax.document is None else fax.document.sha256,
            files=tuple(FileSaid(name=each.name, sha256=each.sha256, bytes=each.bytes) for each in files),
        ),
        recipient=_recipient(delivery, position),
        calls=tuple(
            _call(call, [each for each in pages if each.call_number == call.number]) for call in delivery.calls
        ),
    )
    return said.model_copy(update={"summary": summary_of(said)})


def _recipient(delivery: DeliveryView, position: int) -> RecipientSaid:
    return RecipientSaid(
        position=position + 1,
        number=delivery.recipient,
        state=delivery.state,
        reason=delivery.outcome,
        pages_confirmed=delivery.pages_confirmed,
        decision=delivery.decision,
        decided_at=delivery.decided_at,
    )


def _call(call: CallView, pages: Sequence[ConfirmedPage]) -> CallSaid:
    return CallSaid(
        number=call.number,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        outcome=call.outcome,
        pages_confirmed=call.pages_confirmed,
        media=call.media,
        sip_status=call.sip_status,
        t30_code=call.t30_code,
        far_station_id=call.far_station_id,
        bits_per_second=call.bits_per_second,
        call_id=call.sip_call_id,
        pages=tuple(_page(each) for each in pages),
    )


def _page(confirmed: ConfirmedPage) -> PageSaid:
    known = confirmed.evidence
    return PageSaid(
        page=known.page + 1,
        confirmed_at=confirmed.confirmed_at,
        answer=known.answer,
        coding=known.coding,
        ecm=known.ecm,
        bits=known.bits,
        sha256=known.sha256,
        bits_per_second=known.bits_per_second,
        columns=known.columns,
        rows=known.rows,
        rows_per_metre=known.rows_per_metre,
        row_bits=known.row_bits,
        times_sent=known.times_sent,
        repeat_requests=known.repeat_requests,
        blocks_resent=known.blocks_resent,
    )
