"""From two codings of a source to one result: what each made, side by side, and a draft from what was right of it.

Whoever settles is neither of the two. What is taken becomes a draft of theirs, which then goes the way of any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch

from claims import agreement
from claims.models import Coding, PassedOver, Position, Statement
from claims.models.coding import hold
from claims.roles import may_review
from claims.templatetags.stance import day, stance_word
from sources.models import Source

# The two agree where all of this is the same; the rest is wording, and whoever settles sees it.
COMPARED: dict[str, Callable[[Statement], str]] = {
    "Words": lambda row: row.quote,
    "Kind": lambda row: row.get_kind_display(),
    "Said by": lambda row: row.speaker.name,
    "Spoke for": lambda row: row.party.name if row.party else "nobody",
    "Said on": lambda row: day(row.said_on, row.said_on_precision),
    "Language": lambda row: row.language,
    "Passed on by": lambda row: " → ".join(relay.who.name for relay in row.relays.all()),
}
WORDING: dict[str, Callable[[Statement], str]] = {
    "Cue": lambda row: row.cue,
    "Named as": lambda row: row.speaker_as_named,
    "Role": lambda row: row.role,
    "To": lambda row: row.addressee,
    "Occasion": lambda row: row.occasion,
    "Date as printed": lambda row: row.said_on_as_printed,
    "In the original": lambda row: row.original_quote,
    "Note": lambda row: row.note,
}
COPIED = ["speaker", "party", "kind", "cue", "speaker_as_named", "role", "addressee", "occasion", "said_on"]
COPIED += ["said_on_precision", "said_on_as_printed", "language", "original_quote", "utterance", "note"]
READING = ["claim", "holder", "stance", "strength", "condition", "rationale"]


@dataclass(frozen=True)
class Row:
    """One line of two columns: what the first and the second say there; empty where they say nothing."""

    label: str
    first: str
    second: str
    differs: bool
    counts: bool  # towards whether they agree; otherwise it is wording


@dataclass(frozen=True)
class Case:
    """A stretch of the text, with what either made of it and what has been settled."""

    number: int
    first: Statement | None
    second: Statement | None
    rows: list[Row]

    @property
    def coded(self) -> list[Statement]:
        return [row for row in (self.first, self.second) if row]

    @property
    def agreed(self) -> bool:
        return len(self.coded) == 2 and not any(row.differs and row.counts for row in self.rows)

    @property
    def differs_in(self) -> list[str]:
        told = [row.label for row in self.rows if row.differs and row.counts]
        return [label.lower() if label in COMPARED else label for label in told]

    @property
    def settled(self) -> Statement | None:
        return next((made for row in self.coded for made in row.adjudicated.all()), None)

    @property
    def passed_over(self) -> PassedOver | None:
        return next((row.passed_over for row in self.coded if hasattr(row, "passed_over")), None)

    @property
    def is_open(self) -> bool:
        return self.settled is None and self.passed_over is None


@dataclass(frozen=True)
class Comparison:
    source: Source
    codings: list[Coding]  # the first and the second
    found: agreement.Agreement
    cases: list[Case]
    names: dict[int, Position]  # for each claim a position that was read on it

    def case_of(self, public_id: str) -> Case | None:
        return next((case for case in self.cases if public_id in {row.public_id for row in case.coded}), None)


def compare(source: Source) -> Comparison:
    """Both codings of the source, which are done. 5 queries, however much was coded."""
    codings = list(source.codings.select_related("coder").order_by("slot"))
    assert len(codings) == 2
    assert all(coding.done_at for coding in codings)
    rows = list(
        Statement.objects.filter(coding__in=codings)
        .with_attribution()
        .select_related("passed_over__by", "revision")
        .defer("revision__text", "search")
        .prefetch_related(Prefetch("adjudicated", Statement.objects.select_related("annotated_by")))
        .in_text_order()
    )
    by_key = {row.pk: row for row in rows}
    found = agreement.compare(*([_coded(row) for row in rows if row.coding_id == one.pk] for one in codings))
    cases = []
    for number, pair in enumerate(found.pairs, 1):
        first, second = (by_key[coded.key] if coded else None for coded in (pair.first, pair.second))
        cases.append(Case(number, first, second, _side_by_side(first, second)))
    names = {position.claim_id: position for row in rows for position in row.positions.all()}
    return Comparison(source, codings, found, cases, names)


def _coded(row: Statement) -> agreement.Coded:
    return agreement.Coded(
        key=row.pk,
        spans=tuple((start, end) for start, end in row.spans),
        speaker=row.speaker_id,
        kind=row.kind,
        stances={(position.claim_id, position.holder_id): position.stance for position in row.positions.all()},
        text=row.revision_id,
    )


def _side_by_side(first: Statement | None, second: Statement | None) -> list[Row]:
    rows = []
    for told, counts in ((COMPARED, True), (WORDING, False)):
        for label, tell in told.items():
            left, right = tell(first) if first else "", tell(second) if second else ""
            if left or right:
                rows.append(Row(label, left, right, left != right, counts))
    if first and second and first.spans != second.spans and first.quote == second.quote:
        rows[0] = Row("Words", first.quote, f"{second.quote} (at another place)", differs=True, counts=True)
    return rows + _positions(first, second)


def _positions(first: Statement | None, second: Statement | None) -> list[Row]:
    sides = [
        {(row.claim_id, row.holder_id): row for row in coded.positions.all()} if coded else {}
        for coded in (first, second)
    ]
    rows = []
    for key in {key: None for side in sides for key in side}:
        left, right = (side.get(key) for side in sides)
        named = left or right
        assert named
        label = f"{named.holder.short_name} on “{named.claim.label}”"
        told, other = _told(left), _told(right)
        rows.append(Row(label, told, other, told != other, counts=True))
        why, because = left.rationale if left else "", right.rationale if right else ""
        if why or because:
            rows.append(Row("Because", why, because, why != because, counts=False))
    return rows


def _told(position: Position | None) -> str:
    if position is None:
        return ""
    strongly = ", strongly" if position.strength == Position.Strength.STRONG else ""
    condition = f": {' '.join(position.condition.split())}" if position.condition else ""
    return f"{stance_word(position.stance, position.claim.kind)}{condition}{strongly}"


# Settled by whoever is neither of the two. Each holds the source, so that no case is settled twice.


def may_settle(user: User, codings: list[Coding]) -> bool:
    return may_review(user) and user.pk not in {coding.coder_id for coding in codings}


def take(source: Source, public_id: str, *, by: User) -> Statement:
    """A new draft from this coded statement. Raises ValidationError."""
    with transaction.atomic():
        case = _open_case(source, public_id, by=by)
        return _draft_from(next(row for row in case.coded if row.public_id == public_id), by=by)


def take_agreed(source: Source, *, by: User) -> int:
    """A new draft from each case on which the two agree, in the wording of the first; how many. Raises ValidationError."""
    with transaction.atomic():
        agreed = [case.first for case in _held(source, by=by).cases if case.agreed and case.is_open]
        for first in agreed:
            assert first
            _draft_from(first, by=by)
    return len(agreed)


def take_neither(source: Source, public_id: str, *, by: User) -> None:
    """Nothing is made of this case. Raises ValidationError."""
    with transaction.atomic():
        case = _open_case(source, public_id, by=by)
        PassedOver.objects.bulk_create(PassedOver(statement=row, by=by) for row in case.coded)


def take_up_again(source: Source, public_id: str, *, by: User) -> None:
    """Open again what was passed over. Raises ValidationError."""
    with transaction.atomic():
        case = _held(source, by=by).case_of(public_id)
        if case:
            PassedOver.objects.filter(statement__in=case.coded).delete()


def _held(source: Source, *, by: User) -> Comparison:
    hold(source.pk)
    codings = list(source.codings.all())
    if len(codings) != 2 or not all(coding.done_at for coding in codings):
        raise ValidationError("Nothing is settled before both are done.")
    if not may_settle(by, codings):
        raise ValidationError("Only a reviewer who is neither of the two settles what they disagree on.")
    return compare(source)


def _open_case(source: Source, public_id: str, *, by: User) -> Case:
    case = _held(source, by=by).case_of(public_id)
    if case is None:
        raise ValidationError("No such statement was coded here.")
    if case.settled:
        raise ValidationError(f"This is settled already, by {case.settled.annotated_by}.")
    if case.passed_over:
        raise ValidationError(f"This is passed over already, by {case.passed_over.by}.")
    return case


def _draft_from(coded: Statement, *, by: User) -> Statement:
    fields: dict[str, Any] = {name: getattr(coded, name) for name in COPIED}
    return Statement.objects.record(
        by=by,
        revision=coded.revision,
        spans=[(start, end) for start, end in coded.spans],
        positions=[{name: getattr(position, name) for name in READING} for position in coded.positions.all()],
        via=[relay.who for relay in coded.relays.all()],
        adjudicates=coded,
        **fields,
    )
