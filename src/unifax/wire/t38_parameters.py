"""What the two ends of a T.38 session say of it in their descriptions (ITU-T T.38 table D.1). Knows no m-line."""

from dataclasses import dataclass
from typing import Self

Attributes = tuple[tuple[str, str | None], ...]
"Names as they came, with value, or None for one without."

SPELLINGS = {"t38maxdatagram": "t38faxmaxdatagram", "t38faxmaxbitrate": "t38maxbitrate"}
"Names of the field, in lower case, and those of ITU-T T.38 table D.1 that they mean."


@dataclass(frozen=True, slots=True)
class T38:
    """The parameters of a T.38 session (ITU-T T.38 table D.1), with the values that count when they are missing."""

    version: int = 0
    max_bit_rate: int = 14_400
    rate_management: str = "transferredTCF"
    udp_ec: str = "t38UDPRedundancy"
    max_datagram: int | None = None
    max_buffer: int | None = None
    fill_bit_removal: bool = False
    transcoding_mmr: bool = False
    transcoding_jbig: bool = False

    @classmethod
    def of(cls, attributes: Attributes) -> Self:
        """Read the attributes of an m-line: names in any case, a space for the colon, `T38MaxDatagram` for
        `T38FaxMaxDatagram`, values with stray spaces or missing; the last one counts.
        """
        values: dict[str, str | None] = {}
        for name, value in attributes:
            name, _, stray = name.lower().partition(" ")
            values[SPELLINGS.get(name, name)] = stray if value is None and stray else value
        return cls(
            version=_count(values.get("t38faxversion"), 0) or 0,
            max_bit_rate=_count(values.get("t38maxbitrate"), None) or 14_400,
            rate_management=(values.get("t38faxratemanagement") or "transferredTCF").strip(),
            udp_ec=(values.get("t38faxudpec") or "t38UDPRedundancy").strip(),
            max_datagram=_count(values.get("t38faxmaxdatagram"), None),
            max_buffer=_count(values.get("t38faxmaxbuffer"), None),
            fill_bit_removal=_flag(values, "t38faxfillbitremoval"),
            transcoding_mmr=_flag(values, "t38faxtranscodingmmr"),
            transcoding_jbig=_flag(values, "t38faxtranscodingjbig"),
        )

    def attributes(self) -> Attributes:
        """Return this as the attributes of an m-line; a flag stands without a value."""
        written: list[tuple[str, str | None]] = [
            ("T38FaxVersion", str(self.version)),
            ("T38MaxBitRate", str(self.max_bit_rate)),
        ]
        for name, flag in (
            ("T38FaxFillBitRemoval", self.fill_bit_removal),
            ("T38FaxTranscodingMMR", self.transcoding_mmr),
            ("T38FaxTranscodingJBIG", self.transcoding_jbig),
        ):
            if flag:
                written.append((name, None))
        written.append(("T38FaxRateManagement", self.rate_management))
        if self.max_buffer is not None:
            written.append(("T38FaxMaxBuffer", str(self.max_buffer)))
        if self.max_datagram is not None:
            written.append(("T38FaxMaxDatagram", str(self.max_datagram)))
        written.append(("T38FaxUdpEC", self.udp_ec))
        return tuple(written)


def _count(text: str | None, otherwise: int | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else otherwise


def _flag(values: dict[str, str | None], name: str) -> bool:
    """A flag is set by its bare name and by `:1`, and not by `:0`."""
    return name in values and (values[name] or "1").strip() != "0"
