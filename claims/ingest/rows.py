"""One row of the record against what the file says of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from claims.ingest.report import Tally
from sources.ingest.reading import Document, Loc, Problem, Rejected

# What the file calls the models' fields, where it has another name for them.
FIELDS = {
    "original_title": "original",
    "original_publisher": "original",
    "original_url": "original",
    "original_published_on": "original",
    "external_id": "slug",
}


class Rows:
    """Creates what is missing, updates what differs, counts both, and collects what the models refuse."""

    def __init__(self, document: Document, *, keep: bool) -> None:
        self.document = document
        self.keep = keep
        self.tally = Tally()
        self.problems: list[Problem] = []

    def sync(self, kind: str, loc: Loc, row: Model, values: Mapping[str, Any]) -> None:
        """`row` is as stored, or new with its key. Problems stand at `loc`."""
        is_new = row._state.adding
        changed = {name: value for name, value in values.items() if is_new or getattr(row, name) != value}
        if not is_new and (self.keep or not changed):
            self.tally.unchanged[kind] += 1
            return
        outcome = self.tally.created if is_new else self.tally.updated
        for name, value in changed.items():
            setattr(row, name, value)
        try:
            # Foreign keys were looked up a moment ago; checking each again would double the queries.
            row.full_clean(exclude={column.name for column in row._meta.fields if column.many_to_one})
        except ValidationError as error:
            self.refuse(loc, error, FIELDS)
            return
        row.save()
        outcome[kind] += 1

    def refuse(self, loc: Loc, error: ValidationError, names: Mapping[str, str] | None = None) -> None:
        """Each message at its field; `names` are fields that the file calls something else."""
        self.problems += problems(self.document, loc, error, names)

    def check_keys(self, kind: str, keys: Sequence[str]) -> None:
        """Refuse a key that stands twice in the list of that kind."""
        first: dict[str, int] = {}
        for place, key in enumerate(keys):
            if first.setdefault(key, place) != place:
                what = f"stands twice: item {first[key] + 1} of the list has the same name."
                self.problems.append(self.document.problem([kind, place], what))

    def raise_problems(self) -> None:
        if self.problems:
            raise Rejected(*self.problems)


def problems(
    document: Document, loc: Loc, error: ValidationError, names: Mapping[str, str] | None = None
) -> list[Problem]:
    if not hasattr(error, "error_dict"):
        return [document.problem(loc, message) for message in error.messages]
    return [
        document.problem([*loc, *([] if field == NON_FIELD_ERRORS else [(names or {}).get(field, field)])], message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
