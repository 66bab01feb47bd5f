"""The matrix page: claims down, parties across, as of any date, with the words behind one cell."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims.comparison import Matrix, compare
from claims.models import Claim, Position, Statement, Topic, TopicParty
from claims.models.position import PositionQuerySet
from claims.templatetags.stance import day
from claims.views.cells import row_markup
from claims.views.evidence import evidence_behind
from config.http import BadQuery, HtmxRequest, page_or_fragment, public
from sources.models import Party

ASCRIBED = ("show", "hide", "true", "false")
KINDS = {"proposal": "Proposals", "fact": "Facts in dispute"}


@public
@require_safe
def topic(request: HtmxRequest, slug: str) -> HttpResponse:
    """8 queries, 4 for the words of one cell alone."""
    topic = get_object_or_404(Topic.objects.with_parties(), slug=slug)
    choice = Choice.read(request.GET, topic)
    key = request.GET.get("cell", "")
    if request.htmx.target == "evidence":
        context: dict[str, Any] = {"topic": topic, "evidence": evidence_of(choice, list(topic.claims.unmerged()), key)}
        return page_or_fragment(request, "claims/topic.html", "claims/_evidence.html", context, target="evidence")
    [matrix] = compare([topic], on=choice.on, positions=choice.positions)
    context = {
        "topic": topic,
        "address": request.build_absolute_uri(choice.url()),  # for print; the open cell is not part of it
        "chosen": choice,
        "as_of": as_of_control(topic, choice.on),
        "columns": choice.columns(),
        "groups": rows_by_kind(matrix, choice),
        "evidence": evidence_of(choice, matrix.claims, key),
    }
    return page_or_fragment(request, "claims/topic.html", "claims/_matrix.html", context, target="matrix")


@dataclass(frozen=True)
class Choice:
    """What the query string asks of a topic's matrix. Every state of the page is one."""

    topic: Topic
    on: datetime.date | None
    kind: str  # of claims (proposal, fact: which rows) or of statements (direct, indirect, mixed: which words)
    ascribed: str  # "" or "hide"
    parties: str  # slugs with commas between them, or "" for those that sit in no other
    shown: tuple[Party, ...]

    @classmethod
    def read(cls, query: QueryDict, topic: Topic) -> "Choice":
        """Raises BadQuery, naming the parameter and what it can be."""
        slugs = query.get("parties", "")
        return cls(
            topic=topic,
            on=read_date(query.get("on", ""), "on"),
            kind=one_of(query.get("kind", ""), "kind", [*KINDS, *Statement.Kind.values]),
            ascribed="hide" if one_of(query.get("ascribed", ""), "ascribed", ASCRIBED) in ("hide", "false") else "",
            parties=slugs,
            shown=tuple(parties_named(slugs, topic)),
        )

    @property
    def positions(self) -> PositionQuerySet:
        """What is counted and shown."""
        return Position.objects.of_kind([self.kind])

    @property
    def state(self) -> dict[str, str]:
        """What is chosen, as a query string says it; nothing that goes without saying."""
        on = self.on.isoformat() if self.on else ""
        chosen = {"on": on, "kind": self.kind, "ascribed": self.ascribed, "parties": self.parties}
        return {name: value for name, value in chosen.items() if value}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What stays when the date moves."""
        return [(name, value) for name, value in self.state.items() if name != "on"]

    def url(self, **changes: str) -> str:
        state = {name: value for name, value in {**self.state, **changes}.items() if value}
        return "?" + urlencode(state, safe=",") if state else self.topic.get_absolute_url()

    def columns(self) -> list[dict[str, Any]]:
        """The heads of the columns. One whose members are in the topic can unfold into them."""
        roles = {row.party_id: TopicParty.Role(row.role).label for row in self.topic.topic_parties.all()}
        inside = {party.parent_id for party in self.shown} & {party.pk for party in self.shown}
        columns = []
        for party in self.shown:
            members = [other for other in self.topic.ordered_parties() if other.parent_id == party.pk]
            columns.append(
                {
                    "slug": party.slug,
                    "name": party.short_name,
                    "url": f"/parties/{party.slug}/",
                    "parent": party.parent.short_name if party.parent_id in inside and party.parent else "",
                    "role": "" if members else roles[party.pk],
                    "members": ", ".join(member.short_name for member in members),
                    "open": party.pk in inside,
                    "toggle": self.url(parties=self._toggled(party, members)) if members else "",
                }
            )
        return columns

    def _toggled(self, party: Party, members: list[Party]) -> str:
        """The columns with that party's members unfolded after it, or folded into it again."""
        others = [other for other in self.shown if other not in members]
        if len(others) == len(self.shown):
            others[others.index(party) + 1 : others.index(party) + 1] = members
        default = [other for other in self.topic.ordered_parties() if other.parent_id is None]
        return "" if others == default else ",".join(other.slug for other in others)


