"""The books of mentoring: what its people were told, beside its database, its topics and the records of training."""

import json
from collections import defaultdict
from collections.abc import Sequence

from chaos.arena import Arena
from chaos.clients import History
from chaos.cohorts import MINUTES
from chaos.faults import AGAIN
from chaos.findings import differences, finding
from contracts.topics import MENTORS, PAIRS
from jejak_local.books import Finding, records, rows

MENTORING = "mentoring"
"""The source of the records that training makes of sessions."""
HELD = ("MentoringCompleted.v1", "MentoringCorrected.v1")


async def applicants(arena: Arena, histories: Sequence[History]) -> Finding:
    """Everybody who has applied is kept, and in the run that came after: with a mentor, or with what stands against it."""
    kept = dict(
        await rows(
            arena.stack,
            "mentoring",
            "SELECT programme_id::text || ' ' || person_id, CASE side WHEN 'mentor' THEN seats ELSE 0 END FROM applications",
        )
    )
    seats = {
        f"{cohort.id} {person}": cohort.seats.get(person, 0)
        for history in histories
        for cohort in history.cohorts
        for person in [*cohort.mentees, *cohort.mentors]
    }
    found = await rows(
        arena.stack,
        "mentoring",
        "SELECT programme_id::text, mentee_id::text, num_nonnulls(mentor_id, limited_by)"
        " FROM matching_results JOIN matching_runs ON id = run_id",
    )
    wanted = {
        (cohort.id, person, 1) for history in histories for cohort in history.cohorts for person in cohort.mentees
    }
    lost = [f"{row} {'is too much' if row in found else 'is missing'} in the runs" for row in found ^ wanted]
    return finding(
        "11 each applicant is kept and matched, or left with what stands against it",
        differences(seats, kept) + lost,
        f"{len(kept):,} applicants, {len(found):,} mentees in runs",
    )


async def sessions(arena: Arena, histories: Sequence[History]) -> Finding:
    """Each session is stored as it was answered last, and counts on its day once both have said that it was held."""
    told = {
        name: [met.pair, met.state, met.day if met.counts else None]
        for history in histories
        for cohort in history.cohorts
        for name, met in cohort.sessions.items()
    }
    stored = {
        name: facts
        for name, *facts in await rows(
            arena.stack, "mentoring", "SELECT id::text, pair_id::text, state, held_on FROM mentoring_sessions"
        )
    }
    counted = sum(state == "confirmed" for _, state, _ in told.values())
    return finding(
        "11 each session is stored as it was answered last, and counts once both have said so",
        differences(told, stored),
        f"{len(told):,} sessions, {counted:,} count",
    )


async def completions(arena: Arena, histories: Sequence[History]) -> Finding:
    """What was told of a pair's year is its sessions, and training has one record that says so, or a refusal stands on it."""
    expected: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for history in histories:
        for cohort in history.cohorts:
            for met in cohort.told:
                expected[met.pair, met.day.year].append(met.day.isoformat())
    told: dict[str, tuple[int, str]] = {}
    async for headers, body in records(arena.stack.kafka.bootstrap, PAIRS.name):
        if headers.get("ce_type", "").endswith(HELD) and AGAIN not in headers:
            event = int(headers["ce_sequence"]), " ".join(json.loads(body)["session_dates"])
            told[headers["ce_subject"]] = max(event, told.get(headers["ce_subject"], event))
    standing: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for completion, *record in await rows(
        arena.stack,
        "training",
        "SELECT split_part(reference, '/', 1), id::text, array_to_string(session_dates, ' ') FROM records"
        f" WHERE source_name = '{MENTORING}' AND state <> 'revoked'",
    ):
        standing[completion].append(tuple(record))
    broken: list[str] = []
    found: dict[tuple[str, int], str] = {}
    for completion, pair, year, days, version, answered, record, refused in await rows(
        arena.stack,
        "mentoring",
        "SELECT id::text, pair_id::text, year, array_to_string(days, ' '), version, answered, record_id::text, refused"
        " FROM completions",
    ):
        if days:
            found[pair, year] = days
        if told.pop(completion, None) != (version, days):
            broken.append(f"{completion} was not told as it stands")
        if (answered, refused) != (version, None) or standing[completion] != ([(record, days)] if days else []):
            broken.append(
                f"{completion} of {days}: version {version}, {answered} answered, {refused}, {standing[completion]}"
            )
    broken += [f"{completion} was told and is nothing" for completion in told]
    return finding(
        "11 the sessions of each pair that is over were told, and are one record of training",
        differences({key: " ".join(sorted(days)) for key, days in expected.items()}, found) + broken,
        f"{len(found):,} pairs and years",
    )


async def recognitions(arena: Arena, histories: Sequence[History]) -> Finding:
    """What was told of each mentor and year last is the sessions told for their mentees."""
    expected: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for history in histories:
        for cohort in history.cohorts:
            for met in cohort.told:
                sums = expected[cohort.pairs[met.pair].mentor, met.day.year]
                sums[0] += 1
                sums[1] += MINUTES
    newest: dict[tuple[str, int], tuple[int, list[int]]] = {}
    async for headers, body in records(arena.stack.kafka.bootstrap, MENTORS.name):
        said = json.loads(body)
        told = int(headers["ce_sequence"]), [said["sessions"], said["minutes"]]
        key = said["mentor_id"], said["year"]
        newest[key] = max(told, newest.get(key, told))
    recognised = {key: figures for key, (_, figures) in newest.items() if figures != [0, 0]}
    return finding(
        "11 what mentors have done is what was told of their mentees' sessions",
        differences(expected, recognised),
        f"{len(recognised):,} mentors, {sum(minutes for _, minutes in recognised.values()) / 60:,.2f} hours",
    )
