"""The verbs about faxes sent: each a few lines. Decides nothing."""

from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from unifax.cli.asking import AsJson, Exit, FaxId, asking, moment
from unifax.cli.paper import CharsetOption, CoverOption, PagesOption, ResolutionOption, TreatmentOption, paper_of
from unifax.cli.showing import fax_row, show_done, show_fax, show_json, show_preview, show_table, step_of
from unifax.client import Client, Fax, Terms
from unifax.model.evidence import Decision
from unifax.model.fax import FaxState


class Priority(StrEnum):
    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


class Said(StrEnum):
    ARRIVED = "arrived"
    NOT_ARRIVED = "not-arrived"


Documents = Annotated[
    list[Path] | None,
    typer.Argument(help="pdf, jpg, png, tif, txt; none where a cover page goes alone.", exists=True, dir_okay=False),
]
Wait = Annotated[bool, typer.Option("--wait", help="Follow the fax to its end; exit 0 only when all have it.")]
After = Annotated[
    datetime | None, typer.Option(parser=moment, metavar="TIME", help="Call nobody before; without a zone, local time.")
]
GiveUp = Annotated[datetime | None, typer.Option(parser=moment, metavar="TIME", help="Begin no call then or later.")]
Urgency = Annotated[Priority | None, typer.Option(help="Of all that is due, the more urgent is sent first.")]
IdempotencyKey = Annotated[
    str | None, typer.Option(help="A word of your own: repeated with it, within a day, this is still one fax.")
]

faxes_app = typer.Typer()


