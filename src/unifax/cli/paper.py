"""The options about paper: how pages are made. Asks nothing."""

from collections.abc import Sequence
from typing import Annotated

import typer

from unifax.client import Paper
from unifax.model.paper import Resolution, Treatment

RESOLUTIONS = ("auto", *Resolution)


def _resolution(text: str) -> str:
    if text not in RESOLUTIONS:
        raise typer.BadParameter(f"one of {', '.join(RESOLUTIONS)}")
    return text


ResolutionOption = Annotated[
    str | None,
    typer.Option("--resolution", parser=_resolution, metavar="|".join(RESOLUTIONS), help="How finely pages are cut."),
]
TreatmentOption = Annotated[Treatment | None, typer.Option("--treatment", help="How grey becomes black and white.")]
PagesOption = Annotated[
    list[str] | None,
    typer.Option("--page", metavar="N=TREATMENT", help="Treat one page so: 3=photo; repeat for several."),
]
CharsetOption = Annotated[str | None, typer.Option("--charset", help="Of text files; else it is found out.")]
CoverOption = Annotated[
    list[str] | None,
    typer.Option(
        "--cover",
        metavar="NAME=TEXT",
        help="A cover page: to=Ann, subject=…, message=…, urgent; repeat for several.",
    ),
]


def paper_of(
    resolution: str | None,
    treatment: Treatment | None,
    pages: Sequence[str] | None,
    charset: str | None,
    cover: Sequence[str] | None,
) -> Paper:
    """Return what the options say. Raises BadParameter."""
    treatments = dict(map(_page, pages or ()))
    members = {name: value if equals else True for name, equals, value in (each.partition("=") for each in cover or ())}
    return Paper(resolution, treatment, treatments, charset, members or None)


def _page(text: str) -> tuple[int, str]:
    """Read `3=photo`."""
    page, _, treatment = text.partition("=")
    if not (page.isascii() and page.isdigit()) or treatment not in tuple(Treatment):
        raise typer.BadParameter("a page and how it is treated, as in 3=photo", param_hint="--page")
    return int(page), treatment
