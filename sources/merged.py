"""A duplicate that was merged into another row takes nothing more: what is written for it goes to the other."""

import pgtrigger

FOLLOW = """
    IF TG_OP = 'INSERT' OR OLD.{column} IS DISTINCT FROM NEW.{column} THEN
        SELECT merged_into_id INTO other FROM {table} WHERE id = NEW.{column} FOR KEY SHARE;
        NEW.{column} := COALESCE(other, NEW.{column});
    END IF;
    RETURN NEW;
"""


def as_merged(column: str, table: str) -> pgtrigger.Trigger:
    """For the `triggers` of a model. The lock waits for a merge that is under way; its name puts it before the others."""
    return pgtrigger.Trigger(
        name="as_merged",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(column),
        declare=[("other", "bigint")],
        func=FOLLOW.format(column=column, table=table),
    )
