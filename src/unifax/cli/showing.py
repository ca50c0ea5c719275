"""What the service answered, as the shell shows it: lines and tables for people, JSON for programs. Asks nothing."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import typer
from rich.cells import cell_len

from unifax.client.shapes import Fax, Preview, PreviewPage, Received, Recipient, Shape
from unifax.model.fax import DeliveryState


def show_json(shown: Shape | Iterable[Shape]) -> None:
    """Print one JSON object, or a list of them."""
    plain = _plain(shown) if isinstance(shown, Shape) else [_plain(each) for each in shown]
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))


def show_done(words: object, as_json: bool, **members: object) -> None:
    """Say in a line what was done, or print it as a JSON object."""
    typer.echo(json.dumps(members, ensure_ascii=False, default=str) if as_json else words)


def show_table(rows: Sequence[dict[str, str]]) -> None:
    """Print a table; rows have the same columns."""
    if not rows:
        typer.echo("none")
        return
    titles = list(rows[0])
    lines = [titles, *(list(row.values()) for row in rows)]
    widths = [max(cell_len(line[n]) for line in lines) for n in range(len(titles))]
    for line in lines:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(padded).rstrip())


def show_fax(fax: Fax) -> None:
    typer.echo(f"fax {fax.id}: {fax.state}, {'pages not made yet' if fax.pages is None else _count(fax.pages, 'page')}")
    for recipient in fax.recipients:
        reason = f", {recipient.reason.text}" if recipient.reason else ""
        again = f"; again at {recipient.next_call_at.astimezone():%H:%M:%S}" if recipient.next_call_at else ""
        counts = f"{_count(recipient.pages_confirmed, 'page')} confirmed, {_count(len(recipient.calls), 'call')}"
        decision = f"; decision: {recipient.decision.replace('_', ' ')}" if recipient.decision else ""
        typer.echo(f"  {recipient.number}: {recipient.state}, {counts}{reason}{again}{decision}")


def show_preview(preview: Preview) -> None:
    show_table([_page_row(page) for page in preview.pages])
    minutes, seconds = divmod(round(preview.call_seconds), 60)
    typer.echo(f"a call of about {minutes}:{seconds:02} minutes at 14,400 bit/s; nothing was sent")


def _page_row(page: PreviewPage) -> dict[str, str]:
    return {
        "page": str(page.page),
        "file": page.file or "cover",
        "resolution": page.resolution,
        "treatment": page.treatment,
        "KB": f"{page.bits['MMR'] / 8000:.1f}",
        "seconds": f"{page.seconds:.1f}",
        "warnings": " ".join(warning.text for warning in page.warnings),
    }


def fax_row(fax: Fax) -> dict[str, str]:
    recipients = ", ".join(f"{recipient.number} {recipient.state}" for recipient in fax.recipients)
    return {
        "id": fax.id,
        "accepted": _local(fax.accepted_at),
        "pages": "" if fax.pages is None else str(fax.pages),
        "state": fax.state,
        "recipients": recipients,
    }


def received_row(fax: Received) -> dict[str, str]:
    return {
        "id": fax.id,
        "received": _local(fax.received_at),
        "pages": str(fax.pages) if fax.complete else f"{fax.pages}, cut off",
        "from": fax.sender,
        "to": fax.extension,
        "": "" if fax.read else "unread",
    }


def step_of(recipient: Recipient) -> str:
    """Return in a word or two where a recipient stands, and its call."""
    if recipient.cancelling:
        return "cancelling"
    if recipient.state is not DeliveryState.CALLING or not recipient.calls:
        return recipient.state
    call = recipient.calls[-1]
    if call.t38_at is not None:
        return "sending pages"
    return "ringing" if call.ringing_at is not None else "calling"


def _plain(shape: Shape) -> object:
    return shape.model_dump(mode="json", by_alias=True, exclude_none=True)


def _local(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
