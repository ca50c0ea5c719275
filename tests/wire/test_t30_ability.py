"""What a DIS says of how a machine can be sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.manner import Ability, Modem
from unifax.model.paper import Resolution
from unifax.wire.t30_ability import ability_of

STANDARD = frozenset({Resolution.STANDARD})


def dis(*bits: int) -> bytes:
    """Return a DIS with these bits set, 1 being the first."""
    return sum(1 << bit - 1 for bit in bits).to_bytes(9, "little")


@pytest.mark.parametrize(
    ("bits", "modem"),
    [
        ((), Modem.V27TER),
        ((12,), Modem.V27TER),
        ((11,), Modem.V29),
        ((11, 12), Modem.V29),
        ((11, 12, 14), Modem.V17),
        ((11, 12, 13), Modem.V29),  # V.33, which nobody has
        ((14,), Modem.V27TER),  # reserved
    ],
)
def test_bits_11_to_14_name_the_modems(bits: tuple[int, ...], modem: Modem) -> None:
    assert ability_of(dis(10, *bits)) == Ability(ecm=False, modem=modem, resolutions=STANDARD)
    assert ability_of(dis(10, *bits, 27)) == Ability(ecm=True, modem=modem, resolutions=STANDARD)


@pytest.mark.parametrize(
    ("bit", "resolution"),
    [(15, Resolution.FINE), (41, Resolution.SUPERFINE), (42, Resolution.R300), (43, Resolution.R400)],
)
def test_each_resolution_but_standard_has_a_bit(bit: int, resolution: Resolution) -> None:
    assert ability_of(dis(10, bit)).resolutions == STANDARD | {resolution}
    assert ability_of(dis(10, 15, 41, 42, 43)).resolutions == frozenset(Resolution)


@given(st.binary(max_size=20))
def test_whatever_it_says_a_machine_can_do_something(bits: bytes) -> None:
    assert ability_of(bits).modem in Modem
    assert ability_of(bits[:3]).ecm is False, "what is not said is 0"
