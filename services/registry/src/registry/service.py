"""The registry: agencies with their units, posts and PICs, and people with a dated history."""

from common.service import Command
from contracts import imports
from contracts.service import DATED, Service, past_of_agency
from registry.access.cli import add_breach, breach, drop_looks
from registry.data_files import commands as data_files
from registry.data_files import making
from registry.data_files.cli import erase_data_files
from registry.data_requests.cli import escalate_requests, tell_restrictions
from registry.erasures import cli as erasing
from registry.erasures import commands as erasures
from registry.imports.kinds import IMPORTING
from registry.people.cli import announce_begun, tell_again
from registry.reforms import commands as reforms
from registry.resting import WITHHELD
from registry.settings import Settings
from roster.expiring import expire_command

SERVICE = Service(
    name="registry",
    title="Jejak: agencies and people",
    port=8001,
    features=[
        "agencies",
        "units",
        "posts",
        "people",
        "tags",
        "promotions",
        "holdings",
        "identifiers",
        "contacts",
        "deputies",
        "access",
        "reforms",
        "data_files",
        "data_requests",
        "erasures",
        "stakeholders",
        "imports",
        "jobs",
    ],
    settings=Settings,
    expands=DATED | {"agency": past_of_agency("id")},
    withheld=WITHHELD,
    emits=True,
    jobs={
        reforms.JOB: reforms.reform_step,
        data_files.JOB: making.make_step,
        erasures.JOB: erasures.erase_step,
        imports.JOB: IMPORTING.step,
    },
    commands={
        "announce-begun": Command(
            announce_begun,
            description="Announce again whoever changes today by something recorded beforehand.",
            daily=True,
        ),
        "breach": Command(
            breach,
            description="List whom a suspected client was shown in a span of time, with drafts of the notices.",
            arguments=add_breach,
        ),
        "erase-data-files": Command(
            erase_data_files,
            description="Erase the files of people's data whose time is over. Safe to run at any time.",
            daily=True,
        ),
        "escalate-requests": Command(
            escalate_requests,
            description="Tell the PICs of requests about people's data that were not answered in time. Safe to run at any time.",
            daily=True,
        ),
        "tell-again": Command(
            tell_again,
            description="Tell the services again of every agency and everybody, once after an upgrade since which one keeps more of them. Safe to run at any time.",
        ),
        "tell-restrictions": Command(
            tell_restrictions,
            description="Tell the services again whose record rests at their request, once after an upgrade from before they kept it. Safe to run at any time.",
        ),
        "drop-looks": Command(
            drop_looks,
            description="Drop the months of the access log that were kept long enough. Safe to run at any time.",
            daily=True,
        ),
        "erase": Command(
            erasing.erase,
            description="List whom their record has outlived, and what would be erased; ask for it by a letter.",
            arguments=erasing.add_erase,
        ),
        "drop-imports": imports.DROP,
        "expire": expire_command("jobs"),
    },
)
