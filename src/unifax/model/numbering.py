"""Telephone numbers in one form each, and those that cost: E.164, by the tables of libphonenumber. Knows no trunk.

What is no number of the public network (a PBX's own, a number of the sandbox) stays as it was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from unifax.model.errors import RecipientsInvalid, RequestInvalid
from unifax.model.routes import matches

WORLD = "001"
"What stands for a region in numbers that belong to no country (CLDR)."
SATELLITES = frozenset({870, 881, 882, 883})
"Codes of networks that cost as much as premium services, and are as loved by fraudsters."


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """How numbers are written where the sender is."""

    region: str = ""
    "ISO 3166-1: `DE`. Empty: only what begins with a plus is known to be a public number."
    local: Sequence[str] = ()
    "Patterns of numbers that stay as they are written."

    def within(self, region: str | None) -> "NumberingPlan":
        """Return the plan of an organization with a region of its own, or this one."""
        return replace(self, region=region) if region else self

    def canonical(self, plain: str) -> str:
        """Return `+493012345` for a public number, however it was written; anything else as it is.

        `plain` is a number as `parse_recipient` leaves it. Raises RecipientsInvalid for what begins with a plus and
        can be no number, and for an emergency number: a fax there keeps a line that somebody may need.
        """
        if "*" in plain or matches(plain, self.local):
            return plain
        if plain.startswith("+"):
            number = _read(plain, None)
            if number is None or not phonenumbers.is_possible_number(number) or _read(_e164(number), None) != number:
                raise RecipientsInvalid(f"'{plain}' is no telephone number: there is none of this form.")
            return _e164(number)
        if not self.region:
            return plain
        if phonenumbers.is_emergency_number(plain, self.region):
            raise RecipientsInvalid(f"'{plain}' is an emergency number.")
        number = _read(plain, self.region) if self._reaches_out(plain) else None
        return plain if number is None or not phonenumbers.is_valid_number(number) else _e164(number)

    def beginnings(self, word: str) -> tuple[str, ...]:
        """Return what words of numbers may begin with if somebody has begun to write one so; of no number, the word."""
        if word.startswith("00"):
            return (word, word[2:])
        if self.region and word.startswith("0") and phonenumbers.ndd_prefix_for_region(self.region, True) == "0":
            return (word, f"{phonenumbers.country_code_for_region(self.region)}{word[1:]}")
        return (word,)

    def _reaches_out(self, plain: str) -> bool:
        """Whether this is a whole number of the country: where those begin with 0, others are local."""
        return phonenumbers.ndd_prefix_for_region(self.region, True) != "0" or plain.startswith("0")


@dataclass(frozen=True, slots=True)
class Guard:
    """Which public numbers may be called, against mistakes and toll fraud. It judges the E.164 form only."""

    countries: Sequence[str] = ()
    "ISO 3166-1, and `001` for numbers of no country. None: all of them."
    premium: bool = False
    "Whether premium rate services and satellite networks may be called."

    def objection(self, number: str) -> str | None:
        """Return why a number may not be called, as a sentence; None when it may."""
        parsed = _read(number, None) if number.startswith("+") else None
        if parsed is None:
            return None
        if not self.premium and _is_dear(parsed):
            return f"'{number}' is a premium rate number, and may not be called."
        if self.countries and not {*self.countries} & {*_regions(parsed)}:
            return f"'{number}' is in a country that may not be called."
        return None


def is_region(text: str) -> bool:
    """Whether this is a country with telephone numbers, as ISO 3166-1 writes it: `DE`."""
    return text in phonenumbers.SUPPORTED_REGIONS


def parse_region(text: str) -> str:
    """Return a region as libphonenumber knows it. Raises RequestInvalid."""
    if not is_region(text.upper()):
        raise RequestInvalid("'region' must be a country by its two letters of ISO 3166-1, as in DE.")
    return text.upper()


def _read(plain: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(plain, region)
    except NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _is_dear(number: PhoneNumber) -> bool:
    kind = phonenumbers.number_type(number)
    return kind == PhoneNumberType.PREMIUM_RATE or number.country_code in SATELLITES


def _regions(number: PhoneNumber) -> Sequence[str]:
    """Return the country of a number; all that share its code, when its digits do not tell which."""
    code = number.country_code
    region = phonenumbers.region_code_for_number(number)
    return (region,) if region else () if code is None else phonenumbers.region_codes_for_country_code(code)
