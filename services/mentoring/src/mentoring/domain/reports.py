"""Reports of a problem in a pair: what they are about, and who may be trusted with one.

No regulation says who hears of it. Whoever does stands outside: they are neither of the two, and in nobody's line
(`roster.outside`).
"""

from typing import Literal, get_args

About = Literal["conduct", "absence", "confidentiality", "conflict_of_interest", "other"]
ABOUT: tuple[About, ...] = get_args(About)
