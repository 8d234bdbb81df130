"""What this service is told from outside, under the prefix NOTIFICATION_."""

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

    smtp_host: str
    smtp_port: int = 25
    smtp_sender: Sender = Field(description='whom mails come from: "Jejak <jejak@example.go.id>" or an address alone')
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = Field(default=False, description="turn to TLS by STARTTLS, and send nothing without it")
    smtp_timeout: PositiveFloat = Field(default=20, description="seconds one mail may take to hand over")
    portal_url: str = Field(description="where the web pages are that mails link to")
    notice_window: PositiveFloat = Field(
        default=15 * 60,
        description="seconds for which an agency's notice of a reopened period waits for others to come with it",
    )
    retry_waits: tuple[PositiveFloat, ...] = Field(
        default=WAITS, description="seconds to wait after the first, second, ... attempt that may be repeated"
    )

    @property
    def gathering(self) -> timedelta:
        """How long a notice waits for others."""
        return timedelta(seconds=self.notice_window)

    @property
    def lease(self) -> timedelta:
        """How long a sender may keep the mails it has claimed; after a crash they wait this long."""
        return timedelta(seconds=3 * self.smtp_timeout)