def read_date(text: str, name: str) -> datetime.date | None:
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        hint = f"Write year-month-day, for example {name}=2024-05-05."
        raise BadQuery(f"“{name}={text[:40]}” is not a date. {hint}") from None


def one_of(text: str, name: str, allowed: Any) -> str:
    if text and text not in allowed:
        raise BadQuery(f"“{name}={text[:40]}” is not known here. It can be {' or '.join(allowed)}, or be left out.")
    return text


def parties_named(slugs: str, topic: Topic) -> list[Party]:
    """The topic's parties of those slugs, in that order; without slugs, those that sit in no other."""
    here = {party.slug: party for party in topic.ordered_parties()}
    if not slugs:
        return [party for party in here.values() if party.parent_id is None]
    wanted = list(dict.fromkeys(slugs.split(",")))
    if unknown := [slug for slug in wanted if slug not in here]:
        hint = f"It can be {', '.join(here)}."
        raise BadQuery(f"“parties” names “{unknown[0][:40]}”, which is not a party to this topic. {hint}")
    return [here[slug] for slug in wanted]


def as_of_label(on: datetime.date | None) -> str:
    return day(on) if on else f"today, {day(timezone.localdate())}"


def as_of_control(topic: Topic, on: datetime.date | None) -> dict[str, Any]:
    """The date that is shown, and the days of change before and after it. 1 query."""
    days, today = Position.objects.published().on_topic(topic).days(), timezone.localdate()
    earlier = max((d for d in days if d < (on or today)), default=None)
    later = min((d for d in days if on and d > on), default=None)
    return {
        "on": on,
        "label": as_of_label(on),
        "first": days[0] if days else None,
        "earlier": earlier,
        "earlier_label": day(earlier),
        "later": later,
        "later_label": day(later),
    }


def rows_by_kind(matrix: Matrix, choice: Choice) -> list[dict[str, Any]]:
    """The rows, proposals apart from facts, each with its cells as markup."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for claim in matrix.claims:
        if choice.kind not in KINDS or choice.kind == claim.kind:
            of = {cell.party: cell for cell in matrix.row(claim)}
            cells = [of[party] for party in choice.shown]
            markup = row_markup(cells, choice.state, fresh=choice.on, ascribed=not choice.ascribed)
            rows.setdefault(claim.kind, []).append({"claim": claim, "url": claim.get_absolute_url(), "cells": markup})
    return [{"title": title, "rows": rows[kind]} for kind, title in KINDS.items() if kind in rows]


def evidence_of(choice: Choice, claims: Iterable[Claim], key: str) -> dict[str, Any] | None:
    """The words behind the cell `claim.party`; None where no cell is open. 404 for a cell that there is not."""
    if not key:
        return None
    claim_slug, _, party_slug = key.partition(".")
    claim = next((claim for claim in claims if claim.slug == claim_slug), None)
    claim = claim or Claim.objects.filter(topic=choice.topic).in_place_of(claim_slug)
    party = next((party for party in choice.topic.ordered_parties() if party.slug == party_slug), None)
    if claim is None or party is None:
        raise Http404("There is no such cell.")
    claim.topic = choice.topic
    evidence = evidence_behind(claim, party, on=choice.on, ascribed=not choice.ascribed, of=choice.positions)
    return {**evidence, "key": key, "close": choice.url(), "as_of": as_of_label(choice.on)}
