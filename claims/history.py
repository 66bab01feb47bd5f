"""What became of a statement: its versions as the database kept them, what changed between two, and what of it is public.

The tables of history hold each row as it was before a change (see the decorators of Statement, Position and Relay).
Here they are put together again, oldest first; how changes are written is in `claims/changes.py`.
"""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from claims.changes import FIELDS, STANDING, Change, Names, Reading, changes_of
from claims.models import Merge, Position, Relay, Statement, Transition
from claims.workflow import PUBLIC

WHAT = {
    "submit": "Submitted",
    "publish": "Published",
    "return": "Returned",
    "correct": "Corrected",
    "withdraw": "Withdrawn",
}
NOTED = ("correct", "withdraw")  # their comments are written for the public
MERGED = "Two entries for the same one were made one."
PARTED = "One entry that stood for two was made two again."


@dataclass(frozen=True)
class Version:
    number: int
    at: datetime.datetime
    by: User | None  # None: it was written past the desk, by SQL, and nobody signed it
    state: str
    move: Transition | None  # the move that made it; None: an edit
    fields: dict[str, str]  # by label, in the order in which they are told
    standing: dict[str, str]  # likewise: what the desk decides, not what was said
    positions: tuple[Reading, ...]
    relays: tuple[str, ...]
    written_at: datetime.datetime = field(repr=False)  # as the row itself says

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC


@dataclass(frozen=True)
class Entry:
    """What was done once, as the desk reads of it."""

    at: datetime.datetime
    by: User | None
    what: str
    move: Transition | None
    changes: list[Change]


@dataclass(frozen=True)
class Correction:
    """What became of a published statement, as the public reads of it."""

    what: str
    at: datetime.datetime
    note: str
    changes: list[Change]


# What is asked of it


def versions(statement: Statement) -> list[Version]:
    """Oldest first, the one that stands last. The same queries however many there are."""
    return versions_of([statement])[statement.pk]


def versions_of(statements: Iterable[Statement]) -> dict[int, list[Version]]:
    """Those of many statements, by key. As many queries as for one."""
    keys = [statement.pk for statement in statements]
    rows = Statement.objects.filter(pk__in=keys).defer("search").in_bulk()
    changed = _by_statement(_events(Statement).filter(pgh_obj__in=keys).order_by("pgh_id"), "pgh_obj_id")
    moves = _by_statement(Transition.objects.filter(statement__in=keys).select_related("by").order_by("id"))
    positions = _Kept(Position, keys)
    relays = _Kept(Relay, keys)
    names = Names(
        [*rows.values(), *(row for events in changed.values() for row in events), *positions.all, *relays.all]
    )
    return {
        key: _Story(row, changed[key], positions.of(key), relays.of(key), moves[key]).told(names)
        for key, row in rows.items()
    }


def changes_between(older: Version, newer: Version) -> list[Change]:
    """What was said, of whom, and how it was read: not the state that it was in."""
    return [
        *changes_of(older.fields, newer.fields),
        *Reading.changes(older.positions, newer.positions),
        *changes_of({"Passed on by": " → ".join(older.relays)}, {"Passed on by": " → ".join(newer.relays)}),
    ]


def since_returned(statement: Statement) -> list[Change] | None:
    """What has changed since a reviewer last returned it; None where nobody ever did."""
    told = versions(statement)
    returned = [version for version in told if version.move and version.move.name == "return"]
    return changes_between(returned[-1], told[-1]) if returned else None


def entries(statement: Statement) -> list[Entry]:
    """The whole history for the desk, oldest first: every version and every move."""
    told = versions(statement)
    found = [_entry(told[0], [], first=True)]
    for older, newer in itertools.pairwise(told):
        # A move says itself from which state to which, and who reviewed.
        standing = [] if newer.move else changes_of(older.standing, newer.standing)
        found.append(_entry(newer, changes_between(older, newer) + standing))
    known = [version.move for version in told if version.move]
    moves = statement.transitions.select_related("by").order_by("id")  # an import makes several moves at one stroke
    found += [Entry(move.at, move.by, WHAT[move.name], move, []) for move in moves if move not in known]
    if told[0].move:
        found.append(Entry(statement.created_at, statement.annotated_by, "Made", None, []))
    return sorted(found, key=lambda entry: entry.at)


