"""Hooks are told of every change of state, by real requests to a receiver on loopback, until they have been told."""

import asyncio
import json
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, ends
from tests.receiver import Heard, answer, receiving
from tests.world import NOW, Person, World, a_world
from unifax.model.hook import Answer, Hook, HookMethod, HookStatus, HookType
from unifax.model.outcome import Outcome
from unifax.model.reach import parse_network
from unifax.service.hooks import Again, Place, Wish
from unifax.service.messages import Message
from unifax.service.notify import Memory, Notifier
from unifax.service.outward import Outward
from unifax.store import notices
from unifax.work.jobs import notify_job_id
from unifax.work.reconciler import reconcile


class Bell:
    """Hooks of the cast, and a receiver; notices are told by hand, one after the other, on the desk's clock."""

    def __init__(self, world: World, answers: Sequence[bytes] = ()) -> None:
        self.world = world
        self.desk = Desk(world, traces=world.traces)
        self.answers = answers
        self.heard: list[Heard] = []
        self.hooks: list[Hook] = []
        self.notifier = self._notifier()

    def hook(
        self,
        who: Person,
        kind: HookType,
        method: HookMethod = HookMethod.JSON,
        status: HookStatus = HookStatus.ON,
    ) -> Hook:
        assert who.extension is not None
        place = Place(who.viewer, "@me", who.extension.number)
        wish = Wish("http://127.0.0.1:1/?by=fax", method, status)
        self.hooks.append(self.world.run(self.world.hooks.create(place, kind, wish)))
        return self.hooks[-1]

    def now(self, hook: Hook) -> Hook:
        """Return a hook as it is now."""
        place = Place(self.world.root.viewer, "@owner", "0003*210", hook.type)
        return self.world.run(self.world.hooks.one(place, hook.id))

    def ring(self) -> None:
        """Tell what is due now, once each. What every notice needs is there: live work."""
        self.world.run(self._ring())

    async def _ring(self) -> None:
        async with receiving(self.answers) as receiver:
            # The ports of loopback are new each time; hooks stay as their owners wrote them.
            self.world.execute(f"UPDATE hooks SET url = '{receiver.url}?by=fax'")
            due = self.due()
            for notice in due:
                await self.notifier.notify("run", notice.notice_id, notice.work)
        self.answers = receiver.answers
        self.heard += receiver.heard

    def due(self) -> Sequence[notices.NoticeWork]:
        rows = self.world.db.read(notices.waiting_notices, None, 1000, self.desk.now)
        names = {notify_job_id(row) for row in rows}
        assert self.world.queue.live(names) == names
        return rows

    def _notifier(self) -> Notifier:
        def clock() -> datetime:
            return self.desk.now

        outward = Outward([parse_network("127.0.0.1")], clock, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return Notifier(
            self.world.db, self.world.queue, self.world.hook_keys, outward.send, clock, lambda: 0.5, self.world.traces
        )

    def states(self) -> list[object]:
        return self.world.column("SELECT state FROM notices ORDER BY id")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def told(heard: Heard) -> dict[str, object]:
    data = json.loads(heard.body)["data"]
    assert isinstance(data, dict)
    return data


def test_each_change_of_state_is_told_once(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.hook(world.bob, HookType.RECIPIENT)
    bell.desk.far_ends = {
        "7778888": [ends(Outcome.BUSY), ends(Outcome.SENT, PAGES)],
        "7778801": [ends(Outcome.REFUSED)],
    }
    bell.desk.finish(bell.desk.send("7778888", "7778801"))
    bell.ring()
    facts = [told(heard) for heard in bell.heard]
    assert [each["faxState"] for each in facts if "faxState" in each] == [
        "Pre-Approved",
        "Scheduled For Sending",
        "Partially Sent",
    ]
    of = {
        number: [each["recipientState"] for each in facts if each.get("recipient") == number]
        for number in ("7778888", "7778801")
    }
    assert of["7778888"] == ["preparing", "waiting", "calling", "waiting", "calling", "sent"]
    assert of["7778801"] == ["preparing", "waiting", "calling", "failed"]
    assert len(facts) == 3 + 6 + 4
    bell.ring()
    assert len(bell.heard) == len(facts)


def test_who_is_told_is_the_extension_and_the_type_and_those_that_are_on(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT, status=HookStatus.OFF)
    bell.hook(world.bob, HookType.FAX_IN)
    bell.hook(world.charlie, HookType.FAX_OUT)
    received = bell.hook(world.charlie, HookType.FAX_IN)
    bell.desk.finish(bell.desk.send("0004*210"))
    bell.ring()
    (heard,) = bell.heard
    assert heard.signature_is_of(world.hook_keys.secret(received))
    assert told(heard) == {
        "eventId": told(heard)["eventId"],
        "extension": "0004*210",
        "inboxId": "1",
        "sender": "0003*210",
        "pages": PAGES,
        "complete": True,
    }


def test_json_is_what_standard_webhooks_asks_for(world: World) -> None:
    bell = Bell(world)
    hook = bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    bell.ring()
    (heard,) = bell.heard
    assert (heard.method, heard.target) == ("POST", "/told?by=fax")
    assert heard.headers["content-type"] == "application/json"
    body = json.loads(heard.body)
    event = body["data"]["eventId"]
    assert body == {
        "type": "fax.changed",
        "timestamp": "2026-02-03T04:05:06Z",
        "data": {
            "eventId": event,
            "extension": "0003*210",
            "faxId": "1",
            "faxUid": f"{1:032x}",
            "faxState": "Pre-Approved",
        },
    }
    assert heard.headers["webhook-id"] == f"evt_{event}"
    assert heard.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert heard.headers["user-agent"] == "Unifax-Hooks/1"
    assert heard.signature_is_of(world.hook_keys.secret(hook))
    assert not heard.signature_is_of("whsec_" + "A" * 43 + "=")


@pytest.mark.parametrize("method", [HookMethod.GET, HookMethod.POST])
def test_parameters_are_those_of_voipnow_in_the_query_or_as_a_form(world: World, method: HookMethod) -> None:
    bell = Bell(world)
    hook = bell.hook(world.bob, HookType.RECIPIENT, method)
    bell.desk.far_ends["7778888"] = [ends(Outcome.NO_SUCH_NUMBER)]
    bell.desk.finish(bell.desk.send("7778888"))
    bell.ring()
    heard = bell.heard[-1]
    said = dict(heard.parameters)
    if method is HookMethod.GET:
        assert (heard.method, heard.body) == ("GET", b"")
        assert heard.target.startswith("/told?by=fax&EventID=")
        assert said.pop("by") == "fax"
    else:
        assert (heard.method, heard.target) == ("POST", "/told?by=fax")
        assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
    assert heard.headers["webhook-id"] == f"evt_{said.pop('EventID')}"
    assert said == {
        "EventTime": "2026-02-03T04:05:06Z",
        "Extension": "0003*210",
        "FaxID": "1",
        "FaxUID": f"{1:032x}",
        "Recipient": "7778888",
        "RecipientState": "failed",
        "Reason": "no_such_number",
        "PagesConfirmed": "0",
        "Pages": str(PAGES),
    }
    assert heard.signature_is_of(world.hook_keys.secret(hook))


def test_for_a_day_after_a_new_secret_the_old_one_signs_too(world: World) -> None:
    bell = Bell(world)
    hook = bell.hook(world.bob, HookType.FAX_OUT)
    new = world.run(world.hooks.rotate(Place(world.bob.viewer, "@me", "0003*210", hook.type), hook.id))
    bell.desk.send("7778888")
    bell.ring()
    bell.desk.now = NOW + timedelta(hours=24)
    bell.desk.send("7778888")
    bell.ring()
    old_signs = [heard.signature_is_of(world.hook_keys.secret(hook)) for heard in bell.heard]
    new_signs = [heard.signature_is_of(world.hook_keys.secret(new)) for heard in bell.heard]
    assert (old_signs, new_signs) == ([True, False], [True, True])


def test_what_failed_is_told_again_later_under_the_same_id(world: World) -> None:
    bell = Bell(world, [answer(500), answer(429, "Retry-After: 3600")])
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    bell.ring()
    bell.ring()
    assert (len(bell.heard), bell.states()) == (1, ["waiting"]), "not before its time"
    bell.desk.now += timedelta(seconds=6)
    bell.ring()
    bell.desk.now += timedelta(seconds=3599)
    bell.ring()
    assert len(bell.heard) == 2, "the receiver asked for an hour"
    bell.desk.now += timedelta(seconds=1)
    bell.ring()
    assert bell.states() == ["told"]
    assert len({heard.headers["webhook-id"] for heard in bell.heard}) == 1
    assert len({heard.headers["webhook-signature"] for heard in bell.heard}) == 3
    assert world.column("SELECT tries || ' ' || http_status FROM notices") == ["3 204"]


def test_a_receiver_that_never_takes_it_is_given_up(world: World) -> None:
    bell = Bell(world, [answer(404)] * 50)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    while bell.states() == ["waiting"]:
        bell.ring()
        bell.desk.now += timedelta(hours=25)
    assert bell.states() == ["given_up"]
    assert len(bell.heard) == 11
    assert world.column("SELECT trouble FROM notices") == ["it answers 404"]
    bell.ring()
    assert len(bell.heard) == 11


def test_a_receiver_that_is_gone_is_told_nothing_more(world: World) -> None:
    bell = Bell(world, [answer(410)])
    hook = bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    bell.desk.finish(bell.desk.send("7778888"))
    bell.ring()
    assert len(bell.heard) == 1
    assert bell.now(hook).status is HookStatus.OFF
    assert bell.states() == ["given_up"] * 3
    assert world.column("SELECT trouble FROM notices WHERE tries = 0") == ["the hook is switched off"] * 2
    bell.desk.send("7778888")
    assert bell.due() == []


def test_what_was_told_and_not_written_down_is_told_again_under_the_same_id(world: World) -> None:
    """The process ends between the two: others take its work over."""
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    sent: list[Message] = []

    async def dies(message: Message) -> Answer:
        sent.append(message)
        raise asyncio.CancelledError

    (notice,) = bell.due()
    dying = Notifier(world.db, world.queue, world.hook_keys, dies, lambda: NOW, lambda: 0.0)
    with pytest.raises(asyncio.CancelledError):
        world.run(dying.notify("run", notice.notice_id, notice.work))
    bell.ring()
    assert bell.heard[0].headers["webhook-id"] == sent[0].headers["webhook-id"]
    assert bell.states() == ["told"]


def test_work_that_is_stale_tells_nothing(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    (notice,) = bell.due()
    bell.ring()
    world.run(bell.notifier.notify("run", notice.notice_id, notice.work))
    assert len(bell.heard) == 1


def test_of_two_that_tell_at_once_the_first_to_write_holds(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    (notice,) = bell.due()
    due = world.db.read(notices.due_notice, notice.notice_id, notice.work)
    assert due is not None
    assert world.db.write(notices.record_try, due, Answer(204), None, NOW) is None
    assert world.db.write(notices.record_try, due, Answer(500), NOW, NOW) is None
    assert bell.states() == ["told"]


def test_a_hook_that_is_switched_off_meanwhile_is_not_told(world: World) -> None:
    bell = Bell(world)
    hook = bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    place = Place(world.bob.viewer, "@me", "0003*210", hook.type)
    world.run(world.hooks.change(place, hook.id, Wish(status=HookStatus.OFF)))
    bell.ring()
    assert (bell.heard, bell.states()) == ([], ["given_up"])


def test_an_event_is_told_again_when_asked_under_the_same_id(world: World) -> None:
    bell = Bell(world)
    hook = bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    bell.ring()
    place = Place(world.bob.viewer, "@me", "0003*210", hook.type)
    assert world.run(world.hooks.replay(place, hook.id, Again(since=NOW))).notices == 1
    bell.ring()
    first, again = bell.heard
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])


@pytest.mark.parametrize("how", ["ERROR", "gone"])
def test_a_notice_whose_work_is_lost_gets_new_work_once(world: World, how: str) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    world.execute(
        "DELETE FROM workflow_status WHERE name = 'notify'"
        if how == "gone"
        else f"UPDATE workflow_status SET status = '{how}' WHERE name = 'notify'"
    )
    assert reconcile(world.db, world.queue, NOW) == 1
    assert reconcile(world.db, world.queue, NOW) == 0
    bell.ring()
    assert bell.states() == ["told"]
    assert reconcile(world.db, world.queue, NOW) == 0


def test_events_are_forgotten_in_time_but_not_before_they_are_told(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.send("7778888")
    bell.desk.now = NOW + timedelta(days=30)
    bell.desk.send("7778888")

    def left() -> list[object]:
        world.run(Memory(world.db, 30, lambda: bell.desk.now).forget())
        return world.column("SELECT fax_id || kind FROM events ORDER BY id")

    assert left() == ["1recipient", "1fax", "2recipient", "2fax"]
    bell.desk.now += timedelta(seconds=1)
    assert left() == ["1fax", "2recipient", "2fax"], "a notice of it still waits"
    bell.ring()
    assert left() == ["2recipient", "2fax"]
    assert bell.states() == ["told"]


def test_a_form_says_yes_and_no_as_json_does(world: World) -> None:
    bell = Bell(world)
    bell.hook(world.charlie, HookType.FAX_IN, method=HookMethod.POST)
    bell.desk.finish(bell.desk.send("0004*210"))
    bell.ring()
    assert bell.heard[0].parameters["Complete"] == "true"
