"""What credit reads from the registry of deputies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.deputies.tables import DEPUTIES


def subscription(parts: Parts) -> Subscription:
    """Keeps deputies: they check and attest with the rights of those for whom they act."""
    del parts
    return DEPUTIES.subscription("credit.deputies")
