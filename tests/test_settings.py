"""Settings: one tree, and a clear word for every mistake in it."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from unifax.model.errors import Misconfigured
from unifax.model.retry import RetryPolicy
from unifax.settings import SANDBOX, Settings, read_settings
from unifax.settings.addresses import parse_address, parse_server
from unifax.settings.telephony import Trunk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "unifax.toml"


def test_nothing_has_to_be_configured() -> None:
    settings = read_settings(None, {})
    assert settings.fax.max_files == 5
    assert settings.retry_policy() == RetryPolicy(private_trunks=frozenset({"sandbox"}))
    assert settings.routes().ways("7778888") == (SANDBOX,)
    assert settings.routes().ways("5550100") == ()


def test_the_environment_stands_above_the_file(file: Path) -> None:
    file.write_text("[retry]\ncalls = 3\nbusy_seconds = 9\n")
    settings = read_settings(file, {"UNIFAX_RETRY__CALLS": "4"})
    assert (settings.retry.calls, settings.retry.busy_seconds) == (4, 9)


def test_the_environment_separates_numbers_with_commas() -> None:
    settings = read_settings(
        None, {"UNIFAX_TRUNKS__CARRIER__SERVER": "a:1", "UNIFAX_TRUNKS__CARRIER__NUMBERS": "0*,+*"}
    )
    assert settings.trunks["carrier"].numbers == ("0*", "+*")


def test_a_value_may_come_from_a_file_of_its_own(file: Path) -> None:
    file.write_text("127.0.0.1:9090\n")
    assert read_settings(None, {"UNIFAX_WEB__LISTEN_FILE": str(file)}).web.listen == "127.0.0.1:9090"


def test_the_password_of_a_trunk_comes_from_its_file_and_is_not_shown(file: Path) -> None:
    file.write_text("very secret\n")
    trunk = {"SERVER": "192.0.2.1:5060", "USER": "210", "PASSWORD_FILE": str(file)}
    settings = read_settings(None, {f"UNIFAX_TRUNKS__CARRIER__{key}": value for key, value in trunk.items()})
    assert settings.trunks["carrier"].password == "very secret"
    assert "very secret" not in repr(settings)


def test_a_setting_that_names_a_file_is_not_read_from_it() -> None:
    trunk = {"SERVER": "192.0.2.1:5061", "TRANSPORT": "tls", "TLS_CA_FILE": "/etc/carrier.pem"}
    settings = read_settings(None, {f"UNIFAX_TRUNKS__CARRIER__{key}": value for key, value in trunk.items()})
    assert settings.trunks["carrier"].tls_ca_file == "/etc/carrier.pem"


def test_who_registers_has_a_name(file: Path) -> None:
    file.write_text("[trunks.carrier]\nserver = '192.0.2.1:5060'\nregister = true\n")
    with pytest.raises(Misconfigured, match="to register needs a user"):
        read_settings(file, {})
    named = read_settings(file, {"UNIFAX_TRUNKS__CARRIER__USER": "210"})
    assert named.trunks["carrier"].registers
    assert Settings.model_validate_json(named.model_dump_json()) == named


def test_a_trunk_says_how_its_media_go() -> None:
    given = {"SERVER": "192.0.2.1:5060", "CODECS": "PCMA", "T38_REDUNDANCY": "1", "T38_MAX_DATAGRAM": "200"}
    trunk = read_settings(None, {f"UNIFAX_TRUNKS__A__{key}": value for key, value in given.items()}).trunks["a"]
    assert (trunk.codecs, trunk.t38_redundancy, trunk.t38_max_datagram) == (("PCMA",), 1, 200)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[trunks.carrier]\nserver = '192.0.2.1:5060'\ncodecs = ['G729']\n", "trunks.carrier.codecs"),
        ("[trunks.carrier]\nserver = '192.0.2.1:5060'\ncodecs = []\n", "trunks.carrier.codecs"),
        ("[fax]\nmax_filez = 3\n", "fax.max_filez"),
        ("[fax]\nmax_files = 11\n", "fax.max_files"),
        ("[retry]\ncalls = 'many'\n", "retry.calls"),
        ("[trunks.sandbox]\nserver = '127.0.0.1:1'\n", "trunks.sandbox"),
        ("[trunks.carrier]\nserver = 'no where'\n", "no where"),
        ("[trunks.carrier]\nchannels = 3\n", "trunks.carrier.server"),
        ("[trunks.carrier]\nserver = '192.0.2.1:5060'\npassword = 'x'\n", "a password needs a user"),
        ("[line]\npublic_address = 'fax.example'\n", "is no IP address"),
        ("[line]\nmedia_ports = [16000]\n", "needs a first and a last port"),
        ("[line]\nmedia_ports = [16000, 15000]\n", "needs a first and a last port"),
        ("[paper]\ntime_zone = 'Berlin'\n", "is no time zone"),
        ("[paper]\ntime_zone = '../../etc/passwd'\n", "is no time zone"),
        ("[web", "unifax.toml"),
    ],
)
def test_a_mistake_is_named(text: str, names: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(Misconfigured, match=re.escape(names)):
        read_settings(file, {})


def test_an_unknown_variable_is_a_mistake_too() -> None:
    with pytest.raises(Misconfigured, match=r"web\.lissten"):
        read_settings(None, {"UNIFAX_WEB__LISSTEN": "x"})
    with pytest.raises(Misconfigured, match="UNIFAX_WEB__LISTEN__DEEPER"):
        read_settings(None, {"UNIFAX_WEB__LISTEN": "127.0.0.1:1", "UNIFAX_WEB__LISTEN__DEEPER": "x"})


def test_the_sandbox_is_silent_as_soon_as_a_trunk_is_configured() -> None:
    settings = Settings(trunks={"carrier": Trunk(server=("192.0.2.1:5060",))})
    assert not settings.sandbox_answers
    assert settings.routes().ways("7778888") == ("carrier",)


def test_a_sandbox_enabled_by_name_takes_only_its_numbers() -> None:
    settings = read_settings(
        None, {"UNIFAX_SANDBOX__ENABLED": "yes", "UNIFAX_TRUNKS__CARRIER__SERVER": "192.0.2.1:5060"}
    )
    assert settings.routes().ways("7778801") == (SANDBOX,)
    assert settings.routes().ways("5550100") == ("carrier",)


@pytest.mark.parametrize("wrong", ["", "8080", "host:", ":8080", "host:x", "host:65536"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(Misconfigured):
        parse_address(wrong)


def test_an_ipv6_address_is_read() -> None:
    assert parse_address("[::1]:8080") == ("::1", 8080)


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-zA-Z0-9_.]+)`", Path("docs/configuration.md").read_text(), re.MULTILINE))
    assert documented == set(_keys(Settings)) | {
        f"trunks.NAME.{field.alias or key}" for key, field in Trunk.model_fields.items()
    }


def _keys(section: type[BaseModel]) -> list[str]:
    return [
        f"{name}.{key}"
        for name, field in section.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    ]


def test_trunks_are_tried_by_cost_and_the_sandbox_keeps_its_numbers(tmp_path: Path) -> None:
    file = tmp_path / "unifax.toml"
    file.write_text(
        "[sandbox]\nenabled = 'yes'\n[fax]\ndeny = ['0900*']\n"
        "[trunks.dear]\nserver = '192.0.2.1:5060'\ncost = 2\n"
        "[trunks.cheap]\nserver = ['192.0.2.2:5060', '192.0.2.3:5060']\ndeny = ['00*']\nrewrite = {'^0' = '+49'}\n"
    )
    settings = read_settings(file, {"UNIFAX_TRUNKS__DEAR__SERVER": "192.0.2.4:5060,192.0.2.5:5060"})
    assert settings.trunks["dear"].server == ("192.0.2.4:5060", "192.0.2.5:5060")
    ways = settings.routes().ways
    assert (ways("040"), ways("0033"), ways("09001"), ways("7778888")) == (("cheap", "dear"), ("dear",), (), (SANDBOX,))


def test_calls_come_in_from_the_servers_of_a_trunk_unless_networks_are_named() -> None:
    trunk = {"UNIFAX_TRUNKS__A__SERVER": "192.0.2.1:5060,[2001:db8::1]:5060,sip.carrier.example:5060"}
    settings = read_settings(None, {**trunk, "UNIFAX_LINE__LISTEN": "192.0.2.9:5060"})
    assert settings.answers
    assert [str(network) for network in settings.trunks["a"].inbound_networks()] == ["192.0.2.1/32", "2001:db8::1/128"]
    named = read_settings(None, {**trunk, "UNIFAX_TRUNKS__A__INBOUND_FROM": "192.0.2.0/28, 10.0.0.1"})
    assert not named.answers
    assert [str(network) for network in named.trunks["a"].inbound_networks()] == ["192.0.2.0/28", "10.0.0.1/32"]
    registered = read_settings(None, {**trunk, "UNIFAX_TRUNKS__A__USER": "us", "UNIFAX_TRUNKS__A__REGISTER": "yes"})
    assert (registered.answers, registered.line.incoming_address) == (True, "127.0.0.1:0")
    with pytest.raises(Misconfigured, match="go together"):
        read_settings(None, {**trunk, "UNIFAX_TRUNKS__A__INBOUND_USER": "them"})
    with pytest.raises(Misconfigured, match="is not a network"):
        read_settings(None, {**trunk, "UNIFAX_TRUNKS__A__INBOUND_FROM": "192.0.2.1/28"})


@pytest.mark.parametrize("listen", ["0.0.0.0:5060", "[::]:5060", "fax.example:5060", "5060"])
def test_calls_are_answered_at_an_address_that_trunks_can_be_told(listen: str) -> None:
    with pytest.raises(Misconfigured):
        read_settings(None, {"UNIFAX_LINE__LISTEN": listen})


@pytest.mark.parametrize("rule", ["'(' = ''", r"'^0' = '\1'"])
def test_a_rule_that_cannot_be_read_is_an_error(tmp_path: Path, rule: str) -> None:
    file = tmp_path / "unifax.toml"
    file.write_text(f"[trunks.a]\nserver = '192.0.2.1:5060'\nrewrite = {{{rule}}}\n")
    with pytest.raises(Misconfigured, match=r"trunks\.a\.rewrite"):
        read_settings(file, {})


def test_numbers_are_read_in_the_manner_of_a_country_that_there_is() -> None:
    assert read_settings(None, {"UNIFAX_FAX__REGION": "DE"}).numbering_plan().canonical("030123456") == "+4930123456"
    with pytest.raises(Misconfigured, match=r"fax\.region"):
        read_settings(None, {"UNIFAX_FAX__REGION": "Germany"})
    with pytest.raises(Misconfigured, match=r"fax\.countries"):
        read_settings(None, {"UNIFAX_FAX__COUNTRIES": "DE,XX"})


def test_numbers_of_the_sandbox_are_no_public_ones() -> None:
    settings = read_settings(None, {"UNIFAX_FAX__REGION": "US"})
    assert settings.numbering_plan().canonical("7778888") == "7778888"


def test_premium_numbers_are_reached_only_when_they_may_be_called(tmp_path: Path) -> None:
    file = tmp_path / "unifax.toml"
    file.write_text("[trunks.carrier]\nserver = '192.0.2.1:5060'\nnumbers = ['+*']\n")
    assert read_settings(file, {}).routes().ways("+499001234567") == ()
    assert read_settings(file, {"UNIFAX_FAX__PREMIUM": "true"}).routes().ways("+499001234567") == ("carrier",)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("sip.carrier.example", ("sip.carrier.example", None)),
        ("sip.carrier.example.:5070", ("sip.carrier.example", 5070)),
        ("pbx_1", ("pbx_1", None)),
        ("192.0.2.1", ("192.0.2.1", None)),
        ("192.0.2.1:5061", ("192.0.2.1", 5061)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
        ("[2001:db8::1]:5061", ("2001:db8::1", 5061)),
    ],
)
def test_a_server_is_a_name_or_an_address(text: str, server: tuple[str, int | None]) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text", ["", ":5060", "a:0", "a:65536", "a:b", "a b", "2001:db8::1", "[a", "a/b", "sip:a", "a..b"]
)
def test_what_is_no_server_is_told(text: str) -> None:
    with pytest.raises(Misconfigured, match="is no server"):
        parse_server(text)


def test_ports_of_media_are_a_range() -> None:
    assert read_settings(None, {}).line.port_range is None
    ports = read_settings(None, {"UNIFAX_LINE__MEDIA_PORTS": "16000,16009"}).line.port_range
    assert ports == range(16_000, 16_010)
    here = {"UNIFAX_TRUNKS__A__SERVER": "192.0.2.1", "UNIFAX_TRUNKS__A__MEDIA_PORTS": "17000,17001"}
    assert read_settings(None, here).trunks["a"].port_range == range(17_000, 17_002)
