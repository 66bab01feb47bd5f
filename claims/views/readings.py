"""Positions as pages tell them: one stance on one claim once, with everybody who holds it."""

from collections.abc import Iterable
from typing import Any

from claims.models import Position, TopicParty


def grouped(positions: Iterable[Position]) -> list[dict[str, Any]]:
    """In the order given: `position`, which stands for all that differ in the holder alone, and `holders`."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for position in positions:
        key = (position.statement_id, position.claim_id, position.stance, position.condition, position.ascribed)
        reading = found.setdefault(key, {"position": position, "holders": []})
        reading["holders"].append(position.holder)
    return list(found.values())


def with_cells(positions: Iterable[Position]) -> list[dict[str, Any]]:
    """The same, each with the address of the cell of its first holder who has one. 1 query, none for no positions."""
    taken = grouped(positions)
    if not taken:
        return []
    topics = {reading["position"].claim.topic_id for reading in taken}
    columns = set(TopicParty.objects.filter(topic__in=topics).values_list("topic_id", "party_id"))
    for reading in taken:
        position = reading["position"]
        shown = [holder for holder in reading["holders"] if (position.claim.topic_id, holder.pk) in columns]
        shown.sort(key=lambda holder: holder.parent_id is not None)  # the larger party’s cell has them all
        claim = position.claim
        address = f"{claim.topic.get_absolute_url()}?cell={claim.slug}.{shown[0].slug}#evidence" if shown else ""
        reading["cell"] = address if position.published else ""
    return taken
