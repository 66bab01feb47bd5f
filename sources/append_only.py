"""Tables that are only ever added to: the database refuses every change, deletion and emptying, whoever asks."""

import pgtrigger
from django.db import models

# Made by sources/migrations/0002. It is no function of pgtrigger’s own, since those let a setting of the session
# (`pgtrigger.ignore`) switch a trigger off.
FUNCTION = "rows_are_for_ever"


class Refuse(pgtrigger.Trigger):
    when = pgtrigger.Before
    func = "RETURN NULL;"  # never called

    def render_execute(self, model: models.Model) -> str:
        return f"{FUNCTION}()"


def append_only() -> list[pgtrigger.Trigger]:
    """For the `triggers` of a model."""
    return [
        Refuse(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        Refuse(name="never_emptied", operation=pgtrigger.Truncate, level=pgtrigger.Statement),
    ]
