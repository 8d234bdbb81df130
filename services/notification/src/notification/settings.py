"""The settings that only this service has; the environment gives them under the prefix NOTIFICATION_."""

from datetime import timedelta
from email.utils import formataddr, parseaddr
from typing import Annotated

from pydantic import AfterValidator, Field, PositiveFloat, SecretStr

from contracts import service
from contracts.addresses import read_address
from notification.domain.delivery import WAITS


def _sender(written: str) -> str:
    name, address = parseaddr(written)
    return formataddr((name, read_address(address).ascii))


Sender = Annotated[str, AfterValidator(_sender)]


class Settings(service.Settings):
    """The mail server, the portal that mails link to, and how patient the sender is."""

    smtp_host: str = Field(description="the mail server")
    smtp_port: int = Field(default=25, description="its port")
    smtp_sender: Sender = Field(description="whom mails come from: `Jejak <jejak@example.go.id>`, or an address alone")
    smtp_username: str | None = Field(default=None, description="log-in at the mail server, where it wants one")
    smtp_password: SecretStr | None = Field(default=None, description="the password that goes with it")
    smtp_starttls: bool = Field(default=False, description="whether to turn to TLS, and send nothing without it")
    smtp_timeout: PositiveFloat = Field(default=20, description="seconds that handing over one mail may take")
    portal_url: str = Field(description="the address of the portal, which the links in mails begin with")
    notice_window: PositiveFloat = Field(
        default=15 * 60,
        description="seconds that an agency's notice of reopened periods waits for others to come with it",
    )
    retry_waits: tuple[PositiveFloat, ...] = Field(
        default=WAITS,
        description="seconds to wait after the first, second, ... try of a mail that may be repeated, each up to a fifth "
        "longer; after the last the mail has failed. As a JSON list; together three days",
    )

    @property
    def gathering(self) -> timedelta:
        """How long a notice waits for others."""
        return timedelta(seconds=self.notice_window)

    @property
    def lease(self) -> timedelta:
        """How long a sender may keep the mails it has claimed; after a crash they wait this long."""
        return timedelta(seconds=3 * self.smtp_timeout)
