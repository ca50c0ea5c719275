"""Mail as the settings want it. Must not know: which process sends it."""

import ssl
from zoneinfo import ZoneInfo

from unifax.model.errors import Misconfigured
from unifax.service.letters import Letterhead
from unifax.service.smarthost import Account, Smarthost
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.settings.mailing import Mail


def smarthost_of(mail: Mail) -> Smarthost | None:
    """Return the server that takes our mail, if there is one. Raises Misconfigured: its authority cannot be read."""
    if not mail.smtp:
        return None
    host, port = parse_address(mail.smtp)
    tls = None
    if mail.security != "none":
        try:
            tls = ssl.create_default_context(cafile=mail.ca_file or None)
        except OSError as error:
            raise Misconfigured(f"mail.ca_file: {error.strerror or error}") from error
    return Smarthost(Account(host, port, tls, mail.security == "tls", mail.user, mail.password))


def letterhead_of(settings: Settings) -> Letterhead:
    """Return what is the same on all our mails."""
    return Letterhead(settings.mail.sender, settings.web.public_url, ZoneInfo(settings.paper.time_zone))
