"""What training hears of posts: which stands above which."""

from common.messages.inbox import Subscription
from common.parts import Parts
from training.team.tables import POSTS


def subscription(parts: Parts) -> Subscription:
    """Keeps posts. Who stands above whom is asked for anew each time, so nothing else follows."""
    del parts
    return POSTS.subscription("training.posts")
