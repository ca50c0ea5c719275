"""The recorders of the calls of one station, by Call-ID. Knows no socket, clock or chance.

They only look on: one that breaks is dropped, and its call never notices.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from unifax.line.call import Call, CallEvent
from unifax.line.recorder import Recorder
from unifax.model.errors import ProtocolError
from unifax.model.transcript import Way
from unifax.wire.datagram import Address
from unifax.wire.sip.message import Request, Response, parse
from unifax.wire.sip.shown import call_id_of

log = logging.getLogger(__name__)


class Recorders:
    """Every method does nothing for a call that is not recorded."""

    def __init__(self) -> None:
        self._by_call_id: dict[str, Recorder] = {}
        self._over: list[str] = []

    def add(self, call_id: str, recorder: Recorder) -> None:
        """Record a call from now on."""
        self._by_call_id[call_id] = recorder

    def forget(self, call: Call) -> None:
        """The call is over: what it has still to say is recorded until `forget_those_over`."""
        if call.leg.call_id in self._by_call_id:
            self._over.append(call.leg.call_id)

    def forget_those_over(self) -> None:
        for call_id in self._over:
            self._by_call_id.pop(call_id, None)
        self._over.clear()

    def said(
        self,
        data: bytes,
        here: Address,
        far: Address,
        now: float,
        *,
        outgoing: bool,
        message: Request | Response | None = None,
    ) -> None:
        """A SIP message came from `far` or leaves for it. `message` is what it says, where that is known."""
        if self._by_call_id:
            way = Way.OUT if outgoing else Way.IN
            message = message or _read(data)
            call_id = call_id_of(data) if message is None else message.headers.get("Call-ID") or ""
            self._show(call_id, partial(Recorder.sip, data=data, here=here, far=far, now=now, way=way, message=message))

    def look(self, touched: Iterable[Call], happened: Sequence[tuple[Call, CallEvent]], now: float) -> None:
        """Something has happened to some calls; see where they stand, and hear what they tell."""
        if self._by_call_id:
            for call in touched:
                self._show(call.leg.call_id, partial(Recorder.look, call=call, now=now))
            for call, event in happened:
                self._show(call.leg.call_id, partial(Recorder.happened, event=event, now=now))

    def _show(self, call_id: str, show: Callable[[Recorder], None]) -> None:
        recorder = self._by_call_id.get(call_id)
        if recorder is None:
            return
        try:
            show(recorder)
        except Exception:
            log.exception("the recorder of call %s broke", call_id)
            del self._by_call_id[call_id]


def _read(data: bytes) -> Request | Response | None:
    """Return what a message says, or None when it cannot be read."""
    try:
        return parse(data)
    except ProtocolError:
        return None
