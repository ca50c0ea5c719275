"""The sandbox fax machine: a real one on loopback UDP, that receives, is busy, or breaks, on script.

It speaks SIP, UDPTL and T.30 by the same code that calls carriers; only what it does with a call is scripted.
The last two digits of its number choose the script: `7778888` receives, `7778801` is busy, and so on.
"""

import asyncio
import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from unifax.line.call import CallEvent, Over
from unifax.line.exchange import Exchange
from unifax.line.plan import Plan
from unifax.model.call import T38Use
from unifax.model.errors import ProtocolError
from unifax.model.manner import Modem
from unifax.model.numbers import shorten
from unifax.wire import t30
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Invited

log = logging.getLogger(__name__)

LAST_PAGE = frozenset({"EOP", "PPS-EOP"})


@dataclass(frozen=True, slots=True)
class Script:
    """What the machine does with a call."""

    does: str
    "For people: the table in the documentation is made of these."
    status: int | None = None
    "Refuses the INVITE with this SIP status."
    rings_only: bool = False
    t38: T38Use = T38Use.ON
    offers_t38: bool = True
    "Offers T.38 by itself; False leaves it to the caller."
    paced: bool = False
    ecm: bool = True
    fine: bool = True
    "False takes standard resolution only."
    slow: bool = False
    "Only V.27ter, 4800 bit/s."
    drops_after_page: bool = False
    "Hangs up in the middle of the page after the first it has confirmed."
    withholds_last_confirmation: bool = False
    loss: float = 0.0
    "Share of media datagrams lost, both ways."
    loses_image: bool = False
    "After the training, no image of a page comes in."
    gives_up_above: int | None = None
    "Hangs up once the modems have agreed on more bit/s than this."

    @property
    def is_bad_line(self) -> bool:
        """Whether something happens to single datagrams."""
        loses = self.loss or self.loses_image or self.withholds_last_confirmation
        return bool(loses or self.drops_after_page or self.gives_up_above)


SCRIPTS: Mapping[str, Script] = {
    "88": Script("receives"),
    "01": Script("is busy (486)", status=486),
    "02": Script("rings and is never answered", rings_only=True),
    "03": Script("declines the call (603)", status=603),
    "04": Script("does not exist (404)", status=404),
    "05": Script("is not available (480)", status=480),
    "06": Script("is answered by a person, who says nothing: no fax, no T.38", t38=T38Use.OFF, loss=1.0),
    "07": Script("confirms one page and hangs up in the middle of the next", drops_after_page=True),
    "08": Script(
        "takes T.38 only, and cannot read the page: no error correction, image lost on the way",
        t38=T38Use.ONLY,
        ecm=False,
        loses_image=True,
    ),
    "09": Script("receives, but its last confirmation is lost", withholds_last_confirmation=True),
    "10": Script("receives over a line that loses 5 % of the packets, both ways", loss=0.05),
    "11": Script("takes G.711 only, in real time: declines T.38 (488)", t38=T38Use.OFF),
    "12": Script("receives slowly, in real time, at 4800 bit/s", paced=True, slow=True),
    "13": Script("receives, and leaves it to the caller to offer T.38", offers_t38=False),
    "14": Script("hangs up when a fax is to come faster than 9600 bit/s, as over V.17", gives_up_above=9600),
    "15": Script("receives pages of standard resolution only", fine=False),
}
"By the last two digits of the number."

FILE_NAME_CHARACTERS = 64
IMAGE_BYTES = 100
"A UDPTL datagram longer than this carries page image: control frames are a few bytes, even three times over."
RINGING_SECONDS = 180.0
"How long it rings at most, for callers that never give up: as long as a proxy waits (RFC 3261 16.6, timer C)."


