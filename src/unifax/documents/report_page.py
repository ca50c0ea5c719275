"""A transmission report as a PDF, from words that are only ever words. For converter processes only."""

from collections.abc import Sequence

from unifax.documents.cover import breakable
from unifax.documents.direction import ISOLATED_AS_IT_RUNS
from unifax.documents.report import Fact, Report
from unifax.documents.typeset import Json, Typesetter


def set_report(report: Report, picture: bytes, typesetter: Typesetter) -> bytes:
    """Return a report as a PDF. The picture is a small PNG of the first page; empty: there is none."""
    return typesetter.set("report", {**_words(report), "picture": list(picture)})


def _words(report: Report) -> dict[str, Json]:
    return {
        "title": report.title,
        "facts": _facts(report.facts),
        "foot": report.foot,
        "recipients": [
            {
                "number": _isolated(each.number),
                "result": each.result,
                "summary": _isolated(each.summary),
                "facts": _facts(each.facts),
                "columns": list(each.columns),
                "pages": [list(row) for row in each.pages],
            }
            for each in report.recipients
        ],
    }


def _facts(facts: Sequence[Fact]) -> list[Json]:
    return [[name, _isolated(breakable(value))] for name, value in facts if value]


def _isolated(text: str) -> str:
    """Return a text that holds together, whatever stands around it."""
    return ISOLATED_AS_IT_RUNS.format(text)