@faxes_app.command()
@asking
def send(
    client: Client,
    to: Annotated[list[str], typer.Option(help="Recipient; repeat for several.")],
    files: Documents = None,
    wait: Wait = False,
    send_after: After = None,
    give_up_at: GiveUp = None,
    priority: Urgency = None,
    resolution: ResolutionOption = None,
    treatment: TreatmentOption = None,
    page: PagesOption = None,
    charset: CharsetOption = None,
    cover: CoverOption = None,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Send a fax. When this has answered, the fax is safe with the service."""
    _check_there_is_something(files, cover)
    paper = paper_of(resolution, treatment, page, charset, cover)
    accepted = client.send(files or [], to, Terms(send_after, give_up_at, priority), idempotency_key, paper)
    if not as_json:
        typer.echo(f"accepted: id {accepted.id}, uid {accepted.uid}")
    elif not wait:
        show_json(accepted)
    if wait:
        _wait(client, accepted.id, as_json)


@faxes_app.command()
@asking
def preview(
    client: Client,
    files: Documents = None,
    to: Annotated[list[str] | None, typer.Option(help="Check this recipient, too; repeat for several.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the pages, as PNG.", file_okay=False)] = None,
    resolution: ResolutionOption = None,
    treatment: TreatmentOption = None,
    page: PagesOption = None,
    charset: CharsetOption = None,
    cover: CoverOption = None,
    as_json: AsJson = False,
) -> None:
    """See what a fax would be like. Nothing is sent."""
    seen = client.preview(files or [], to or [], paper_of(resolution, treatment, page, charset, cover))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for each in seen.pages:
            (out / f"page-{each.page:03}.png").write_bytes(each.png)
    if as_json:
        show_json(seen)
    else:
        show_preview(seen)


@faxes_app.command()
@asking
def covers(client: Client, as_json: AsJson = False) -> None:
    """List the templates of cover pages, and the languages of their titles."""
    found = client.covers()
    if as_json:
        show_json(found)
    else:
        typer.echo(f"templates  {' '.join(found.templates)}\nlanguages  {' '.join(found.languages)}")


@faxes_app.command()
@asking
def status(client: Client, fax_id: FaxId, wait: Wait = False, as_json: AsJson = False) -> None:
    """Show where a fax stands."""
    if wait:
        _wait(client, fax_id, as_json)
    else:
        _show(client.fax(fax_id), as_json)


@faxes_app.command("list")
@asking
def list_faxes(
    client: Client,
    state: Annotated[FaxState | None, typer.Option(help="Only those that stand so.")] = None,
    undecided: Annotated[bool, typer.Option("--undecided", help="Only those that wait for `unifax decide`.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List faxes sent, the newest first."""
    if undecided and state is not None:
        raise typer.BadParameter("of --state and --undecided only one can be given")
    found = client.faxes("decision", Decision.WANTED) if undecided else client.faxes()
    found = found if state is None else client.faxes("state", state)
    faxes = list(islice(found, limit))
    if as_json:
        show_json(faxes)
    else:
        show_table([fax_row(fax) for fax in faxes])


@faxes_app.command()
@asking
def cancel(client: Client, fax_id: FaxId, as_json: AsJson = False) -> None:
    """Cancel what has not come to its end."""
    _show(client.cancel(fax_id), as_json)


@faxes_app.command()
@asking
def resend(
    client: Client,
    fax_id: FaxId,
    to: Annotated[list[str] | None, typer.Option(help="Only to this recipient; repeat for several.")] = None,
    uncertain: Annotated[bool, typer.Option("--uncertain", help="Also to those who may have it already.")] = False,
    wait: Wait = False,
    send_after: After = None,
    give_up_at: GiveUp = None,
    priority: Urgency = None,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Send a fax again to those who do not have it."""
    terms = Terms(send_after, give_up_at, priority)
    fax = client.resend(fax_id, to or [], uncertain=uncertain, terms=terms, key=idempotency_key)
    if wait:
        _wait(client, fax_id, as_json)
    else:
        _show(fax, as_json)


@faxes_app.command()
@asking
def decide(
    client: Client,
    fax_id: FaxId,
    decision: Annotated[Said, typer.Argument(help="What is known of it from elsewhere.")],
    recipient: Annotated[int, typer.Option(min=1, help="1 is the first.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Say what has become of an uncertain recipient. To send it again instead: `resend --uncertain`."""
    _show(client.decide(fax_id, recipient, decision.replace("-", "_")), as_json)


@faxes_app.command()
@asking
def document(
    client: Client,
    fax_id: FaxId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PDF, TIFF, or PNG of one page; else fax-ID.pdf.")
    ] = None,
    page: Annotated[int, typer.Option(min=1, help="Which page a PNG shows.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Save the pages of a fax as they are sent."""
    file = output or Path(f"fax-{fax_id}.pdf")
    if file.suffix.lower() == ".png":
        client.page(fax_id, page, file)
    else:
        client.document(fax_id, file)
    show_done(file, as_json, file=file)


@faxes_app.command()
@asking
def report(
    client: Client,
    fax_id: FaxId,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="PDF; else report-ID.pdf.")] = None,
    recipient: Annotated[int | None, typer.Option(min=1, help="Of this one alone; 1 is the first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Save the transmission report of a fax that has come to its end."""
    file = output or Path(f"report-{fax_id}.pdf")
    client.report(fax_id, file, recipient)
    show_done(file, as_json, file=file)


@faxes_app.command()
@asking
def transcript(
    client: Client,
    fax_id: FaxId,
    recipient: Annotated[int, typer.Argument(min=1, help="1 is the first.")] = 1,
    call: Annotated[int | None, typer.Argument(min=1, help="1 is the first; without it, the last.")] = None,
    packets: Annotated[
        Path | None, typer.Option(help="Save the packets here instead: a gzipped pcap, for Wireshark.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what happened in a call: SIP, T.30 in plain words, losses, the likely cause when it failed."""
    number = call or max((made.number for made in client.calls(fax_id, recipient)), default=1)
    if packets is not None:
        client.packets(fax_id, recipient, number, packets)
        typer.echo(packets)
    elif as_json:
        show_json(client.transcript(fax_id, recipient, number))
    else:
        typer.echo(client.ladder(fax_id, recipient, number), nl=False)


def _check_there_is_something(files: list[Path] | None, cover: list[str] | None) -> None:
    """See that a fax has a page. Raises BadParameter."""
    if not files and not cover:
        raise typer.BadParameter("Missing argument 'files': without any there must be a cover page, --cover")


def _show(fax: Fax, as_json: bool) -> None:
    if as_json:
        show_json(fax)
    else:
        show_fax(fax)


def _wait(client: Client, fax_id: str, as_json: bool) -> None:
    """Follow a fax to its end, and end as it has ended."""
    fax = _followed(client, fax_id, quiet=as_json)
    _show(fax, as_json)
    match fax.state:
        case FaxState.SENT:
            return
        case FaxState.UNCERTAIN:
            raise typer.Exit(Exit.UNCERTAIN)
        case _:
            raise typer.Exit(Exit.NOT_SENT)


def _followed(client: Client, fax_id: str, *, quiet: bool) -> Fax:
    """Show a bar for each recipient until the fax has come to its end."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[step]}"),
    )
    with Progress(*columns, disable=quiet) as progress:
        bars: dict[str, TaskID] = {}
        for fax in client.watch(fax_id):
            for recipient in fax.recipients:
                if recipient.number not in bars:
                    bars[recipient.number] = progress.add_task(recipient.number, step="", total=None)
                progress.update(
                    bars[recipient.number],
                    total=fax.pages,
                    completed=recipient.pages_confirmed,
                    step=step_of(recipient),
                )
    return fax
