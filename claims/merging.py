"""Duplicates made one: all that pointed to a speaker or a claim points to another, until somebody undoes it.

The duplicate’s row stays, so that its address leads to the other (`merged_into`). Everything happens in one transaction
with the rows locked: statements first, as every verb of theirs does, then the two. What moved is kept on the Merge.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from claims.anchors import shorten
from claims.models import Assessment, Claim, Merge, Position, Relay, Statement
from claims.workflow import PUBLIC
from sources.models import Affiliation, Speaker

POSITION = ("statement_id", "holder_id", "stance", "strength", "condition", "rationale")
AFFILIATION = ("party_id", "role", "since", "until")
RELAY = ("statement_id", "rank")

Dropped = list[tuple[Any, Any]]  # rows that the other has already, each with the one that it equals


@dataclass
class Plan:
    """What a merge would do: the rows that move, those that the other has already, and what stands against it."""

    moving: dict[str, QuerySet[Any]]
    dropped: dict[str, Dropped] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    def kept(self, name: str) -> list[int]:
        """The keys of the rows that move, without those that are dropped."""
        twice = {row.pk for row, _ in self.dropped.get(name, [])}
        return [key for key in self.moving[name].order_by("pk").values_list("pk", flat=True) if key not in twice]

    def counts(self) -> dict[str, int]:
        return {name: len(self.kept(name)) for name in self.moving}

    def statements(self) -> QuerySet[Statement]:
        """All that say something else afterwards."""
        found = Q(pk__in=[])
        for name, rows in self.moving.items():
            if name in ("relays", "positions"):
                found |= Q(pk__in=rows.values("statement"))
            elif name == "statements":
                found |= Q(pk__in=rows.values("pk"))
        return Statement.objects.filter(found)


# What it would do


def plan_speakers(speaker: Speaker, into: Speaker) -> Plan:
    plan = Plan(
        moving={
            "statements": Statement.objects.filter(speaker=speaker),
            "relays": Relay.objects.filter(speaker=speaker),
            "affiliations": Affiliation.objects.filter(speaker=speaker),
        },
        aliases=[
            name for name in dict.fromkeys([speaker.name, *speaker.aliases]) if name not in (into.name, *into.aliases)
        ],
        against=_one_of_two(speaker, into),
    )
    if len({speaker.wikidata_id, into.wikidata_id} - {""}) == 2:
        plan.against.append(f"They are two in Wikidata: {speaker.wikidata_id} and {into.wikidata_id}.")
    plan.dropped["relays"] = _twins(plan.moving["relays"], Relay.objects.filter(speaker=into), ("statement_id",))
    _weigh_affiliations(plan, list(into.affiliations.select_related("party")))
    return plan


def plan_claims(claim: Claim, into: Claim) -> Plan:
    plan = Plan(
        moving={
            "positions": Position.objects.filter(claim=claim),
            "assessments": Assessment.objects.filter(claim=claim),
        },
        against=_one_of_two(claim, into),
    )
    if claim.topic_id != into.topic_id:
        plan.against.append("They are claims of two topics.")
    if claim.kind != into.kind:
        plan.against.append("One is a proposal and the other a fact.")
    rows = plan.moving["positions"].select_related("statement", "holder")
    plan.dropped["positions"] = _twins(rows, Position.objects.filter(claim=into), ("statement_id", "holder_id"))
    for row, twin in plan.dropped["positions"]:
        if not _same(row, twin, ("stance", "strength", "condition")):
            where = f"{shorten(row.statement.quote)} ({row.statement.public_id})"
            says = f"“{row.get_stance_display()}” on the one and “{twin.get_stance_display()}” on the other"
            plan.against.append(f"{row.holder} has {says}, or not in the same way, in the statement {where}.")
    return plan


def _one_of_two(row: Speaker | Claim, into: Speaker | Claim) -> list[str]:
    if row.pk == into.pk:
        return ["Choose two: this is one and the same."]
    return [f"“{one}” was merged into “{one.merged_into}” already." for one in (row, into) if one.merged_into]


def _twins(rows: Iterable[Any], others: Iterable[Any], key: tuple[str, ...]) -> Dropped:
    """Rows that the other has too, each with its twin."""
    known = {tuple(getattr(other, name) for name in key): other for other in others}
    pairs = [(row, known.get(tuple(getattr(row, name) for name in key))) for row in rows]
    return [(row, twin) for row, twin in pairs if twin]


def _same(row: Any, other: Any, names: tuple[str, ...]) -> bool:
    return all(getattr(row, name) == getattr(other, name) for name in names)


def _weigh_affiliations(plan: Plan, others: list[Affiliation]) -> None:
    """Equal ones are dropped; what cannot be true of one speaker is named."""
    rows = list(plan.moving["affiliations"].select_related("party"))
    dropped = plan.dropped["affiliations"] = _twins(rows, others, ("party_id", "role", "since"))
    for row, twin in dropped:
        if row.until != twin.until:
            plan.against.append(f"{_told(row)} ends on another day than {_told(twin)}.")
    for row in rows:
        for other in others:
            if row.party_id != other.party_id and _overlap(row, other):
                plan.against.append(
                    f"A speaker never speaks for two parties at once: {_told(row)}, and {_told(other)}."
                )


def _overlap(one: Affiliation, other: Affiliation) -> bool:
    first, last = datetime.date.min, datetime.date.max
    return (one.since or first) <= (other.until or last) and (other.since or first) <= (one.until or last)


def _told(row: Affiliation) -> str:
    return f"{row.role} ({row.party}, {row.since or 'always'} to {row.until or 'now'})"


# The verbs


def merge_speakers(speaker: Speaker, *, into: Speaker, by: User) -> Merge:
    """Raises PermissionDenied, or ValidationError with all that stands against it."""
    return _merge(Speaker, speaker, into, by)


def merge_claims(claim: Claim, *, into: Claim, by: User) -> Merge:
    """Raises PermissionDenied, or ValidationError with all that stands against it."""
    return _merge(Claim, claim, into, by)


def _merge(model: Any, row: Any, into: Any, by: User) -> Merge:
    check_may_merge(by)
    planned = plan_speakers if model is Speaker else plan_claims
    with transaction.atomic():
        _hold(planned(row, into).statements())
        row, into = _lock(model, row.pk, into.pk)
        plan = planned(row, into)
        if plan.against:
            raise ValidationError(plan.against)
        now = timezone.now()
        moved: dict[str, Any] = {name: plan.kept(name) for name in plan.moving}
        moved["touched"] = list(plan.statements().order_by("pk").values_list("pk", flat=True))
        moved["merged"] = list(model.objects.filter(merged_into=row).values_list("pk", flat=True))
        moved |= _move_names(row, into, plan) if model is Speaker else {}
        model.objects.filter(Q(pk=row.pk) | Q(merged_into=row)).update(merged_into=into)
        moved["dropped"] = _drop(plan)
        _point(moved, row, into, by, now)
        name = model._meta.model_name
        return Merge.objects.create(**{name: row, f"into_{name}": into}, moved=moved, by=by, at=now)


def check_may_merge(user: User) -> None:
    if not user.has_perm("claims.add_merge"):
        raise PermissionDenied("Only a chief merges duplicates.")


def _hold(statements: QuerySet[Statement]) -> None:
    """Lock them in the order of their keys."""
    list(statements.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _lock(model: Any, *keys: int) -> list[Any]:
    rows = model.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(set(keys))
    return [rows[key] for key in keys]


def _move_names(speaker: Speaker, into: Speaker, plan: Plan) -> dict[str, Any]:
    before = {"wikidata_id": into.wikidata_id, "was_public": into.is_public, "aliases": plan.aliases}
    into.aliases = [*into.aliases, *plan.aliases]
    into.wikidata_id = into.wikidata_id or speaker.wikidata_id
    into.save(update_fields=["aliases", "wikidata_id"])
    return before


def _drop(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Delete what the other has already, and say what it was."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for name, pairs in plan.dropped.items():
        columns = {"positions": POSITION, "affiliations": AFFILIATION, "relays": RELAY}[name]
        kept[name] = [{**{c: _plain(getattr(row, c)) for c in columns}, "twin": twin.pk} for row, twin in pairs]
        plan.moving[name].filter(pk__in=[row.pk for row, _ in pairs]).delete()
    return kept


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


TABLES: dict[str, tuple[type[Model], str]] = {
    "statements": (Statement, "speaker"),
    "relays": (Relay, "speaker"),
    "affiliations": (Affiliation, "speaker"),
    "positions": (Position, "claim"),
    "assessments": (Assessment, "claim"),
}


def _point(moved: dict[str, Any], row: Any, to: Any, by: User, at: datetime.datetime) -> None:
    """Have what was moved, as far as it still points to `row`, point to `to`. Each statement becomes a new version."""
    rows = {
        name: model._default_manager.filter(pk__in=moved.get(name, []), **{column: row})
        for name, (model, column) in TABLES.items()
        if name in moved
    }
    changed = {fields["statement_id"] for name in ("relays", "positions") for fields in moved["dropped"].get(name, [])}
    for name in ("relays", "positions"):
        changed |= set(rows[name].values_list("statement_id", flat=True)) if name in rows else set()
    spoken = list(rows["statements"].values_list("pk", flat=True)) if "statements" in rows else []
    signed = {"version": F("version") + 1, "changed_by": by, "updated_at": at}
    Statement.objects.filter(pk__in=spoken).update(speaker=to, **signed)
    Statement.objects.filter(pk__in=changed - set(spoken)).update(**signed)
    for name, found in rows.items():
        if name != "statements":
            found.update(**{TABLES[name][1]: to})


def undo(merge: Merge, *, by: User) -> None:
    """Take the two apart again. What was changed to point elsewhere since stays where it is.

    Raises PermissionDenied, or ValidationError where it is undone already or the other was merged on.
    """
    check_may_merge(by)
    model: Any = Speaker if merge.speaker_id else Claim
    name = model._meta.model_name
    with transaction.atomic():
        merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if merge.undone_at:
            raise ValidationError(f"{merge.undone_by} has undone this merge already.")
        _hold(Statement.objects.filter(pk__in=merge.moved["touched"]))
        row, into = _lock(model, getattr(merge, f"{name}_id"), getattr(merge, f"into_{name}_id"))
        if row.merged_into_id != into.pk:
            raise ValidationError(f"“{into}” was merged into “{row.merged_into}” since: undo that first.")
        now = timezone.now()
        model.objects.filter(pk=row.pk).update(merged_into=None)
        model.objects.filter(pk__in=merge.moved["merged"], merged_into=into).update(merged_into=row)
        _point(merge.moved, into, row, by, now)
        _bring_back(merge.moved["dropped"], name, row, into)
        if model is Speaker:
            _give_names_back(merge.moved, row, into)
        Merge.objects.filter(pk=merge.pk).update(undone_by=by, undone_at=now)


def _bring_back(dropped: dict[str, list[dict[str, Any]]], column: str, row: Any, into: Any) -> None:
    """What was equal twice is there twice again, where the one that stayed still says the same."""
    for fields in dropped.get("affiliations", []):
        twin = Affiliation.objects.filter(pk=fields.pop("twin"), speaker=into, **fields)
        if twin.exists():
            Affiliation.objects.create(speaker=row, **fields)
    for fields in dropped.get("relays", []):
        chain = Relay.objects.filter(statement=fields["statement_id"])
        free = not chain.filter(rank=fields["rank"]).exists()
        if free and chain.filter(pk=fields.pop("twin"), speaker=into).exists():
            Relay.objects.create(speaker=row, **fields)
    for fields in dropped.get("positions", []):
        same = {name: fields[name] for name in POSITION if name != "rationale"}
        if Position.objects.filter(pk=fields.pop("twin"), claim=into, **same).exists():
            Position.objects.create(claim=row, **fields)


def _give_names_back(moved: dict[str, Any], speaker: Speaker, into: Speaker) -> None:
    into.aliases = [alias for alias in into.aliases if alias not in moved["aliases"]]
    if into.wikidata_id == speaker.wikidata_id:
        into.wikidata_id = moved["wikidata_id"]
    named = Q(speaker=into) | Q(relays__speaker=into)
    if not moved["was_public"]:
        # It was shown for what was never its own.
        into.is_public = Statement.objects.filter(named, state__in=sorted(PUBLIC)).exists()
    into.save(update_fields=["aliases", "wikidata_id", "is_public"])
