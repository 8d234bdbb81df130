"""How signs that were counted are kept as flags: one that is open for each thing and kind, and none again that was settled."""


def keep_sql(table: str, of: str) -> str:
    """The statement that keeps the rows of `found` (`of`, kind, figure, found_in, day), which whoever uses it defines.

    Of each kind a thing shows the worst, and of two alike the earlier. What was settled is found anew only in what was not
    seen then. Returns the id of each that is new or more. It is told what `common.signs.counted_by` gives.
    """
    return f"""
    INSERT INTO {table} (id, {of}, kind, figure, found_in, rule_pack, found_on)
    SELECT DISTINCT ON (f.{of}, f.kind) uuidv7(), f.{of}, f.kind, f.figure, f.found_in, :pack, :today
    FROM found f JOIN unnest(CAST(:kinds AS text[]), CAST(:least AS int[])) AS rule (kind, least)
        ON rule.kind = f.kind AND f.figure >= rule.least
    WHERE NOT EXISTS (
        SELECT FROM {table} s
        WHERE s.{of} = f.{of} AND s.kind = f.kind AND s.verdict IS NOT NULL AND s.found_in @> f.found_in
    )
    ORDER BY f.{of}, f.kind, f.figure DESC, f.day, f.found_in
    ON CONFLICT ({of}, kind) WHERE verdict IS NULL
    DO UPDATE SET figure = excluded.figure, found_in = excluded.found_in, rule_pack = excluded.rule_pack
    WHERE ({table}.figure, {table}.found_in) IS DISTINCT FROM (excluded.figure, excluded.found_in)
    RETURNING id
    """  # noqa: S608 - built of names in our own code
