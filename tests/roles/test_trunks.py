"""What the settings say of a trunk is what the line does."""

import asyncio
from pathlib import Path

from tests.line.switchboard import LOOPBACK, forget, order
from unifax.line.exchange import Exchange
from unifax.line.media import MediaTerms
from unifax.line.trunk import Patience, Trunks
from unifax.model.outcome import Outcome
from unifax.roles.trunks import exchange_for, gate_of, trunk_of
from unifax.settings import Settings
from unifax.settings.telephony import Line, Trunk
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.sdp import Sdp
from unifax.wire.sip.agent import Invited
from unifax.wire.sip.message import parse


def test_the_media_of_a_trunk_go_as_its_settings_say() -> None:
    trunk = Trunk(server=("192.0.2.1:5060",), codecs=("PCMA", "PCMU"), t38_redundancy=1, t38_max_datagram=200)
    assert trunk_of(trunk).media_terms == MediaTerms((Law.A, Law.MU), 1, 200)


def test_what_the_settings_leave_open_is_left_to_the_line() -> None:
    assert trunk_of(Trunk(server=("192.0.2.1:5060",))).media_terms == MediaTerms()


def test_each_trunk_is_told_what_its_own_settings_say_of_us(tmp_path: Path) -> None:
    async def go() -> None:
        invites: list[bytes] = []

        def busy(invited: Invited) -> None:
            invites.append(invited.invite)
            far.refuse(invited, 486)

        async with Exchange(LOOPBACK, invited=busy) as far:
            line = Line(media_ports=(21_000, 21_099), public_address="198.51.100.1")
            own = Trunk(server=(str(far.address),), public_address="198.51.100.7", media_ports=(21_100, 21_199))
            for given, host, ports in (
                (own, "198.51.100.7", range(21_100, 21_200)),
                (Trunk(server=own.server), "127.0.0.1", range(21_000, 21_100)),  # it is not outside
            ):
                settings = Settings(line=line, trunks={"far": given})
                async with exchange_for(settings, LOOPBACK, gate_of(settings.trunks)) as exchange:
                    trunks = Trunks(exchange, {"far": trunk_of(given)}, Patience())
                    assert (await trunks.dial(order(tmp_path / "none.tif"), forget)).outcome is Outcome.BUSY
                    invite = parse(invites.pop())
                    assert invite.headers.get("Contact") == f"<sip:0003%2A210@{host}:{exchange.address.port}>"
                    media = Sdp.parse(invite.body).audio_address()
                    assert media in [Address(host, port) for port in ports]

    asyncio.run(go())
