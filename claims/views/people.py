"""Who spoke, and for whom: the pages of a speaker and of a party."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from claims.comparison import compare
from claims.models import Position, Topic
from claims.models.position import STANDING_ORDER
from claims.views.cells import cell_key
from claims.views.listing import list_statements
from claims.views.readings import with_cells
from config.http import HtmxRequest, moved_to, page_or_fragment, public
from sources.models import Affiliation, Party, Speaker


@public
@require_safe
def speaker(request: HtmxRequest, slug: str) -> HttpResponse:
    visible = Speaker.objects.visible_to(request.user)
    found = get_object_or_404(visible, slug=slug)
    if found.merged_into_id:
        other = get_object_or_404(visible, pk=found.merged_into_id)
        return moved_to(request, f"/speakers/{other.slug}/")
    affiliations = found.affiliations.select_related("party").order_by(F("since").desc(nulls_last=True), "-id")
    taken = stands_of(found)
    context = {
        "speaker": found,
        "aliases": ", ".join(found.aliases),
        "affiliations": affiliations,
        "own": [row for row in taken if not row["position"].ascribed],
        "ascribed": [row for row in taken if row["position"].ascribed],
        "listing": list_statements(request.GET, request.user, only={"speaker": [found.slug]}),
    }
    return page_or_fragment(request, "claims/speaker.html", "claims/_statements.html", context, target="statements")


def stands_of(speaker: Speaker) -> list[dict[str, Any]]:
    """The newest position that the speaker uttered on each claim, for each holder. 2 queries, 1 where there is none."""
    newest = (
        Position.objects.published()
        .filter(statement__speaker=speaker)
        .order_by("claim_id", "holder_id", "ascribed", *STANDING_ORDER)
        .distinct("claim_id", "holder_id", "ascribed")
    )
    rows = Position.objects.filter(pk__in=newest.values("pk")).select_related("claim__topic", "holder", "statement")
    rows = rows.defer("statement__search", "statement__quote")
    return with_cells(rows.order_by("claim__topic", "claim__rank", "claim__slug", "holder__name", "id"))


@public
@require_safe
def party(request: HtmxRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Party.objects.select_related("parent"), slug=slug)
    members = list(found.members.all())
    visible = Speaker.objects.visible_to(request.user)
    spoke = Affiliation.objects.filter(party__in=[found, *members], speaker__in=visible)
    context = {
        "party": found,
        "members": members,
        "topics": standings(found),
        "speakers": by_speaker(spoke.select_related("speaker", "party").order_by("speaker__name", "since", "id")),
        "listing": list_statements(
            request.GET, request.user, only={"party": [found.slug, *(member.slug for member in members)]}
        ),
    }
    return page_or_fragment(request, "claims/party.html", "claims/_statements.html", context, target="statements")


def standings(party: Party) -> list[dict[str, Any]]:
    """Where the party stands on every claim of every topic it is a party to. 6 queries, however many topics."""
    topics = Topic.objects.filter(topic_parties__party=party).with_parties()
    return [
        {
            "topic": matrix.topic,
            "rows": [
                {
                    "claim": cell.claim,
                    "cell": cell,
                    "kind": cell.claim.kind,
                    "url": f"{matrix.topic.get_absolute_url()}?cell={cell_key(cell)}#evidence",
                }
                for cell in matrix.cells
                if cell.party == party
            ],
        }
        for matrix in compare(topics)
    ]


def by_speaker(affiliations: Iterable[Affiliation]) -> list[dict[str, Any]]:
    """Each speaker once, with the roles in which they spoke."""
    found: dict[int, dict[str, Any]] = {}
    for row in affiliations:
        person = found.setdefault(row.speaker_id, {"speaker": row.speaker, "roles": []})
        if row.role and row.role not in person["roles"]:
            person["roles"].append(row.role)
    return list(found.values())
