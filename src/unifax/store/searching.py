"""Faxes found by their words, by indexes. Must not know: who looks for them, or what a word is.

The words of a fax never change once it was accepted or has come, so nobody writes them down then: who searches has
those of what is new written first (`catch_up`). Writes come one at a time, so what is new comes after what is known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, func, insert, or_, select, union_all

from unifax.model.collection import Anchor, Window
from unifax.model.words import Beginning, words_of
from unifax.store.collections import Sight, Source, page_of, scopes_of, theirs
from unifax.store.schema import deliveries, fax_files, fax_words, faxes, inbox, inbox_words, uploads
from unifax.store.views import RECEIVED, SENT

FEW = 5000
"So many that have a word are looked at one by one; of more, the newest are asked whether they have it."
AT_ONCE = 500
"Faxes whose words are written in one transaction."
SLACK = timedelta(hours=1)
"Ids are in the order of commits, moments in that of clocks, which may differ by so much."
COUNTED = 1000
"Unread faxes, at most."
LAST_ID = (1 << 31) - 1
"The largest that PostgreSQL has."

Sentence = Sequence[Beginning]
"Beginnings of which a fax is to have one."
Texts = dict[tuple[int, int], list[str]]
"What is written on the outside of faxes, by their ids and extensions."


@dataclass(frozen=True, slots=True)
class Box:
    """Faxes that can be searched."""

    source: Source
    at: Column[datetime]
    words: Table
    texts: Callable[[Connection, int, int], Texts]
    "Returns what is written on the outside of those between two ids."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all of it holds."""

    words: Sequence[Sentence] = ()
    since: datetime | None = None
    until: datetime | None = None
    "Not included."
    equal: Mapping[str, str] = field(default_factory=dict)
    "What fields of the box are."
    unread: bool = False


def is_behind(conn: Connection, box: Box) -> bool:
    """Whether there are faxes whose words are not written down."""
    known = conn.execute(select(func.max(box.words.c.found_id))).scalar_one() or 0
    return conn.execute(select(box.source.id).where(box.source.id > known).limit(1)).first() is not None


def catch_up(conn: Connection, box: Box) -> bool:
    """Write down the words of the next faxes; whether there may be more."""
    known = conn.execute(select(func.max(box.words.c.found_id))).scalar_one() or 0
    new = select(box.source.id).where(box.source.id > known).order_by(box.source.id).limit(AT_ONCE)
    ids = conn.execute(new).scalars().all()
    if ids:
        rows = [
            {"owner_id": owner_id, "word": word, "found_id": found_id}
            for (found_id, owner_id), texts in box.texts(conn, ids[0], ids[-1]).items()
            for word in words_of(texts) or {""}  # of one without any, too: it is known then
        ]
        conn.execute(insert(box.words), rows)
    return len(ids) == AT_ONCE


def search(
    conn: Connection, box: Box, sight: Sight, wanted: Wanted, before: int | None, count: int, rare: int = FEW
) -> Sequence[int]:
    """Return the newest of the faxes in sight that are wanted and come before one, newest first.

    A word that at most `rare` of them have leads to them.
    """
    before = LAST_ID if before is None else before
    few, many = _candidates(conn, box, sight, wanted.words, before, rare)
    conditions = [*_more(box, wanted), *_between(conn, box, wanted), *(_has(box, sentence) for sentence in many)]
    scopes = scopes_of(box.source, sight)
    if few is None:
        window = Window(count, 0, Anchor(before, 0, backwards=False), descending=True)
        return page_of(conn, box.source, [and_(scope, *conditions) for scope in scopes], window).ids
    if not (few and scopes):
        return []
    found: list[int] = []
    ids = sorted(few, reverse=True)
    for at in range(0, len(ids), AT_ONCE):
        of_these = select(box.source.id).where(box.source.id.in_(ids[at : at + AT_ONCE]), or_(*scopes), *conditions)
        found += conn.execute(of_these.order_by(box.source.id.desc()).limit(count - len(found))).scalars()
        if len(found) == count:
            break
    return found


def count_unread(conn: Connection, sight: Sight) -> int:
    """Return how many of the received faxes in sight are not read; of very many, so many as are counted."""
    unread = [
        select(select(inbox.c.id).where(scope, inbox.c.read_at.is_(None)).limit(COUNTED).subquery())
        for scope in scopes_of(RECEIVED, sight)
    ]
    if not unread:
        return 0
    return min(COUNTED, conn.execute(select(func.count()).select_from(union_all(*unread).subquery())).scalar_one())


