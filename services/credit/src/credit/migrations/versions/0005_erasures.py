"""Words may be lost from what is only ever added to and from what was decided, when somebody is erased; nothing else changes."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LOSES_WORDS = """
CREATE FUNCTION loses_words(before jsonb, after jsonb, words text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT before <> after AND before - words = after - words AND NOT EXISTS (
        SELECT FROM unnest(words) AS word
        WHERE after -> word <> before -> word AND after -> word NOT IN ('null', '""')
            AND (jsonb_typeof(before -> word) <> 'object' OR after -> word <> (before -> word) - 'evidence')
    )
$$
"""
"""True where rows differ in these words alone, and in each by having lost it; of an object, its evidence."""
CHANGE_OF_HISTORY = """
CREATE TRIGGER refuse_change BEFORE UPDATE ON case_history FOR EACH ROW
    WHEN (NOT loses_words(to_jsonb(OLD), to_jsonb(NEW), '{reason,replaced}')) EXECUTE FUNCTION refuse_change()
"""
CHANGE_OF_CASE = """
CREATE TRIGGER guard_case_change BEFORE UPDATE ON cases FOR EACH ROW
    WHEN (NEW.version <> OLD.version OR NOT loses_words(to_jsonb(OLD), to_jsonb(NEW), '{evidence,return_reason}'))
    EXECUTE FUNCTION guard_case()
"""


def upgrade() -> None:
    op.execute(LOSES_WORDS)
    op.execute("DROP TRIGGER refuse_change ON case_history")
    op.execute(CHANGE_OF_HISTORY)
    op.execute(
        "CREATE TRIGGER refuse_removal BEFORE DELETE ON case_history FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP TRIGGER guard_case ON cases")
    op.execute("CREATE TRIGGER guard_case BEFORE INSERT OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION guard_case()")
    op.execute(CHANGE_OF_CASE)


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_case_change ON cases")
    op.execute("DROP TRIGGER guard_case ON cases")
    op.execute(
        "CREATE TRIGGER guard_case BEFORE INSERT OR UPDATE OR DELETE ON cases"
        " FOR EACH ROW EXECUTE FUNCTION guard_case()"
    )
    op.execute("DROP TRIGGER refuse_removal ON case_history")
    op.execute("DROP TRIGGER refuse_change ON case_history")
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON case_history"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP FUNCTION loses_words")
