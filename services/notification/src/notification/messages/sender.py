"""The role that hands mails over to the SMTP server.

A mail is claimed in one transaction, sent outside of any, and settled in another, so that no row is
locked while a server takes its time. The claim of a sender that dies in between runs out; the mail
then goes out again, with the same Message-ID and text. So each mail reaches the SMTP server at least
once, and whoever receives it twice can tell by the Message-ID.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from opentelemetry.trace import SpanKind, StatusCode

from common.clock import Clock
from common.steady import Steady
from common.store.database import Database
from common.telemetry import MESSAGE_ID, REASON, RESULT, links, log, mail_sent, traced, traceparent
from notification.domain.delivery import Answer, Handover, judge
from notification.messages.commands import Claimed, claim, give_back, settle
from notification.messages.mail import compose
from notification.settings import Settings

BATCH = 100
CONNECTIONS = 4
"""How many mails of a batch are sent at once: a slow server or mailbox holds up one connection, not all of them."""
SEND_MAIL = "send mail"


class Sender(Steady):
    """Sends what is due; the mails under way when it is stopped are sent to their end."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        super().__init__()
        self._database = database
        self._settings = settings
        self._clock = clock

    async def turn(self) -> int:
        """Claims a batch of due mails and sends them over a few connections. Returns how many were claimed."""
        async with self._database.transaction() as session:
            claimed = await claim(session, most=BATCH, lease=self._settings.lease, now=self._clock.now())
        mails = deque(message for message in claimed if not message.look.reason)
        for message in claimed:
            if message.look.reason:
                mail_sent.add(1, {RESULT: message.look.state, REASON: message.look.reason})
        lanes = [self._work_off(mails) for _ in range(min(CONNECTIONS, len(mails)))]
        # Whatever breaks one lane, the others go on to their end: a mail cut off in the middle would go out twice.
        for failure in await asyncio.gather(*lanes, return_exceptions=True):
            if failure is not None:
                raise failure
        if mails:
            async with self._database.transaction() as session:
                await give_back(session, list(mails))
        return len(claimed)

    async def _work_off(self, mails: deque[Claimed]) -> None:
        async with self._connection() as smtp:
            while mails and not self.stopping.is_set() and self._in_time(mails[0]):
                await self._send(smtp, mails.popleft())

    def _in_time(self, message: Claimed) -> bool:
        """Whether the claim outlasts one more try: until then no other sender takes the mail."""
        return (message.until - self._clock.now()).total_seconds() > self._settings.smtp_timeout

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """A connection for several mails; the first of them opens it."""
        settings = self._settings
        smtp = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            start_tls=settings.smtp_starttls,
            timeout=settings.smtp_timeout,
        )
        try:
            yield smtp
            if smtp.is_connected:
                with suppress(SMTPException, OSError):
                    await smtp.quit()
        finally:
            smtp.close()

    async def _send(self, smtp: SMTP, message: Claimed) -> None:
        with traced(
            SEND_MAIL,
            kind=SpanKind.CLIENT,
            links=links(message.traceparents),
            attributes={MESSAGE_ID: str(message.id)},
        ) as span:
            handover = await self._hand_over(smtp, message, traceparent(span))
            now = self._clock.now()
            verdict = judge(message.envelope, handover, now, self._settings.retry_waits)
            if verdict.result != "sent":
                span.set_status(StatusCode.ERROR)
            async with self._database.transaction() as session:
                settled = await settle(session, message, verdict, now)
            mail_sent.add(1, {RESULT: verdict.result, **({REASON: verdict.reason} if verdict.reason else {})})
            # The server's words stay in the database: they often quote the address.
            log.info("mail", message=str(message.id), result=verdict.result, code=verdict.code, settled=settled)

    async def _hand_over(self, smtp: SMTP, message: Claimed, trace: str | None) -> Handover:
        settings = self._settings
        sending = False
        try:
            mail = compose(
                message,
                sender=settings.smtp_sender,
                portal_url=settings.portal_url,
                now=self._clock.now(),
                trace=trace,
            )
            async with asyncio.timeout(settings.smtp_timeout):
                if not smtp.is_connected:
                    await smtp.connect()
                sending = True
                return Handover(await _deliver(smtp, settings.smtp_sender, message.envelope.outstanding, mail), "")
        except Exception as error:  # noqa: BLE001 - whatever it is, this mail is tried later and the others go on
            smtp.close()
            log.warning("mail not handed over", message=str(message.id), exc_info=error)
            return Handover({}, ": ".join(filter(None, [type(error).__name__, str(error)])), in_doubt=sending)


async def _deliver(smtp: SMTP, sender: str, recipients: list[str], mail: EmailMessage) -> dict[str, Answer]:
    """What the server says about each recipient. Where it says nothing, raises what the connection raises."""
    try:
        refused, words = await smtp.sendmail(parseaddr(sender)[1], recipients, mail.as_bytes())
    except SMTPRecipientsRefused as error:
        return {refusal.recipient: Answer(refusal.code, refusal.message) for refusal in error.recipients}
    except SMTPResponseException as error:
        return dict.fromkeys(recipients, Answer(error.code, error.message))
    answers = {name: Answer(response.code, response.message) for name, response in refused.items()}
    return {name: answers.get(name, Answer(250, words)) for name in recipients}