class Machine:
    """A fax machine on one exchange. It keeps what it receives in `folder/NUMBER/CALL-ID.tif`.

    A call that it cannot take, whatever the reason, is refused; others never notice.
    """

    def __init__(self, folder: Path, numbers: Sequence[str], tasks: asyncio.TaskGroup) -> None:
        """`numbers` are patterns; a number they do not cover gets 404."""
        self._folder = folder
        self._numbers = numbers
        self._tasks = tasks
        self.exchange: Exchange

    def invited(self, invited: Invited) -> None:
        """A call comes in: do what the script of its number says."""
        number, leg = invited.called, invited.leg
        script = SCRIPTS.get(number[-2:]) if any(fnmatchcase(number, each) for each in self._numbers) else None
        now = self.exchange.now()
        log.info("machine %s < INVITE, %s", shorten(number), script.does if script else "not a number of ours")
        if script is None:
            leg.refuse(404, now)
        elif script.status is not None:
            leg.refuse(script.status, now)
        else:
            leg.ring(now)
            self._tasks.create_task(self._ring_out(invited) if script.rings_only else self._answer(invited, script))

    async def _ring_out(self, invited: Invited) -> None:
        await asyncio.sleep(RINGING_SECONDS)
        self.exchange.refuse(invited, 480)

    async def _answer(self, invited: Invited, script: Script) -> None:
        try:
            await self._talk(invited, script)
        except ProtocolError:
            self.exchange.refuse(invited, 488)
        except Exception:
            log.exception("machine %s broke", shorten(invited.called))
            self.exchange.refuse(invited, 500)

    async def _talk(self, invited: Invited, script: Script) -> None:
        """Answer a call and see it through. Raises ProtocolError when its SDP cannot be answered with audio."""
        number = file_name(invited.called)
        folder = self._folder / number
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / f"{file_name(invited.leg.call_id)}.tif"
        plan = _plan(script, kept, number[-t30.STATION_ID_CHARACTERS :])
        line = BadLine(script)
        media = await self.exchange.open_media(line.passes if script.is_bad_line else None)
        happened: asyncio.Queue[t30.PageReceived | Over] = asyncio.Queue()

        def listen(event: CallEvent) -> None:
            line.hears(event)  # at once: what it decides about may be sent in this same moment
            if isinstance(event, t30.PageReceived | Over):
                happened.put_nowait(event)

        call = self.exchange.take(invited, plan, media, listen)
        line.hang_up = lambda: self.exchange.hang_up(call)
        while not isinstance(event := await happened.get(), Over):
            if isinstance(event, t30.PageReceived):
                self.exchange.release(call)
        log.info("machine %s = over: %s", shorten(invited.called), event.report.outcome)


class BadLine:
    """The line between the machine and the network, as bad as the script says."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._trained = False
        self._too_fast = False
        self._confirmed = False
        self._last_page = False
        self.hang_up: Callable[[], None]

    def hears(self, event: CallEvent) -> None:
        """Note what the machine says and is told."""
        match event:
            case t30.Negotiated(bits_per_second=speed):
                self._trained = True
                self._too_fast = self._script.gives_up_above is not None and speed > self._script.gives_up_above
            case t30.PageReceived():
                self._confirmed = True
            case t30.Frame(outgoing=False, name=name) if name in LAST_PAGE:
                self._last_page = True
            case _:
                pass

    def passes(self, data: bytes, outgoing: bool) -> bool:
        """Whether a datagram gets through."""
        script = self._script
        if outgoing:
            lost = self._last_page and script.withholds_last_confirmation
        else:
            image = len(data) > IMAGE_BYTES
            lost = image and self._trained and script.loses_image
            if self._too_fast or (image and self._confirmed and script.drops_after_page):
                self.hang_up()
        return not lost and random.random() >= script.loss


def file_name(text: str) -> str:
    """Return what a caller named as part of a file name: the end of it, in plain characters."""
    return re.sub(r"[^A-Za-z0-9.+-]", "_", text)[-FILE_NAME_CHARACTERS:]


def _plan(script: Script, kept: Path, number: str) -> Plan:
    return Plan(
        t30.TerminalOptions(
            calling=False,
            station_id=number,
            send=None,
            receive=kept,
            ecm=script.ecm,
            fine=script.fine,
            paced=script.paced,
            modem=Modem.V27TER if script.slow else Modem.V17,
        ),
        t38=script.t38,
        offer_after_seconds=0.2 if script.offers_t38 else None,
    )


async def run_machine(address: Address, folder: Path, numbers: Sequence[str]) -> None:
    """Answer calls at a SIP address until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        machine = Machine(folder, numbers, tasks)
        async with Exchange(address, invited=machine.invited) as machine.exchange:
            await asyncio.Event().wait()
