"""What all verbs for those who run the service share: where the service is, what lets us in, how passwords come.

Secrets are read from a prompt or a file, or made here; never from the command line, which every user of the machine
sees.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.asking import URL
from unifax.client import Client
from unifax.here import Layout
from unifax.model.errors import Misconfigured

PasswordFile = Annotated[
    Path | None, typer.Option(help="File with the password; - is standard input.", allow_dash=True, dir_okay=False)
]
Generate = Annotated[bool, typer.Option("--generate-password", help="Make a password, and print it.")]


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is, and what lets us in."""

    url: str
    token: str | None
    data: Path

    def client(self) -> Client:
        """Return a client. Raises Misconfigured when there is no token."""
        token = self.token
        if token is None:
            file = Layout(self.data).operator_token
            try:
                token = file.read_text().strip()
            except OSError as error:
                raise Misconfigured(
                    f"{file} cannot be read ({error.strerror}): name the data folder of the service with --data, "
                    "or set UNIFAX_ADMIN_TOKEN"
                ) from error
        return Client(self.url, token, "@self")


DATA = Path("unifax-data")

DataFolder = Annotated[Path, typer.Option(envvar="UNIFAX_DATA", help="Data folder of the service on this machine.")]
AdminToken = Annotated[
    str | None,
    typer.Option(envvar="UNIFAX_ADMIN_TOKEN", help="Token of a trusted App; else the operator's, in the data folder."),
]
Url = Annotated[str, typer.Option(envvar="UNIFAX_URL", help="Where the service is.")]


def run_by(context: typer.Context, data: DataFolder = DATA, token: AdminToken = None, url: Url = URL) -> None:
    """Remember where the service is, and what lets its operator in."""
    context.obj = Service(url, token or None, data)


def client_of(context: typer.Context) -> Client:
    service = context.obj
    assert isinstance(service, Service)
    return service.client()


def password_of(file: Path | None, generate: bool) -> str | None:
    """Return a password that a file has, or that was made; None when neither is wanted."""
    if generate:
        return secrets.token_urlsafe(15)
    if file is None:
        return None
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
    return text.removesuffix("\n")


def password_asked_for() -> str:
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def said(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
