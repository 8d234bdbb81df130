"""Taking in what the services hold of somebody."""

from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.data_files import DataFilePart
from registry.data_files.commands import take_in


def subscription(_: Parts) -> Subscription:
    """What the services answer."""
    return Subscription("registry.data-files", topics.DATA_PARTS, (DataFilePart,), take_in)
