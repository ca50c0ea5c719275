"""What the frames of T.30 say, in plain words. Knows no library, no line and no time."""

from collections.abc import Mapping

_ENDS: Mapping[str, str] = {
    "NULL": "more of the same page follows",
    "MPS": "another page follows",
    "EOM": "another page follows, and is agreed on anew",
    "EOP": "that was the last page",
    "PRI-MPS": "another page follows, and an operator is wanted",
    "PRI-EOM": "another page follows, agreed on anew, and an operator is wanted",
    "PRI-EOP": "that was the last page, and an operator is wanted",
}

WORDS: Mapping[str, str] = {
    "DIS": "what the called machine can do",
    "CSI": "the name of the called machine",
    "NSF": "what the called machine can do in its maker's own way",
    "DTC": "what the calling machine can do, which wants to fetch a fax",
    "CIG": "the name of the calling machine, which wants to fetch a fax",
    "NSC": "a maker's own way to fetch a fax",
    "PWD": "a password",
    "SEP": "which fax is to be fetched",
    "SUB": "for whom the fax is, at the called machine",
    "SID": "who sends",
    "PSA": "the address of what is to be fetched",
    "IRA": "an internet address for the answer",
    "CIA": "the internet address of the calling machine",
    "TSA": "the internet address of the sending machine",
    "CSA": "the internet address of the called machine",
    "ISP": "internet address to be used",
    "DCS": "how the pages will be sent",
    "TSI": "the name of the sending machine",
    "NSS": "how the pages will be sent, in a maker's own way",
    "CTC": "error correction goes on, at this speed",
    "CTR": "error correction goes on: understood",
    "CFR": "the training was good: send",
    "FTT": "the training was not good: more slowly",
    **_ENDS,
    **{f"PPS-{end}": f"part of a page is out: {words}" for end, words in _ENDS.items()},
    **{f"EOR-{end}": f"what could not be corrected stays so: {words}" for end, words in _ENDS.items()},
    "MCF": "the page was received",
    "RTP": "the page was received; train anew",
    "RTN": "the page was not received well; train anew",
    "PIP": "the page was received; an operator is wanted",
    "PIN": "the page was not received well; an operator is wanted",
    "PPR": "parts of the page are missing: send these again",
    "RR": "ready?",
    "RNR": "not ready yet",
    "ERR": "not corrected, and understood",
    "FDM": "a file diagnostic",
    "TR": "ready to continue?",
    "FNV": "something in what was asked for is not valid",
    "TNR": "not ready to continue yet",
    "DES": "what the called machine can do beyond that",
    "DER": "what of it is wanted",
    "DEC": "what of it will be used",
    "DNK": "that was not understood",
    "EOS": "the end of a selection",
    "PID": "breaking off for an operator",
    "TK": "keys for secrecy are sent",
    "RK": "keys for secrecy are wanted",
    "CRP": "say that again",
    "DCN": "goodbye",
}
"By the names of `t30_events.Frame` (T.30 5.3.6.1, A.4.3, tables 1 to 3)."


_MODEMS: Mapping[int, str] = {
    0b0000: "V.27ter at 2400 bit/s",
    0b0010: "V.27ter",
    0b0001: "V.29",
    0b0011: "V.27ter, V.29",
    0b1011: "V.27ter, V.29, V.17",
}
"What DIS and DTC tell in bits 11 to 14, bit 11 being the lowest."
_RATES: Mapping[int, str] = {
    0b0000: "2400 bit/s (V.27ter)",
    0b0010: "4800 bit/s (V.27ter)",
    0b0001: "9600 bit/s (V.29)",
    0b0011: "7200 bit/s (V.29)",
    0b1000: "14400 bit/s (V.17)",
    0b1010: "12000 bit/s (V.17)",
    0b1001: "9600 bit/s (V.17)",
    0b1011: "7200 bit/s (V.17)",
}
"What DCS tells in them."
_WIDTHS: Mapping[int, str] = {
    0b00: "pages 215 mm wide",
    0b01: "pages 255 mm wide",
    0b10: "pages 303 mm wide",
}
"Bits 17 and 18."
_LENGTHS: Mapping[int, str] = {0b00: "A4", 0b01: "B4", 0b10: "any length"}
"Bits 19 and 20."
_FEATURES: Mapping[int, str] = {
    6: "V.8",
    27: "error correction",
    28: "frames of 64 octets",
    16: "MR",
    31: "MMR",
    78: "JBIG",
    15: "fine",
    41: "superfine",
    42: "300 dpi",
    43: "400 dpi",
    68: "JPEG",
    69: "colour",
    47: "selective polling",
    49: "subaddresses",
    50: "passwords",
}
"Single bits, in the order in which they are told."
_OF_DIS_ALONE = frozenset({6, 47, 49, 50})


def said(name: str, bits: bytes = b"") -> str:
    """Return a frame's name and what it says; only the name of one that T.30 does not have.

    `bits` are those of DIS, DTC and DCS (T.30 table 2); what is not in them is 0.
    """
    if name not in WORDS:
        return name
    told = f": {_told(bits, is_command=name == 'DCS')}" if bits else ""
    return f"{name}: {WORDS[name]}{told}"


def _told(bits: bytes, *, is_command: bool) -> str:
    whole = int.from_bytes(bits, "little") << 1  # so that bits have their numbers
    rate = whole >> 11 & 0b1111
    features = [
        text for bit, text in _FEATURES.items() if whole >> bit & 1 and not (is_command and bit in _OF_DIS_ALONE)
    ]
    width = _WIDTHS.get(whole >> 17 & 0b11, "pages of no known width")
    length = _LENGTHS.get(whole >> 19 & 0b11, "no known length")
    modem = (_RATES if is_command else _MODEMS).get(rate, "a modem of no known kind")
    return ", ".join([modem, *features, width, length])
