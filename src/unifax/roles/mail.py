"""Takes mail that is to be faxed."""

import asyncio
import logging
import ssl

from unifax.documents.convert import Converter, Limits
from unifax.documents.covers import read_covers
from unifax.here import Layout
from unifax.model.errors import Misconfigured
from unifax.post.letterbox import Letterbox
from unifax.post.listener import Listener
from unifax.processes import until_told_to_end
from unifax.roles.accepting import sending_of
from unifax.roles.parts import opened, traced
from unifax.roles.working import keep_doing
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.settings.mailing import Mail

log = logging.getLogger(__name__)


async def run(settings: Settings, layout: Layout) -> None:
    mail = settings.mail
    covers = read_covers(settings.paper.cover_folder)
    with (
        opened(layout, settings) as parts,
        Converter(Limits(pages=settings.fax.max_pages), covers) as converter,
        traced(settings, "mail"),
    ):
        sending, looks = sending_of(parts, layout, settings, converter, covers)
        letterbox = Letterbox(parts.db, sending, mail.domains, mail.trusted_results)
        host, port = parse_address(mail.listen)
        async with asyncio.TaskGroup() as tasks:
            listener = Listener(letterbox, tasks, _tls(mail), mail.relay_user, mail.relay_password)
            server = await asyncio.get_running_loop().create_server(listener.connection, host, port)
            log.info("mail is taken at %s", mail.listen)
            looking = [tasks.create_task(keep_doing(each)) for each in looks]
            await until_told_to_end()
            server.close()
            listener.hang_up()
            for each in looking:
                each.cancel()


def _tls(mail: Mail) -> ssl.SSLContext | None:
    """Raises Misconfigured when the certificate cannot be read."""
    if not mail.tls_certificate_file:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(mail.tls_certificate_file)
    except OSError as error:
        raise Misconfigured(f"mail.tls_certificate_file: {error.strerror or error}") from error
    return context
