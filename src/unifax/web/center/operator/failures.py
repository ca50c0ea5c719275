"""How calls have ended, by day and cause: a plot, and the table that says the same. Decides nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.outcome import Outcome
from unifax.store import operations
from unifax.store.operations import DayOutcome
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.causes import CAUSES
from unifax.web.center.operator.door import CALLS, FAILURES, READ, operators, page
from unifax.web.center.operator.plots import stacked
from unifax.web.languages import N_

DAYS = (7, 30, 90)
SERIES = 7
"Causes that are told apart; what is rarer is one more."
WORDS = 6
"Days that are named below the plot."


def routes(center: Center) -> APIRouter:
    """Return the route of failures."""
    router = center.router()
    operator = Depends(operators(center))

    @router.api_route(FAILURES, methods=READ)
    async def failures(request: Request, visitor: Annotated[Visitor, operator], days: str = "") -> Response:
        """Show the calls of some days that have failed."""
        wanted = next((each for each in DAYS if days == str(each)), DAYS[1])
        today = center.office.clock().astimezone(UTC).date()
        dates = [today - timedelta(days=ago) for ago in reversed(range(wanted))]
        counted = await center.office.db.aread(operations.ended_by_day, dates)
        failed = [each for each in counted if each.outcome is not Outcome.SENT]
        causes = _causes(failed)
        rows = _rows(failed, dates, causes)
        ended = Counter[date]()
        for each in counted:
            ended[each.day] += each.calls
        labels = [(visitor.say(CAUSES[cause]), f"{CALLS}?outcome={cause.value}") for cause in causes]
        if any(row[-1] for row in rows):
            labels.append((visitor.say(N_("others")), ""))
        else:
            rows = [row[:-1] for row in rows]
        return page(
            center,
            request,
            visitor,
            FAILURES,
            "failures.html",
            choices=[(each, each == wanted) for each in DAYS],
            plot=stacked(rows, WORDS),
            labels=labels,
            dates=dates,
            rows=[(day, row, sum(row), ended[day]) for day, row in zip(dates, rows, strict=True)][::-1],
            totals=[sum(column) for column in zip(*rows, strict=True)],
            failed=sum(map(sum, rows)),
            ended=ended.total(),
        )

    return router


def _causes(failed: Sequence[DayOutcome]) -> Sequence[Outcome]:
    """Return the most frequent causes, that first of which there was most."""
    often = Counter[Outcome]()
    for each in failed:
        often[each.outcome] += each.calls
    return [cause for cause, _ in sorted(often.items(), key=lambda each: (-each[1], each[0]))[:SERIES]]


def _rows(failed: Sequence[DayOutcome], dates: Sequence[date], causes: Sequence[Outcome]) -> list[list[int]]:
    """Return a count of each cause for each day, and of all other ones together."""
    place = {cause: number for number, cause in enumerate(causes)}
    rows = {day: [0] * (len(causes) + 1) for day in dates}
    for each in failed:
        if each.day in rows:
            rows[each.day][place.get(each.outcome, len(causes))] += each.calls
    return list(rows.values())