def _entry(version: Version, changes: list[Change], *, first: bool = False) -> Entry:
    if move := version.move:
        return Entry(move.at, move.by, WHAT[move.name], move, changes)
    what = "Made" if first else "Edited"
    return Entry(version.at, version.by, what if version.by else "Changed past the desk", None, changes)


def corrections(statement: Statement) -> list[Correction]:
    """What changed in what the public read, when and why, oldest first: of no version but those that were published."""
    return [event for event in public_history(statement) if event.what != WHAT["publish"]]


def public_history(statement: Statement) -> list[Correction]:
    """The same, with when it was published: never that it was returned, nor what was said of a draft.

    2 queries where nothing changed since.
    """
    names = ["publish", *NOTED]
    moves = {move.pk: move for move in statement.transitions.filter(name__in=names).order_by("at", "id")}
    mended = any(move.name in NOTED for move in moves.values())
    told = versions(statement) if mended or _touched(statement) else []
    found = []
    for older, newer in itertools.pairwise(told):
        changes = [change for change in changes_between(older, newer) if change.is_public]
        if older.is_public and newer.is_public and (newer.move or changes):
            found.append((newer, changes))
    notes = _merges([version for version, _ in found if not version.move])
    listed = [
        Correction("Changed", version.at, notes.get(version.written_at, ""), changes)
        for version, changes in found
        if not version.move
    ]
    # Of before the history was kept, the log alone tells.
    known = {version.move.pk: changes for version, changes in found if version.move}
    for key, move in moves.items():
        note = move.comment if move.name in NOTED else ""
        listed.append(Correction(WHAT[move.name], move.at, note, known.get(key, [])))
    return sorted(listed, key=lambda event: event.at)


def _touched(statement: Statement) -> bool:
    """Whether anything was written since it was published, be it by SQL. 1 query."""
    published = _events(Statement).filter(pgh_obj=statement.pk, state__in=sorted(PUBLIC))
    kept = [
        _events(model).filter(statement=statement.pk, until__gte=statement.version).values("pgh_id")
        for model in (Position, Relay)
    ]
    return statement.state in PUBLIC and published.values("pgh_id").union(*kept).exists()


def _merges(unexplained: Sequence[Version]) -> dict[datetime.datetime, str]:
    """Why rows were moved at these times: duplicates made one, or two again. 1 query, none where nothing is asked."""
    times = [version.written_at for version in unexplained]
    if not times:
        return {}
    merges = list(Merge.objects.filter(at__in=times)) + list(Merge.objects.filter(undone_at__in=times))
    return {merge.at: MERGED for merge in merges} | {merge.undone_at: PARTED for merge in merges if merge.undone_at}


# Put together from what the database kept


def _by_statement(rows: Iterable[Any], key: str = "statement_id") -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _events(model: type[Model]) -> QuerySet[Any]:
    """The table of history of this model: pghistory makes it, where no type checker sees it."""
    return apps.get_model("claims", f"{model.__name__}Event")._default_manager.all()


class _Kept:
    """The rows of a table that belong to statements, as they are and as they were: 2 queries."""

    def __init__(self, model: Any, keys: list[int]) -> None:
        self.events = _by_statement(_events(model).filter(statement__in=keys).order_by("pgh_id"))
        self.rows = _by_statement(model.objects.filter(statement__in=keys).order_by("id"))

    @property
    def all(self) -> list[Any]:
        return [row for rows in (*self.events.values(), *self.rows.values()) for row in rows]

    def of(self, statement: int) -> dict[int, list[Any]]:
        """The forms of each row by its key, oldest first."""
        forms: defaultdict[int, list[Any]] = defaultdict(list)
        for event in self.events[statement]:
            forms[event.pgh_obj_id].append(event)
        for row in self.rows[statement]:
            forms[row.pk].append(row)
        return dict(sorted(forms.items()))


