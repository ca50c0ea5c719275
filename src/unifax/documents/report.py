"""What a transmission report says, as words: it goes to a converter's child as JSON. Sets nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

Fact = tuple[str, str]
"What it is, and how it is."


@dataclass(frozen=True, slots=True)
class ReportPart:
    """What has become of one recipient."""

    number: str
    result: str
    "In a word: SENT, UNCERTAIN."
    summary: str
    "In a sentence or two."
    facts: Sequence[Fact]
    columns: Sequence[str]
    "Titles of the table of pages."
    pages: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says."""

    title: str
    facts: Sequence[Fact]
    recipients: Sequence[ReportPart]
    foot: str


_REPORT = TypeAdapter(Report)


def packed_report(report: Report) -> bytes:
    """Return a report as it goes to a child."""
    return _REPORT.dump_json(report)


def unpacked_report(packed: bytes) -> Report:
    """Return a report as it was packed."""
    return _REPORT.validate_json(packed)
