"""Settings of mail, out and in."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from unifax.model.reach import ip_address_of
from unifax.settings.addresses import parse_address
from unifax.settings.kinds import Listed, Section


def _is_here(address: str) -> bool:
    """Whether an address is of this machine alone."""
    host = parse_address(address)[0]
    known = ip_address_of(host)
    return host == "localhost" if known is None else known.is_loopback


class Mail(Section):
    """Mail that goes out; and mail that comes in to be faxed."""

    smtp: str = ""
    "The server that takes our mail: `smtp.example:587`. Empty: no mail goes out."
    security: Literal["starttls", "tls", "none"] = "starttls"
    "`none` is for a server on this machine."
    ca_file: str = ""
    "The only authority that may have signed its certificate; empty: those that this machine trusts."
    user: str = ""
    password: str = Field(default="", repr=False)
    sender: str = ""
    "The address that our mail comes from: `fax@example.com`."
    max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, le=100 * 1024 * 1024)
    "Of a document that goes with a mail; of a larger one the mail says where it is."
    listen: str = ""
    "Address and port at which mail to be faxed is taken: `127.0.0.1:2525`. Empty: none is."
    domains: Annotated[tuple[str, ...], Listed] = ()
    "What stands behind the @ of the numbers: `fax.example.com`. Empty: anything."
    relay_user: str = ""
    "By what name the server before us proves itself (SMTP AUTH); empty: it need not."
    relay_password: str = Field(default="", repr=False)
    tls_certificate_file: str = ""
    "PEM file with a certificate and its key, for STARTTLS."
    trusted_results: str = ""
    """The name that our own mail server has in Authentication-Results: where it is set, a sender must have passed SPF,
    DKIM or DMARC there."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.smtp and not self.sender:
            raise ValueError("sender: our mail needs an address to come from")
        if bool(self.user) != bool(self.password) or bool(self.relay_user) != bool(self.relay_password):
            raise ValueError("a user and a password go together")
        if self.security == "none" and self.smtp and not _is_here(self.smtp):
            raise ValueError("security 'none' is for a server on this machine: mail would go in clear text")
        if self.listen and not _is_here(self.listen) and not self.relay_user:
            raise ValueError("listen: who hands mail in from elsewhere must prove itself: set relay_user")
        if self.relay_user and not self.tls_certificate_file:
            raise ValueError("relay_password: it is taken over TLS only: set tls_certificate_file")
        return self
