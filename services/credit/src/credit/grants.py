"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, REPLACED, Grants, blanked

GRANTS = Grants(
    {
        "agencies": CHANGED,
        "appeals": CHANGED,
        "balances": CHANGED,
        "booked_months": REPLACED,
        "case_history": blanked("reason", "replaced"),
        "cases": CHANGED,
        "conflicts": REPLACED,
        "data_fixes": CHANGED,
        "deputies": CHANGED,
        "drafts": ADDED,
        "educations": REPLACED,
        "entries": ADDED,
        "established_posts": CHANGED,
        "evidence": CHANGED,
        "facts": CHANGED,
        "former_numbers": REPLACED,
        "part_decisions": ADDED,
        "holdings": REPLACED,
        "paper_series": CHANGED,
        "papers": (*ADDED, "UPDATE (token, name, official, said, replaced_on, revoked_on, revoked_by, revocation)"),
        "people": CHANGED,
        "post_states": REPLACED,
        "posts": REPLACED,
        "promotions": REPLACED,
        "queue": EDITED,
        "replay_changes": ADDED,
        "replays": CHANGED,
        "reported_predicates": CHANGED,
        "restrictions": CHANGED,
        "second_checks": CHANGED,
        "segments": ADDED,
        "statuses": REPLACED,
        "waiting_times": REPLACED,
    },
    # What triggers ask: where words are lost, and how an entry or a move is chained to the one before.
    functions=["loses_words(jsonb,jsonb,text[])", "entry_link(entries,bytea)", "move_link(case_history,bytea)"],
)
