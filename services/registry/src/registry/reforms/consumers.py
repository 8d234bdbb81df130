"""Taking in what the services hold of an agency of which a reform is planned."""

from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.reforms import AgencyHeld
from registry.reforms.commands import take_in


def subscription(_: Parts) -> Subscription:
    """What the services answer."""
    return Subscription("registry.reform-previews", topics.REFORM_PREVIEWS, (AgencyHeld,), take_in)
