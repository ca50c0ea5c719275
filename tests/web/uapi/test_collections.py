"""The UnifiedAPI's collections: any query is understood, or refused by its own code; pages lead to one another."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from fastapi import Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tests.web.loopback import anybody
from unifax.model.collection import OPERATIONS, Kind, Operation, turn_to
from unifax.web.uapi.collections import ENTRY, Asked, Collection, CollectionShape, answer
from unifax.web.uapi.errors import answer_errors
from unifax.web.uapi.shape import Moment, Shape, parse_date_time

CODES = {
    f"{name}_invalid" for name in ("count", "startindex", "filterby", "filterop", "filtervalue", "fields", "sortorder")
}


NUMBERS = {"ascending": list(range(1, 101)), "descending": list(range(100, 0, -1))}


class Tree(Shape):
    model_config = ENTRY
    id: int
    leaf_color: str | None
    planted_at: Moment | None
    is_old: bool


@dataclass
class Page:
    """A page as it was answered."""

    whole: dict[str, object]
    entry: list[dict[str, object]]
    paging: dict[str, str]

    def ids(self) -> list[object]:
        return [entry["id"] for entry in self.entry]


@dataclass
class Orchard:
    client: httpx.AsyncClient
    loop: asyncio.Runner

    def get(self, query: str) -> httpx.Response:
        return self.loop.run(self.client.get("/unifiedapi/trees/?" + query))

    def ask(self, query: str = "") -> Page:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return Page(told, told["entry"], told["paging"])

    def follow(self, page: Page, where: str) -> Iterator[Page]:
        """Yield this page, and all that it leads to."""
        yield page
        while where in page.paging:
            page = self.ask(urlsplit(page.paging[where]).query)
            yield page

    def refusal(self, query: str) -> str:
        answer = self.get(query)
        assert answer.status_code == 400
        return str(answer.json()["error"]["code"])


@contextmanager
def an_orchard() -> Iterator[Orchard]:
    """Serve a collection of a hundred trees, planted a minute after one another; every third has no colour."""
    moments = [parse_date_time(f"2026-02-03T04:{minute:02}:00+02:00") for minute in range(60)]
    trees = [
        Tree(
            id=number,
            leaf_color=None if number % 3 == 0 else f"Green-{number}",
            planted_at=moments[number % 60],
            is_old=number > 50,
        )
        for number in range(1, 101)
    ]
    kinds = {"id": Kind.NUMBER, "leafColor": Kind.TEXT, "plantedAt": Kind.MOMENT, "isOld": Kind.FLAG}
    names = {"id": "id", "leafColor": "leaf_color", "plantedAt": "planted_at", "isOld": "is_old"}
    collection = Collection(Tree, kinds)
    app = FastAPI(redirect_slashes=False)

    @app.get("/unifiedapi/trees/", response_model=CollectionShape[Tree])
    async def trees_of(request: Request, asked: Annotated[Asked, Depends(collection.asked)]) -> Response:
        listing, page = turn_to(asked.window, trees, lambda tree: tree.id, lambda tree, by: getattr(tree, names[by]))
        return answer(request, asked, listing, page)

    answer_errors(app, anybody)
    with asyncio.Runner() as loop:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://fax.example:8443")
        yield Orchard(client, loop)
        loop.run(client.aclose())


@pytest.fixture(scope="module")
def orchard() -> Iterator[Orchard]:
    with an_orchard() as made:
        yield made


def test_the_first_page_is_as_voipnow_has_it(orchard: Orchard) -> None:
    page = orchard.ask()
    assert page.entry[0] == {"id": 1, "leafColor": "Green-1", "plantedAt": "2026-02-03T02:01:00Z", "isOld": False}
    assert page.ids() == list(range(1, 21))
    assert page.whole == {
        "entry": page.entry,
        "startIndex": 0,
        "totalResults": 100,
        "itemsPerPage": 20,
        "filtered": False,
        "sorted": True,
        "paging": {"next": "https://fax.example:8443/unifiedapi/trees/?startIndex=20&cursor=after.20.100"},
    }


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("condition", ["", "&filterBy=leafColor&filterOp=present"])
@pytest.mark.parametrize("count", [7, 20, 99, 5000])
def test_following_next_and_then_prev_meets_every_entry_once(
    orchard: Orchard, order: str, condition: str, count: int
) -> None:
    whole = orchard.ask(f"count=5000&sortOrder={order}{condition}").ids()
    assert whole == [n for n in NUMBERS[order] if not condition or n % 3]
    pages = list(orchard.follow(orchard.ask(f"count={count}&sortOrder={order}{condition}"), "next"))
    assert [number for page in pages for number in page.ids()] == whole
    for at, page in enumerate(pages):
        assert (page.whole["startIndex"], page.whole["totalResults"]) == (at * count, len(whole))
    back = list(orchard.follow(pages[-1], "prev"))
    assert [page.whole for page in back] == [page.whole for page in reversed(pages)]


def test_a_bare_start_index_is_taken(orchard: Orchard) -> None:
    assert orchard.ask("startIndex=95").ids() == [96, 97, 98, 99, 100]
    assert orchard.ask("startIndex=100").ids() == []
    assert orchard.ask("startIndex=999999999999999").ids() == []
    assert orchard.ask("startIndex=40&count=20").paging == {
        "next": "https://fax.example:8443/unifiedapi/trees/?count=20&startIndex=60&cursor=after.60.100",
        "prev": "https://fax.example:8443/unifiedapi/trees/?count=20&startIndex=20&cursor=before.41.100",
    }


def test_addresses_of_other_pages_keep_everything_but_the_token(orchard: Orchard) -> None:
    page = orchard.ask(
        "accessRequestToken=token.of-bob_1&count=2&filterBy=leafColor&filterOp=contains&filterValue=een-&x=%C3%A9&fields="
    )
    assert dict(parse_qsl(urlsplit(page.paging["next"]).query, keep_blank_values=True)) == {
        "count": "2",
        "filterBy": "leafColor",
        "filterOp": "contains",
        "filterValue": "een-",
        "x": "é",
        "fields": "",
        "startIndex": "2",
        "cursor": "after.2.67",
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("filterBy=id&filterValue=7", [7]),
        ("filterBy=id&filterOp=inArray&filterValue=3,7,%209,1000", [3, 7, 9]),
        ("filterBy=id&filterOp=greaterThan&filterValue=98", [99, 100]),
        ("filterBy=id&filterOp=lessThan&filterValue=3", [1, 2]),
        ("filterBy=leafColor&filterOp=contains&filterValue=EEN-10", [10, 100]),
        ("filterBy=leafColor&filterOp=startsWith&filterValue=green-10", [10, 100]),
        ("filterBy=leafColor&filterOp=equals&filterValue=green-10", []),
        ("filterBy=plantedAt&filterOp=lessThan&filterValue=2026-02-03T02:01:00Z", [60]),
        ("filterBy=plantedAt&filterOp=greaterThan&filterValue=2026-02-03T04:58:00%2B02:00", [59]),
        ("filterBy=plantedAt&filterValue=2026-02-03T04:41:00+02:00", [41]),
        ("filterBy=plantedAt&filterOp=present&count=2", [1, 2]),
        ("filterBy=isOld&filterValue=true&count=1", [51]),
    ],
)
def test_entries_are_filtered(orchard: Orchard, query: str, ids: list[int]) -> None:
    page = orchard.ask(query)
    assert page.ids() == ids
    assert page.whole["filtered"] is True


def test_only_the_fields_that_are_asked_for_are_shown(orchard: Orchard) -> None:
    assert orchard.ask("count=1&fields=leafColor,%20id").entry == [{"id": 1, "leafColor": "Green-1"}]
    assert orchard.ask("count=1&fields=leafColor&startIndex=2").entry == [{}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("count=0", "count_invalid"),
        ("count=5001", "count_invalid"),
        ("count=x&startIndex=x", "count_invalid"),
        ("count=%D9%A1", "count_invalid"),
        ("startIndex=-1", "startindex_invalid"),
        ("cursor=after.1", "startindex_invalid"),
        ("filterBy=color", "filterby_invalid"),
        ("filterOp=equals", "filterby_invalid"),
        ("filterValue=1", "filterby_invalid"),
        ("filterBy=id&filterOp=like&filterValue=1", "filterop_invalid"),
        ("filterBy=leafColor&filterOp=lessThan&filterValue=1", "filterop_invalid"),
        ("filterBy=id&filterOp=equals", "filtervalue_invalid"),
        ("filterBy=id&filterValue=one", "filtervalue_invalid"),
        ("filterBy=id&filterOp=inArray&filterValue=1,,2", "filtervalue_invalid"),
        ("filterBy=leafColor&filterValue=%00", "filtervalue_invalid"),
        ("filterBy=leafColor&filterValue=" + "x" * 1001, "filtervalue_invalid"),
        ("filterBy=plantedAt&filterValue=yesterday", "filtervalue_invalid"),
        ("filterBy=plantedAt&filterValue=2026-02-30T00:00:00Z", "filtervalue_invalid"),
        ("filterBy=plantedAt&filterValue=9999-12-31T23:59:59-23:00", "filtervalue_invalid"),
        ("filterBy=isOld&filterValue=1", "filtervalue_invalid"),
        ("fields=id,color", "fields_invalid"),
        ("sortOrder=up", "sortorder_invalid"),
    ],
)
def test_what_makes_no_sense_has_a_code_of_its_own(orchard: Orchard, query: str, code: str) -> None:
    assert orchard.refusal(query) == code


SOME = st.one_of(st.text(max_size=20), st.sampled_from(["1", "0", "20", "true", "2026-02-03T04:05:06Z", "a,b", ""]))
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "count": SOME,
        "startIndex": SOME,
        "cursor": SOME | st.sampled_from(["after.3.9", "before.3.9", "after.0.0", "before.0.0"]),
        "filterBy": SOME | st.sampled_from(["id", "leafColor", "plantedAt", "isOld"]),
        "filterOp": SOME | st.sampled_from([each.value for each in Operation]),
        "filterValue": SOME,
        "fields": SOME | st.sampled_from(["id", "id,leafColor"]),
        "sortOrder": SOME | st.sampled_from(["ascending", "descending"]),
    },
)


@given(query=QUERIES)
def test_any_query_is_answered_or_refused_by_one_of_the_codes(orchard: Orchard, query: dict[str, str]) -> None:
    answer = orchard.get(urlencode(query))
    if answer.status_code != 200:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] in CODES


@given(text=st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    parse_date_time(text)


def test_every_kind_can_be_compared() -> None:
    assert set(OPERATIONS) == set(Kind)
