"""What must always be true of posts and of who holds them, as SQL."""

from common.invariants import Invariant
from registry.standing import LIFE, follows, is_there, left_on, no_loop

INVARIANTS = (
    follows("post"),
    is_there("post", "unit", "unit_id"),
    is_there("post", "post", "superior_id"),
    no_loop("post", "superior_id"),
    Invariant(
        "a post is held only while it is there",
        f"""
        SELECT h.person_id, h.post_id FROM holdings h
        JOIN LATERAL ({LIFE} post_states WHERE post_id = h.post_id) post ON true
        WHERE h.valid_from < post.begins OR coalesce(h.valid_to, 'infinity') > post.ends
        """,  # noqa: S608 - names of our own tables
    ),
    Invariant(
        "no more people hold a post than it has seats",
        """
        SELECT s.post_id, days.day FROM post_states s
        JOIN LATERAL (
            SELECT s.valid_from AS day UNION SELECT valid_from FROM holdings
            WHERE post_id = s.post_id AND valid_from >= s.valid_from AND valid_from < coalesce(s.valid_to, 'infinity')
        ) days ON true
        WHERE s.seats < (
            SELECT count(*) FROM holdings WHERE post_id = s.post_id AND kind = 'definitive'
                AND valid_from <= days.day AND (valid_to IS NULL OR days.day < valid_to)
        )
        """,
    ),
    Invariant(
        "nobody has two posts of their own at a time, and no post two acting holders",
        """
        SELECT person_id, one.post_id FROM holdings one JOIN holdings other USING (person_id)
        WHERE (one.post_id, one.valid_from) < (other.post_id, other.valid_from)
            AND one.valid_from < coalesce(other.valid_to, 'infinity')
            AND other.valid_from < coalesce(one.valid_to, 'infinity')
            AND (one.post_id = other.post_id OR (one.kind, other.kind) = ('definitive', 'definitive'))
        UNION ALL
        SELECT one.person_id, post_id FROM holdings one JOIN holdings other USING (post_id)
        WHERE one.kind <> 'definitive' AND other.kind <> 'definitive'
            AND (one.person_id, one.valid_from) < (other.person_id, other.valid_from)
            AND one.valid_from < coalesce(other.valid_to, 'infinity')
            AND other.valid_from < coalesce(one.valid_to, 'infinity')
        """,
    ),
    Invariant(
        "whoever holds a post serves in its agency on all these days",
        f"""
        SELECT h.person_id, h.post_id FROM holdings h
        WHERE EXISTS (
            SELECT FROM assignments a WHERE a.person_id = h.person_id AND a.agency_id <> h.agency_id
                AND a.valid_from < coalesce(h.valid_to, 'infinity') AND h.valid_from < coalesce(a.valid_to, 'infinity')
        ) OR h.valid_from < (SELECT begins_on FROM people WHERE id = h.person_id)
        OR coalesce(h.valid_to, 'infinity') > {left_on("h.person_id")}
        """,  # noqa: S608 - names of our own tables
    ),
)
