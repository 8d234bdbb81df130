"""What training reads from the registry of deputies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from training.deputies.tables import DEPUTIES


def subscription(parts: Parts) -> Subscription:
    """Keeps deputies: they check records with the rights of those for whom they act."""
    del parts
    return DEPUTIES.subscription("training.deputies")
