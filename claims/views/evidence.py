"""The words behind a cell or a claim: positions, each with its statement, told once however often they were printed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from claims.models import Claim, Position
from claims.models.position import PositionQuerySet
from claims.templatetags.stance import day
from claims.views.cells import counted
from sources.models import Party


@dataclass
class Told:
    """One utterance on one claim: the position that leads, and the other reports of the same words."""

    position: Position
    also: list[Position] = field(default_factory=list)


def with_words(positions: PositionQuerySet) -> PositionQuerySet:
    """Everything that a quotation is shown with, in the same query; never the revision's text."""
    return positions.select_related(
        "claim",
        "holder",
        "statement__speaker",
        "statement__party",
        "statement__source__publisher",
        "statement__source__original_publisher",
    )


def told_once(positions: Iterable[Position], prefer: Party | None = None) -> list[Told]:
    """Positions in the order given, reports of one utterance together, a joint statement once."""
    found: dict[int, Told] = {}
    for position in positions:
        told = found.setdefault(position.unit, Told(position))
        statements = [told.position.statement_id, *(other.statement_id for other in told.also)]
        if position.statement_id not in statements:
            told.also.append(position)
        elif prefer and position.holder_id == prefer.pk and position.statement_id == told.position.statement_id:
            told.position = position
    return list(found.values())


def evidence_behind(
    claim: Claim, party: Party, *, on: datetime.date | None, of: PositionQuerySet, ascribed: bool = True
) -> dict[str, Any]:
    """What the party said of the claim up to that day, newest first, and what others said of it. 1 query."""
    positions = of.published().filter(claim=claim).held_by(party).as_of(on)
    return evidence_from(list(with_words(positions).newest_first()), claim, party, ascribed=ascribed)


def evidence_by_party(claim: Claim, parties: Iterable[Party], *, on: datetime.date | None) -> list[dict[str, Any]]:
    """The same for each of the parties: 1 query in all."""
    positions = list(with_words(Position.objects.published().filter(claim=claim).as_of(on)).newest_first())
    return [
        evidence_from([row for row in positions if party.pk in (row.holder_id, row.holder.parent_id)], claim, party)
        for party in parties
    ]


def evidence_from(found: list[Position], claim: Claim, party: Party, *, ascribed: bool = True) -> dict[str, Any]:
    """What a cell and a column tell of these positions, which are the party's, newest first."""
    own = told_once((position for position in found if not position.ascribed), party)
    others = told_once((position for position in found if position.ascribed), party)
    first, last = (day(own[-1].position.said_on), day(own[0].position.said_on)) if own else ("", "")
    return {
        "claim": claim,
        "party": party,
        "stance": own[0].position.stance if own else None,
        "count": len(own),
        "tally": counted(len(own)) + (f", {first} to {last}" if first != last else f", {first}"),
        "own": own,
        "ascribed": others if ascribed else [],
    }
