"""Audits: confirmed sessions drawn by lot, and who outside looks into each.

No regulation says how many. Whoever looks is neither of the two nor in the line of one of them, as with reports of problems
(`roster.outside`). Meetings of circles are not drawn: they have several witnesses, each of whom has said for themselves that they
were there, and whoever is outside all their lines is hard to find.
"""

from typing import Literal, get_args

Finding = Literal["held", "not-held", "unclear"]
FINDINGS: tuple[Finding, ...] = get_args(Finding)
