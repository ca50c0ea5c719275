"""What the settings say of a trunk is what the line does."""

from unifax.line.media import MediaTerms
from unifax.roles.trunks import trunk_of
from unifax.settings import Trunk
from unifax.wire.g711 import Law


def test_the_media_of_a_trunk_go_as_its_settings_say() -> None:
    trunk = Trunk(server=("192.0.2.1:5060",), codecs=("PCMA", "PCMU"), t38_redundancy=1, t38_max_datagram=200)
    assert trunk_of(trunk).media_terms == MediaTerms((Law.A, Law.MU), 1, 200)


def test_what_the_settings_leave_open_is_left_to_the_line() -> None:
    assert trunk_of(Trunk(server=("192.0.2.1:5060",))).media_terms == MediaTerms()
