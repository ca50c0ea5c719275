"""Which way a text runs, and what in it must not be turned round (UAX 9). Draws nothing."""

import re
import unicodedata

LEFT_TO_RIGHT_AS_IT_STANDS = "\u202d{}\u202c"
"Letters in the order in which they are seen, whatever they are."
ISOLATED = "\u2066{}\u2069"
"Left to right whatever stands around it."
ISOLATED_AS_IT_RUNS = "\u2068{}\u2069"
"By its own first letter, whatever stands around it."

_TELEPHONE_NUMBER = re.compile(r"\+[0-9](?:[0-9 ().\u00a0/-]{0,30}[0-9])?")


def runs_right_to_left(paragraph: str) -> bool:
    """Tell the direction of a paragraph by its first strong character that is not isolated (P2 and P3)."""
    if paragraph.isascii():
        return False
    depth = 0
    for kind in map(unicodedata.bidirectional, paragraph):
        match kind:
            case "LRI" | "RLI" | "FSI":
                depth += 1
            case "PDI":
                depth = max(0, depth - 1)
            case "L" | "R" | "AL" if not depth:
                return kind != "L"
    return False


def numbers_whole(text: str) -> str:
    """Return a text that runs right to left with its telephone numbers isolated.

    By the rules alone the plus in front of a number would stand behind it, and parts between spaces change places.
    """
    return _TELEPHONE_NUMBER.sub(lambda number: ISOLATED.format(number[0]), text)
