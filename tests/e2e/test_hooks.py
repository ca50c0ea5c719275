"""A hook on a real fax: the running service tells a receiver on loopback, signed so that the library verifies it.

And a collector of traces beside it is told of all that was done for the fax, by each process its part.
"""

import asyncio
import json
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
from standardwebhooks import Webhook

from tests.e2e.running import Running, ended, running, send_example, until
from tests.receiver import Receiver, answer, receiving
from tests.spans import Collector, collecting


def test_a_receiver_hears_of_a_fax_from_its_acceptance_to_its_end(tmp_path: Path) -> None:
    async def hearing() -> None:
        async with receiving([answer(500)]) as receiver:
            await asyncio.to_thread(sends_a_fax, tmp_path, receiver)

    asyncio.run(hearing())


def sends_a_fax(folder: Path, receiver: Receiver) -> None:
    def states() -> set[str]:
        return {json.loads(heard.body)["data"]["recipientState"] for heard in receiver.heard[1:]}

    with collecting() as collector, tracing(folder / "data", collector) as service, service.client() as client:
        hooks = f"{service.url}/uapi/extensions/@me/0003*210/faxEvents"
        asking = {"Authorization": f"Bearer {service.token}"}
        made = httpx.post(hooks, headers=asking, json={"type": 1, "method": 2, "url": receiver.url}).json()
        ended(client, send_example(client))
        until(lambda: states() == {"preparing", "waiting", "calling", "sent"}, 60, "all is told")
        for heard in receiver.heard:
            assert Webhook(made["secret"]).verify(heard.body, heard.headers)["type"] == "recipient.changed"
        first, *later = (heard.headers["webhook-id"] for heard in receiver.heard)
        assert first in later, "what was refused is told again, as the same"
        assert len(set(later)) == len(later) == 4

        def notices() -> list[dict[str, object]]:
            listed: list[dict[str, object]] = httpx.get(f"{hooks}/1/1/notices", headers=asking).json()["entry"]
            return listed

        until(lambda: {each["state"] for each in notices()} == {"told"}, 30, "all is written down")
        assert sorted(str(each["tries"]) for each in notices()) == ["1", "1", "1", "2"]
        whole = {"paper": 1, "call": 1, "notice": 5}
        until(lambda: counted(collector) == whole, 60, "all processes have told of their spans")
        post = collector.one(POST)
        assert {(span.name, span.role) for span in [post, *collector.below(post)]} == {
            (POST, "web"),
            ("paper", "prepare"),
            ("call", "line"),
            ("notice", "prepare"),
        }
        (call,) = (span for span in collector.below(post) if span.name == "call")
        assert [page.facts["page.number"] for page in collector.below(call)] == list(range(1, PAGES + 1))
        assert call.began <= collector.below(call)[0].began


POST = "POST /uapi/faxes/{user}/{extension}"
PAGES = 1


def tracing(data: Path, collector: Collector) -> AbstractContextManager[Running]:
    return running(
        data,
        {
            "UNIFAX_HOOKS__ALLOW": "127.0.0.1",
            "UNIFAX_TRACES__ENDPOINT": collector.endpoint,
            "UNIFAX_TRACES__AUTHORIZATION": "Bearer collector",
        },
    )


def counted(collector: Collector) -> dict[str, int]:
    """Return how many spans of each name are part of the request that brought a fax."""
    posts = [span for span in collector.spans() if span.name == POST]
    return dict(Counter(span.name for post in posts for span in collector.below(post)))
