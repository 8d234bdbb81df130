"""What mentoring reads from the registry of posts."""

from common.messages.inbox import Subscription
from common.parts import Parts
from mentoring.posts.tables import POSTS


def subscription(parts: Parts) -> Subscription:
    """Keeps posts. Who stands above whom is asked for anew each time, so nothing else follows."""
    del parts
    return POSTS.subscription("mentoring.posts")
