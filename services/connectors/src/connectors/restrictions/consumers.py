"""What connectors reads of restrictions."""

from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.restrictions.tables import RESTRICTIONS


def subscription(parts: Parts) -> Subscription:
    """Keeps them. Whoever is shown a record is asked about it then (`contracts.looks`), so nothing else follows."""
    del parts
    return RESTRICTIONS.subscription("connectors.restrictions")
