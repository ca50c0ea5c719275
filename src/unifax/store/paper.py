"""What is kept of paper: how the pages of a fax are to be made, and what became of them. Knows no document."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from unifax.model.paper import AS_IT_COMES, PageReport, PaperTerms
from unifax.store.schema import page_reports

_TERMS = TypeAdapter(PaperTerms)
_REPORTS = TypeAdapter(tuple[PageReport, ...])


def kept(terms: PaperTerms) -> str | None:
    """Return terms as they are kept; None when their sender says nothing."""
    return None if terms == AS_IT_COMES else _TERMS.dump_json(terms, exclude_defaults=True).decode()


def terms_of(text: str | None) -> PaperTerms:
    """Return terms that are kept."""
    return AS_IT_COMES if text is None else _TERMS.validate_json(text)


def keep_reports(conn: Connection, fax_id: int, reports: Sequence[PageReport]) -> None:
    """Write down what became of the pages of a fax."""
    text = _REPORTS.dump_json(tuple(reports)).decode()
    conn.execute(insert(page_reports).values(fax_id=fax_id, reports=text))


def reports_of(conn: Connection, fax_ids: Sequence[int]) -> Mapping[int, Sequence[PageReport]]:
    """Return what became of the pages of faxes, of those whose pages are made."""
    rows = conn.execute(select(page_reports).where(page_reports.c.fax_id.in_(fax_ids)))
    return {row.fax_id: _REPORTS.validate_json(row.reports) for row in rows}