@dataclass
class _Moment:
    """From here on, until the next, the statement was so."""

    row: Any
    began: datetime.datetime | None  # the time of the transaction; None: when it was made
    outside: bool = False  # the row says the version before, so no verb wrote it

    @property
    def order(self) -> tuple[int, float]:
        return self.row.version, self.began.timestamp() if self.began else 0


class _Story:
    """One statement's rows, brought into the order in which they were written."""

    def __init__(
        self,
        row: Statement,
        changed: list[Any],
        positions: dict[int, list[Any]],
        relays: dict[int, list[Any]],
        moves: list[Transition],
    ) -> None:
        self.statement = row
        self.positions = positions
        self.relays = relays
        self.moments = self._moments(changed)
        self.moves = {id(self._made_by(move)): move for move in moves}

    def _moments(self, changed: list[Any]) -> list[_Moment]:
        found: list[_Moment] = []
        for row, began in zip(
            [*changed, self.statement], [None, *(row.pgh_created_at for row in changed)], strict=True
        ):
            found.append(_Moment(row, began, outside=bool(found) and found[-1].row.version == row.version))
        known = {(moment.row.version, moment.began) for moment in found}
        for until, at in sorted({(form.until, form.pgh_created_at) for form in self._ended()} - known):
            before = [moment for moment in found if moment.order <= (until, at.timestamp())] or found[:1]
            found.append(_Moment(before[-1].row, at, outside=True))
            found.sort(key=lambda moment: moment.order)
        return found

    def _ended(self) -> Iterable[Any]:
        """The forms of positions and relays that were replaced or went."""
        kept = (*self.positions.values(), *self.relays.values())
        return (form for forms in kept for form in forms if hasattr(form, "pgh_id"))

    def _made_by(self, move: Transition) -> _Moment | None:
        """A move writes the row, and then itself, before anybody else may write."""
        by_verb = (m for m in self.moments if not m.outside and m.row.state == move.to_state)
        return next((m for m in reversed(list(by_verb)) if m.row.updated_at <= move.at), None)

    def told(self, names: Names) -> list[Version]:
        positions = self._alive(self.positions)
        relays = self._alive(self.relays)
        return [
            self._version(moment, names, positions[number], relays[number])
            for number, moment in enumerate(self.moments)
        ]

    def _alive(self, rows: dict[int, list[Any]]) -> list[list[Any]]:
        """The forms that stood at each moment."""
        at: list[list[Any]] = [[] for _ in self.moments]
        for forms in rows.values():
            start = self._place(forms[0].since)
            for form in forms:
                ends = hasattr(form, "pgh_id")
                end = self._place(form.until, form.pgh_created_at) if ends else len(self.moments)
                for there in at[start:end]:
                    there.append(form)
                start = end
        return at

    def _place(self, version: int, began: datetime.datetime | None = None) -> int:
        """The first moment of that version, or the one of that version which began just then."""
        there = [n for n, moment in enumerate(self.moments) if moment.row.version >= version]
        exact = [n for n in there if (self.moments[n].row.version, self.moments[n].began) == (version, began)]
        return (exact or there or [len(self.moments)])[0]

    def _version(self, moment: _Moment, names: Names, positions: list[Any], relays: list[Any]) -> Version:
        row = moment.row
        move = self.moves.get(id(moment))
        signed = names.users.get(row.changed_by_id or (move and move.by_id) or row.annotated_by_id)
        return Version(
            number=row.version,
            at=self._when(moment),
            by=None if moment.outside else signed,
            state=row.state,
            move=move,
            fields={label: told(row, names) for label, told in FIELDS.items()},
            standing={label: told(row, names) for label, told in STANDING.items()},
            positions=tuple(Reading.of(position, names) for position in positions),
            relays=tuple(names.link(relay) for relay in sorted(relays, key=lambda relay: relay.rank)),
            written_at=row.updated_at,
        )

    def _when(self, moment: _Moment) -> datetime.datetime:
        if moment.outside and moment.began:
            return moment.began
        return self.statement.created_at if moment.row.version == 1 else moment.row.updated_at
