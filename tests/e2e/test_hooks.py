"""A hook on a real fax: the running service tells a receiver on loopback, signed so that the library verifies it."""

import asyncio
import json
from pathlib import Path

import httpx
from standardwebhooks import Webhook

from tests.e2e.running import ended, running, send_example, until
from tests.receiver import Receiver, answer, receiving


def test_a_receiver_hears_of_a_fax_from_its_acceptance_to_its_end(tmp_path: Path) -> None:
    async def hearing() -> None:
        async with receiving([answer(500)]) as receiver:
            await asyncio.to_thread(sends_a_fax, tmp_path, receiver)

    asyncio.run(hearing())


def sends_a_fax(folder: Path, receiver: Receiver) -> None:
    def states() -> set[str]:
        return {json.loads(heard.body)["data"]["recipientState"] for heard in receiver.heard[1:]}

    with running(folder / "data", {"UNIFAX_HOOKS__ALLOW": "127.0.0.1"}) as service, service.client() as client:
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
