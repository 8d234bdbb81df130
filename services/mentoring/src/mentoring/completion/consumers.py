"""Hearing what training made of the sessions it was told of."""

from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.training import MentoringAnswered
from mentoring.completion.commands import take_answers


def subscription(parts: Parts) -> Subscription:
    """Keeps the answers."""
    del parts
    return Subscription("mentoring.answers", topics.MENTORED, (MentoringAnswered,), take_answers)
