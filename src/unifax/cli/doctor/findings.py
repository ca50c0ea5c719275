"""What the doctor can find, as a table: a code that stays, how grave it is, and what helps. It looks at nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What may be wrong. Programs may go by these words: they stay."""

    SETTINGS = "settings"
    DATA_FOLDER = "data_folder"
    DATA_FOLDER_OPEN = "data_folder_open"
    DISK_FULL = "disk_full"
    KEY = "key"
    MASTER_KEYS = "master_keys"
    CERTIFICATE = "certificate"
    FONT = "font"
    FONT_OF_A_SCRIPT = "font_of_a_script"
    COVER = "cover"
    CONVERTER = "converter"
    CLOCK = "clock"
    PORT_TAKEN = "port_taken"
    PORT_CLOSED = "port_closed"
    SERVICE_DOWN = "service_down"
    NOT_READY = "not_ready"
    PROCESS_MISSING = "process_missing"
    DATABASE = "database"
    TRUNK_PASSWORD = "trunk_password"
    TRUNK_SILENT = "trunk_silent"
    TRUNK_NAME = "trunk_name"
    MAIL_PASSWORD = "mail_password"
    MAIL_SERVER = "mail_server"


@dataclass(frozen=True, slots=True)
class Advice:
    """What a code means for who runs the service."""

    is_grave: bool
    "Faxes fail by it, or may; else it is only said."
    helps: str


ADVICE: Mapping[Code, Advice] = {
    Code.SETTINGS: Advice(True, "correct the setting that is named: docs/configuration.md has all of them"),
    Code.DATA_FOLDER: Advice(True, "name the data folder with --data, and see that it is the service's user's"),
    Code.DATA_FOLDER_OPEN: Advice(True, "let nobody else in: chmod 700"),
    Code.DISK_FULL: Advice(True, "make room, or delete what is kept longer than needed: retention.days"),
    Code.KEY: Advice(True, "put the file back from a backup, readable by the service's user"),
    Code.MASTER_KEYS: Advice(True, "see that files.master_key_file or files.key_command tells the keys: docs/files.md"),
    Code.CERTIFICATE: Advice(True, "name a PEM file with a certificate and its key that the service may read"),
    Code.FONT: Advice(True, "apt install fonts-liberation fonts-dejavu-core: without them no text becomes a page"),
    Code.FONT_OF_A_SCRIPT: Advice(False, "install the fonts if you fax in that script: docs/paper.md"),
    Code.COVER: Advice(True, "correct the template that is named: docs/paper.md"),
    Code.CONVERTER: Advice(True, "see what the log says of the document converter"),
    Code.CLOCK: Advice(True, "have the clock kept by NTP (timedatectl): receipts and retries go by it"),
    Code.PORT_TAKEN: Advice(True, "stop what listens there, or choose another address in the settings"),
    Code.PORT_CLOSED: Advice(True, "see in the log why the process that listens there is not up"),
    Code.SERVICE_DOWN: Advice(False, "start it: unifax serve, or systemctl start unifax"),
    Code.NOT_READY: Advice(True, "what is missing is named; faxes are refused with 503 until it is back"),
    Code.PROCESS_MISSING: Advice(True, "see in the log why it falls: it is started again and again"),
    Code.DATABASE: Advice(True, "see that the database runs and that database.url is right"),
    Code.TRUNK_PASSWORD: Advice(True, "correct trunks.NAME.user, auth_user and password by what the carrier has given"),
    Code.TRUNK_SILENT: Advice(True, "see that trunks.NAME.server and transport are right, and no firewall is between"),
    Code.TRUNK_NAME: Advice(True, "see that the name in trunks.NAME.server is right, and that the DNS answers"),
    Code.MAIL_PASSWORD: Advice(True, "correct mail.user and mail.password"),
    Code.MAIL_SERVER: Advice(True, "see that mail.smtp, mail.security and mail.ca_file are right"),
}
"Every code, with what helps. The test of this module fails when one is missing."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong."""

    code: Code
    about: str
    "Which file, port, trunk or process."
    words: str
    "What is wrong with it, in plain words."

    @property
    def advice(self) -> Advice:
        return ADVICE[self.code]