def begins(word: ColumnElement[str], sentence: Sentence) -> ColumnElement[bool]:
    """Return the condition that a word begins in one of some ways: ranges of an index."""
    return or_(
        *(
            word == each.text if each.is_whole else and_(word >= each.text, word < each.after)
            for each in sorted(set(sentence))
        )
    )


def _candidates(
    conn: Connection, box: Box, sight: Sight, sentences: Sequence[Sentence], before: int, rare: int
) -> tuple[set[int] | None, Sequence[Sentence]]:
    """Return the ids that fulfil those of the sentences that few do (None: there is no such), and the other ones."""
    few: set[int] | None = None
    many = []
    for sentence in sentences:
        found = (
            select(box.words.c.found_id)
            .distinct()
            .where(_owned(box, sight), begins(box.words.c.word, sentence), box.words.c.found_id < before)
            .limit(rare + 1)
        )
        ids = set(conn.execute(found).scalars())
        if len(ids) > rare:
            many.append(sentence)
        else:
            few = ids if few is None else few & ids
    return few, many


def _owned(box: Box, sight: Sight) -> ColumnElement[bool]:
    return box.words.c.owner_id.in_(theirs(sight.viewer) if sight.extensions is None else sight.extensions)


def _has(box: Box, sentence: Sentence) -> ColumnElement[bool]:
    words = box.words.c
    return select(words.found_id).where(words.found_id == box.source.id, begins(words.word, sentence)).exists()


def _more(box: Box, wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    equal = [box.source.fields[name].column == value for name, value in wanted.equal.items()]
    return [*equal, inbox.c.read_at.is_(None)] if wanted.unread else equal


def _between(conn: Connection, box: Box, wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of time; and by ids, so that what is too old or too new need not be walked through."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions += [box.at >= wanted.since, box.source.id >= _first_since(conn, box, wanted.since - SLACK)]
    if wanted.until is not None:
        conditions += [box.at < wanted.until, box.source.id < _first_since(conn, box, wanted.until + SLACK)]
    return conditions


def _first_since(conn: Connection, box: Box, moment: datetime) -> int:
    """Return the id from which on faxes are not older than a moment: found by halves, by the ids alone."""
    low, high = 0, (conn.execute(select(func.max(box.source.id))).scalar_one() or 0) + 1
    while high - low > 1:
        middle = (low + high) // 2
        row = conn.execute(
            select(box.source.id, box.at).where(box.source.id >= middle).order_by(box.source.id).limit(1)
        ).one_or_none()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = row[0]
    return high


def _texts_sent(conn: Connection, first: int, last: int) -> Texts:
    """Whom it goes to, what its files are called, and its label."""
    of = faxes.c.id.between(first, last)
    texts: Texts = {}
    owners: dict[int, list[str]] = {}
    for row in conn.execute(select(faxes.c.id, faxes.c.extension_id, faxes.c.label).where(of)):
        owners[row.id] = texts[row.id, row.extension_id] = [] if row.label is None else [row.label]
    for fax_id, text in (
        (deliveries.c.fax_id, deliveries.c.number),
        (fax_files.c.fax_id, fax_files.c.name),
        (uploads.c.fax_id, uploads.c.name),  # what was announced, and has not come yet
    ):
        for found_id, written in conn.execute(select(fax_id, text).where(fax_id.between(first, last))):
            owners[found_id].append(written)
    return texts


def _texts_received(conn: Connection, first: int, last: int) -> Texts:
    """Who sent it, what the sending machine calls itself, and the number that was dialled."""
    rows = conn.execute(
        select(inbox.c.id, inbox.c.extension_id, inbox.c.sender, inbox.c.far_station_id, inbox.c.called).where(
            inbox.c.id.between(first, last)
        )
    )
    return {(row.id, row.extension_id): [text for text in row[2:] if text] for row in rows}


SENT_BOX = Box(SENT, faxes.c.accepted_at, fax_words, _texts_sent)
RECEIVED_BOX = Box(RECEIVED, inbox.c.received_at, inbox_words, _texts_received)
