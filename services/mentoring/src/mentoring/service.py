"""The mentoring service: programmes, who is matched with whom, what they agree on, and the sessions they hold."""

from common.service import Command
from contracts.service import FilesSettings, Service
from mentoring.by_sex.cli import count_by_sex
from mentoring.converted.cli import offer
from mentoring.erasing import ERASING
from mentoring.flags.cli import flag
from mentoring.pairs.answers import lapse
from mentoring.pairs.seeking import seek
from mentoring.programme_reports.cli import tell_reports
from mentoring.recognition.cli import recognise
from mentoring.runs.commands import JOB, match_step
from mentoring.sessions.cli import complete, erase_files
from mentoring.sessions.reminders import remind
from mentoring.talks.expiring import expire
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
        "converted",
        "trained",
        "profiles",
        "runs",
        "pairs",
        "by_sex",
        "agreements",
        "sessions",
        "circles",
        "completion",
        "flags",
        "audits",
        "feedback",
        "recognition",
        "programme_reports",
        "notes",
        "reports",
        "talks",
        "reforms",
        "restrictions",
        "personal",
        "jobs",
    ],
    settings=FilesSettings,
    emits=True,
    jobs={JOB: match_step},
    commands={
        "complete": Command(
            complete,
            description="Complete the pairs whose last day is over, tell of the sessions of a year that ends, and remind pairs that have"
            " not met for long. Safe to run at any time.",
            daily=True,
        ),
        "recognise": Command(
            recognise,
            description="Tell what mentors have done, where it is not what was told last. Safe to run at any time.",
            daily=True,
        ),
        "offer": Command(
            offer,
            description="Offer a mentor to staff whose post was turned into a functional one, once a programme. Safe to run at any time.",
            daily=True,
        ),
        "flag": Command(
            flag,
            description="Show whoever runs a programme what points at sessions that were not held as told. Safe to run at any time.",
            daily=True,
        ),
        "count-by-sex": Command(
            count_by_sex,
            description="Count anew by sex who has a mentor, where enough have changed that nobody is known by it. Safe to run at any time.",
            daily=True,
        ),
        "tell-reports": Command(
            tell_reports,
            description="Have reports tell what mentees have said, where enough have that nobody is known by it. Safe to run at any time.",
            daily=True,
        ),
        "erase": erase_command(ERASING),
        "erase-files": Command(
            erase_files,
            description="Take away the files of sessions of whoever was erased. Safe to run at any time.",
            daily=True,
        ),
    },
    due=[lapse, seek, remind, expire],
)
