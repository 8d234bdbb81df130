"""What credit reads from the registry of posts."""

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.posts.tables import POSTS


def subscription(parts: Parts) -> Subscription:
    """Keeps posts. Which are open is asked for anew each time, so nothing else follows."""
    del parts
    return POSTS.subscription("credit.posts")
