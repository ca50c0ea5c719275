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
"By the names of `t30_pages.Frame` (T.30 5.3.6.1, A.4.3, tables 1 to 3)."


def said(name: str) -> str:
    """Return a frame's name and what it says; only the name of one that T.30 does not have."""
    return f"{name}: {WORDS[name]}" if name in WORDS else name
