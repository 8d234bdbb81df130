"""E-mail addresses: what the registry takes and what mail is sent to are judged by one rule.

The domain may be international (RFC 5890); mail servers know it by its ASCII form. The mailbox, the
part before the @, is ASCII: any other needs SMTPUTF8 (RFC 6531), which few servers of agencies offer.
"""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email


@dataclass(frozen=True)
class Address:
    """An address as people read it, and as mail servers know it."""

    shown: str
    ascii: str


class MailboxNotAscii(ValueError):  # noqa: N818 - the name says what has happened
    """An address whose mailbox needs SMTPUTF8."""


def read_address(written: str) -> Address:
    """The address that is written, in normal form. Whether its domain exists is not asked.

    Raises MailboxNotAscii, or ValueError for what is no address; neither quotes it.
    """
    try:
        found = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("not an address mail can be sent to") from None
    if found.ascii_email is None:
        raise MailboxNotAscii("the mailbox has letters that are not ASCII")
    return Address(found.normalized, found.ascii_email)
