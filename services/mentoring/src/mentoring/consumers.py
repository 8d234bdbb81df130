"""What mentoring reads from the registry of people."""

from common.messages.inbox import Subscription
from common.parts import Parts
from mentoring.people import PEOPLE


def subscription(parts: Parts) -> Subscription:
    """Keeps people; what they are is asked for anew each time, so nothing else follows."""
    del parts
    return PEOPLE.subscription("mentoring.people")
