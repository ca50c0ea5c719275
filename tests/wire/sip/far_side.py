"""The far side played by hand: what no agent of ours would send, said to one of ours."""

from collections.abc import Iterable
from itertools import count

from unifax.wire.datagram import Address, Datagram
from unifax.wire.sip import agent as sip
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.message import Headers, Request, Response, parse

US, THEM = Address("10.0.0.1", 5060), Address("10.0.0.9", 5090)
ALWAYS = ("Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Contact")


class FarSide:
    """One agent of ours, and everything that it says to us."""

    def __init__(self) -> None:
        numbers = count(1)
        self.agent = sip.Agent(address=US, user_agent="unifax", token=lambda: f"t{next(numbers)}")
        self.now = 0.0
        self.datagrams: list[Datagram] = []
        self._branches = count(1)

    def say(self, data: bytes, source: Address = THEM) -> list[Request | Response]:
        """Send bytes; return what comes back at once."""
        self.agent.receive(data, source, self.now)
        return self.take()

    def request(
        self,
        method: str,
        *changed: tuple[str, str],
        to_tag: str = "",
        cseq: int = 1,
        branch: str | None = None,
        body: bytes = b"",
        uri: str = "sip:7778888@10.0.0.1",
        call_id: str = "call of theirs",
    ) -> Request:
        """Return a request; `changed` replaces headers, or removes them if empty, or adds others."""
        fields = {
            "Via": f"SIP/2.0/UDP {THEM};branch={branch or f'z9hG4bK-far-{next(self._branches)}'}",
            "From": "<sip:0049123@10.0.0.9>;tag=far",
            "To": "<sip:7778888@10.0.0.1>" + (f";tag={to_tag}" if to_tag else ""),
            "Call-ID": call_id,
            "CSeq": f"{cseq} {method}",
            "Max-Forwards": "70",
            "Contact": f"<sip:far@{THEM}>",
        } | dict(changed)
        if body:
            fields.setdefault("Content-Type", "application/sdp")
        headers = Headers.of(*((name, value) for name, value in fields.items() if value))
        return Request(method, uri, headers=headers, body=body)

    def ask(
        self,
        method: str,
        *changed: tuple[str, str],
        to_tag: str = "",
        cseq: int = 1,
        branch: str | None = None,
        body: bytes = b"",
        uri: str = "sip:7778888@10.0.0.1",
        call_id: str = "call of theirs",
    ) -> list[Request | Response]:
        """Send such a request; return what comes back at once."""
        request = self.request(
            method, *changed, to_tag=to_tag, cseq=cseq, branch=branch, body=body, uri=uri, call_id=call_id
        )
        return self.say(bytes(request))

    def answer(
        self, request: Request | Response, status: int, *fields: tuple[str, str], tag: str = "far", body: bytes = b""
    ) -> list[Request | Response]:
        """Answer a request of our agent."""
        assert isinstance(request, Request)
        return self.say(bytes(request.response(status, *fields, tag=tag, body=body)))

    def take(self) -> list[Request | Response]:
        self.datagrams = self.agent.datagrams_to_send()
        return [parse(datagram.data) for datagram in self.datagrams]

    def wait(self, seconds: float) -> list[Request | Response]:
        """Let time pass; return what was sent in it."""
        end, said = self.now + seconds, self.take()
        while (wake := self.agent.next_wake()) is not None and wake <= end:
            self.now = wake
            self.agent.wake(wake)
            said += self.take()
        self.now = end
        return said

    def call_us(self, body: bytes = b"audio of theirs") -> sip.Leg:
        """Call our agent; return its leg, invited."""
        assert words(self.ask("INVITE", body=body)) == ["100"]
        (invited,) = self.agent.events()
        assert isinstance(invited, sip.Invited)
        return invited.leg

    def talk(self, body: bytes = b"audio of theirs") -> sip.Leg:
        """Call our agent, let it answer, acknowledge."""
        leg = self.call_us(body)
        leg.answer(b"audio of ours", self.now)
        assert words(self.take()) == ["200"]
        assert self.ask("ACK", to_tag=leg.tag) == []
        return leg

    def be_called(self, credentials: Credentials | None = None) -> tuple[sip.Leg, Request]:
        """Let our agent call us; return its leg and its INVITE."""
        leg = self.agent.invite(
            to=f"sip:far@{THEM}",
            from_=f"sip:210@{US}",
            sdp=b"audio of ours",
            destination=THEM,
            now=self.now,
            credentials=credentials,
        )
        (invite,) = self.take()
        assert isinstance(invite, Request)
        return leg, invite


def words(messages: Iterable[Request | Response]) -> list[str]:
    """Return methods and statuses."""
    return [m.method if isinstance(m, Request) else str(m.status) for m in messages]
