"""The mentoring service: programmes, applications, profiles, and who is matched with whom."""

from contracts.service import Service
from mentoring.erasing import ERASING
from mentoring.runs.commands import JOB, match_step
from roster.erasing import erase_command

SERVICE = Service(
    name="mentoring",
    title="Jejak: mentoring",
    port=8005,
    features=[
        "agencies",
        "posts",
        "programmes",
        "applications",
        "trained",
        "profiles",
        "runs",
        "pairs",
        "personal",
        "jobs",
    ],
    emits=True,
    jobs={JOB: match_step},
    commands={"erase": erase_command(ERASING)},
)
