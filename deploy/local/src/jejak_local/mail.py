"""A real SMTP server that keeps each mail as an .eml file, can be told to misbehave, and shows its inbox as a web page."""

import asyncio
import email
import email.policy
import itertools
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment
from pydantic import BaseModel

from jejak_local.processes import free_port, write_atomically

OK = "250 Message accepted for delivery"


class Answer(BaseModel):
    """What the server says for the next mails to one recipient.

    `reply` is the SMTP answer ("451 4.2.0 try later", "550 5.1.1 no such mailbox", "250 OK"), given after `delay`
    seconds to the next `times` mails. With `drop` the mail is stored if the reply is a 250, but the connection is cut
    before the answer goes out: the sender cannot know that it arrived.
    """

    recipient: str
    reply: str = OK
    times: int = 1
    delay: float = 0
    drop: bool = False


@dataclass(frozen=True)
class Mail:
    """One mail that arrived."""

    file: Path
    message: EmailMessage

    @property
    def recipients(self) -> list[str]:
        return [address.strip() for address in self.message["X-Envelope-To"].split(",")]

    @property
    def subject(self) -> str:
        return (self.message["Subject"] or "").strip()

    def body(self, kind: str = "plain") -> str:
        """The text of the mail, or its HTML with kind "html"; empty when it has none."""
        part = self.message.get_body((kind,))
        return "" if part is None else part.get_content()


def mails(folder: Path) -> list[Mail]:
    """All mails that arrived in this folder, oldest first."""
    return [Mail(file, read(file)) for file in sorted(folder.glob("*.eml"))]


def read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


class MailServer:
    """The SMTP server, in a thread of its own."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._numbers: Iterator[int] = iter(())
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=32 * 1024 * 1024)

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        taken = [int(file.stem) for file in self.folder.glob("*.eml") if file.stem.isdigit()]
        self._numbers = itertools.count(max(taken, default=0) + 1)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def answer(self, recipient: str, reply: str = OK, *, times: int = 1, delay: float = 0, drop: bool = False) -> None:
        """Scripts the next mails to the recipient (see Answer); several scripts follow each other."""
        self.script(Answer(recipient=recipient, reply=reply, times=times, delay=delay, drop=drop))

    def script(self, answer: Answer) -> None:
        self._answers[answer.recipient].extend([answer] * answer.times)

    def mails(self) -> list[Mail]:
        return mails(self.folder)

    def forget(self) -> None:
        """Begins anew: without mails, and without the scripts that have not been played."""
        self._numbers = itertools.count(1)
        self._answers.clear()
        for file in self.folder.glob("*.eml"):
            file.unlink()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        scripted = [self._answers[recipient].popleft() for recipient in envelope.rcpt_tos if self._answers[recipient]]
        # Mails go to one recipient each; for more, the first one's script counts.
        answer = scripted[0] if scripted else Answer(recipient="")
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.reply.startswith("2"):
            self._store(envelope)
        if answer.drop and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer.reply

    def _store(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        header = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        write_atomically(self.folder / f"{next(self._numbers):06}.eml", header.encode() + content)


PAGE = Environment(autoescape=True).from_string("""\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Jejak inbox</title>
<style>
 body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733 }
 table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .8rem .4rem 0 }
 tr + tr { border-top: 1px solid #d8dee4 } pre { white-space: pre-wrap; background: #f5f7f9; padding: 1rem }
 iframe { width: 100%; height: 36rem; border: 1px solid #d8dee4 } a { color: #0b5cad }
</style>
{% if mail %}
<p><a href="../mail">Inbox</a></p><h1>{{ mail.subject }}</h1>
<table>{% for name in ("From", "To", "Date", "Message-ID") %}<tr><th>{{ name }}<td>{{ mail.message[name] }}{% endfor %}</table>
{% if mail.body("html") %}<h2>HTML</h2><iframe sandbox srcdoc="{{ mail.body('html') }}"></iframe>{% endif %}
<h2>Text</h2><pre>{{ mail.body() }}</pre><p><a href="{{ mail.file.stem }}.eml">Source</a></p>
{% else %}
<h1>Inbox</h1><p>{{ mails | length }} mails arrived.</p>
<table>{% for mail in mails %}<tr><td>{{ mail.message["Date"] }}<td>{{ mail.message["To"] }}
<td><a href="mail/{{ mail.file.stem }}">{{ mail.subject }}</a>{% endfor %}</table>
{% endif %}
""")


def inbox(server: MailServer) -> APIRouter:
    """Pages for people (GET /mail), and POST /mail/answers, by which a test scripts the server in another process."""
    routes = APIRouter(prefix="/mail")

    @routes.get("")
    def index() -> HTMLResponse:
        return HTMLResponse(PAGE.render(mails=server.mails()[::-1]))

    @routes.post("/answers", status_code=204)
    def script(answer: Answer) -> None:
        server.script(answer)

    @routes.get("/{number}.eml")
    def source(number: int) -> PlainTextResponse:
        return PlainTextResponse(_file(number).read_text(errors="replace"))

    @routes.get("/{number}")
    def show(number: int) -> HTMLResponse:
        file = _file(number)
        return HTMLResponse(PAGE.render(mail=Mail(file, read(file))))

    def _file(number: int) -> Path:
        file = server.folder / f"{number:06}.eml"
        if not file.exists():
            raise HTTPException(404, "No such mail.")
        return file

    return routes
