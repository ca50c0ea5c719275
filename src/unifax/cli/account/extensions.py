"""`unifax account extension`. Each verb a few lines; decides nothing."""

from typing import Annotated

import typer

from unifax.cli.account.asking import client_of, said
from unifax.cli.account.tables import show, show_all
from unifax.cli.asking import AsJson
from unifax.cli.paper import ResolutionOption
from unifax.cli.showing import show_done
from unifax.client import accounts
from unifax.model.evidence import WhenUncertain
from unifax.model.header import HeaderPosition

extension_app = typer.Typer(no_args_is_help=True, help="Extensions, which send and receive.")

Number = Annotated[str, typer.Argument(help="Extended number, such as 0003*210.")]
StationId = Annotated[str | None, typer.Option(help="What it calls itself in a fax call.")]
Header = Annotated[str | None, typer.Option(help="Who sends, in the header line of each page.")]

HeaderLine = Annotated[
    str | None,
    typer.Option(help="What the header line says: words and {date} {sender} {station} {recipient} {page} {pages}."),
]
HeaderAt = Annotated[
    HeaderPosition | None, typer.Option("--header-position", help="Where it stands; only administrators say off.")
]

Telephone = Annotated[
    list[str] | None, typer.Option(help="A telephone number it is called by from outside; all of them are to be given.")
]
MaxCalls = Annotated[int | None, typer.Option(min=0, help="Calls from outside that may come in for it at once.")]
KeepDays = Annotated[
    int | None, typer.Option(min=0, help="Days after which the content of its faxes is deleted; 0: as others.")
]

MailReceived = Annotated[
    list[str] | None, typer.Option(help="A mail address that gets the faxes it receives; all of them are to be given.")
]
MailReports = Annotated[
    list[str] | None, typer.Option(help="A mail address that is told how its faxes have ended; likewise.")
]
MailSenders = Annotated[list[str] | None, typer.Option(help="A mail address whose mail is faxed by it; likewise.")]
CoverName = Annotated[str | None, typer.Option(help="The template of its cover pages where a fax names none.")]

Uncertain = Annotated[
    WhenUncertain | None,
    typer.Option(help="What is done about a recipient who may have the fax already; hold when not said."),
]

RESUME = "Whether a call after one that was cut off goes on after the pages confirmed, or begins again."


@extension_app.command("list")
def list_extensions(context: typer.Context, as_json: AsJson = False) -> None:
    """List extensions."""
    with client_of(context) as client:
        found = list(client.each(accounts.extensions(client.api)))
        show_all(found, as_json)


@extension_app.command("add")
def add_extension(
    context: typer.Context,
    number: Number,
    user: Annotated[str, typer.Option(help="Number of the user whose it is.")],
    station_id: StationId = None,
    header: Header = None,
    header_line: HeaderLine = None,
    header_position: HeaderAt = None,
    resolution: ResolutionOption = None,
    fax: Annotated[bool, typer.Option("--fax/--no-fax", help="Whether it may fax.")] = True,
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help=RESUME)] = True,
    telephone: Telephone = None,
    max_calls: MaxCalls = None,
    when_uncertain: Uncertain = None,
    keep_days: KeepDays = None,
    mail_received: MailReceived = None,
    mail_reports: MailReports = None,
    mail_senders: MailSenders = None,
    cover: CoverName = None,
    as_json: AsJson = False,
) -> None:
    """Make an extension of a user."""
    who = {"number": number, "ownerId": user, "stationId": station_id, "resolution": resolution}
    called = {"telephoneNumbers": telephone or None, "maxCalls": max_calls, "keepDays": keep_days}
    sends = {"faxEnabled": fax, "resume": resume, "whenUncertain": when_uncertain}
    mail = _mail(mail_received, mail_reports, mail_senders)
    asked = {**who, **_lines(header, header_line, header_position), **called, **sends, **mail, "cover": cover}
    with client_of(context) as client:
        show(client.do(accounts.add_extension(client.api, said(asked))), as_json)


@extension_app.command("change")
def change_extension(
    context: typer.Context,
    number: Number,
    station_id: StationId = None,
    header: Header = None,
    header_line: HeaderLine = None,
    header_position: HeaderAt = None,
    resolution: ResolutionOption = None,
    fax: Annotated[bool | None, typer.Option("--fax/--no-fax", help="Whether it may fax.")] = None,
    resume: Annotated[bool | None, typer.Option("--resume/--no-resume", help=RESUME)] = None,
    telephone: Telephone = None,
    no_telephone: Annotated[bool, typer.Option("--no-telephone", help="It is called by no telephone number.")] = False,
    max_calls: MaxCalls = None,
    when_uncertain: Uncertain = None,
    keep_days: KeepDays = None,
    mail_received: MailReceived = None,
    mail_reports: MailReports = None,
    mail_senders: MailSenders = None,
    cover: CoverName = None,
    as_json: AsJson = False,
) -> None:
    """Change how an extension presents itself, whether it may fax, how it sends again, and how it is called."""
    numbers = [] if no_telephone else telephone or None
    called = {"telephoneNumbers": numbers, "maxCalls": max_calls, "keepDays": keep_days}
    lines = _lines(header, header_line, header_position)
    sends = {"resolution": resolution, "faxEnabled": fax, "resume": resume, "whenUncertain": when_uncertain}
    mail = _mail(mail_received, mail_reports, mail_senders)
    changes = said({"stationId": station_id, **lines, **sends, **called, **mail, "cover": cover})
    with client_of(context) as client:
        show(client.do(accounts.change_extension(client.api, number, changes)), as_json)


@extension_app.command("remove")
def remove_extension(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Remove an extension that has never sent nor received."""
    with client_of(context) as client:
        client.do(accounts.remove_extension(client.api, number))
    if as_json:
        show_done("", as_json, removed=number)


def _lines(text: str | None, line: str | None, position: HeaderPosition | None) -> dict[str, str | None]:
    return {"headerText": text, "headerLine": line, "headerPosition": position and position.value}


def _mail(
    received: list[str] | None, reports: list[str] | None, senders: list[str] | None
) -> dict[str, list[str] | None]:
    """Return mail addresses as the API has them; one empty word stands for none at all."""
    given = {"mailReceived": received, "mailReports": reports, "mailSenders": senders}
    return {name: [each for each in found if each] if found else None for name, found in given.items()}
