"""The interpretation over the API: statements, topics and their claims, the matrix, the export."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.decorators import action
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from claims import exports, records
from claims.api.serializers import ClaimRecord, MatrixRecord, StatementRecord, TopicRecord
from claims.comparison import Cell, Latest, compare
from claims.filters import FILTERS, StatementFilter, words
from claims.models import Claim, Position, Statement, Topic
from config import paging, parameters
from config.api_views import ViewSet, described, listing, pages_of, site
from config.http import moved_to
from config.paging import Cursor, Keyset
from config.parameters import DAY, SLUG, BadParameters, Parameter, choice
from sources.api.views import ReferenceViewSet, reference

FORMAT = Parameter("format", choice(list(exports.FORMATS)), "How; `jsonl` where it is left out.")


class OwnFormat(BaseContentNegotiation):
    """The export's format is asked for in the address, so that a link can ask for it; Accept does not matter."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Statements(ViewSet):
    lookup_field = "id"
    lookup_value_regex = "[a-z0-9]{12}"

    @described("List statements", pages_of(StatementRecord), [*FILTERS, *paging.PAGING], operation_id="statements_list")
    def list(self, request: Request) -> Response:
        """Newest first. Filters narrow each other; several values of one filter widen it."""
        page = StatementFilter(request.query_params, request.user, strict=True).page()
        found = records.statements([key for _, key in page.rows], base=site(request))
        # A draft can go between two queries: the page then ends at what is left of it.
        left = paging.Page([row for row in page.rows if row[1] in found], page.has_previous, page.has_next)
        return listing(request, left, list(found.values()), lambda row: words(row, found[row[1]]["id"]))

    @described("Read a statement", StatementRecord, errors=(404,), operation_id="statements_read")
    def retrieve(self, request: Request, id: str) -> Response:
        """A withdrawn statement stays, with the reason in its `corrections`."""
        parameters.read(request.query_params, (), strict=True)
        key = Statement.objects.visible_to(request.user).filter(public_id=id).values_list("pk", flat=True).first()
        found = records.statements([key] if key else [], base=site(request))
        if key not in found:
            raise Http404
        return Response(found[key])

    @described(
        "Export statements",
        OpenApiTypes.STR,
        [FORMAT, *FILTERS],
        media_types=exports.MEDIA_TYPES,
        operation_id="statements_export",
    )
    @action(detail=False, content_negotiation_class=OwnFormat)
    def export(self, request: Request) -> HttpResponse | StreamingHttpResponse:
        """Everything that the filters match, in one stream."""
        asked = parameters.read(request.query_params, [FORMAT, *FILTERS], strict=True)
        written = exports.FORMATS[asked["format"] or "jsonl"]
        batches = StatementFilter(request.query_params, request.user).batches()
        stream = () if request.method == "HEAD" else written.write(batches, site(request), request.build_absolute_uri())
        response = StreamingHttpResponse(stream, content_type=written.content_type)
        response["Content-Disposition"] = f'attachment; filename="statements.{written.name}"'
        return response


@reference(TopicRecord, "topic", "topics")
class Topics(ReferenceViewSet):
    def rows(self, request: Request) -> QuerySet[Topic]:
        return Topic.objects.with_parties()

    @staticmethod
    def record(topic: Topic, base: str) -> dict[str, Any]:
        return {
            "slug": topic.slug,
            "url": f"{base}{topic.get_absolute_url()}",
            "title": topic.title,
            "summary": topic.summary or None,
            "opened_on": topic.opened_on,
            "closed_on": topic.closed_on,
            "parties": [
                {
                    "slug": column.party.slug,
                    "name": column.party.name,
                    "short_name": column.party.short_name,
                    "parent": column.party.parent.slug if column.party.parent else None,
                    "role": column.role,
                }
                for column in topic.topic_parties.all()
            ],
        }


def by_rank(cursor: Cursor) -> tuple[int, str]:
    rank, slug = cursor.words
    return int(rank), SLUG.read(slug)


BY_RANK = Keyset(("rank", "slug"), by_rank)
CLAIM_FILTERS = (Parameter("kind", choice(Claim.Kind.values), "What it is.", many=True),)


class Claims(ViewSet):
    """The rows of a topic’s matrix, in their order."""

    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,100}"

    @described(
        "List claims",
        pages_of(ClaimRecord),
        [*CLAIM_FILTERS, *paging.PAGING],
        errors=(404,),
        operation_id="claims_list",
    )
    def list(self, request: Request, topic: str) -> Response:
        values = parameters.read(request.query_params, [*CLAIM_FILTERS, *paging.PAGING], strict=True)
        rows = get_object_or_404(Topic, slug=topic).claims.unmerged().select_related("topic")
        if values["kind"]:
            rows = rows.filter(kind__in=values["kind"])
        page = paging.page(rows, BY_RANK, values["cursor"], values["page_size"] or paging.PAGE_SIZE)
        base = site(request)
        return listing(
            request, page, [_claim(claim, base) for claim in page.rows], lambda claim: (str(claim.rank), claim.slug)
        )

    @described("Read a claim", ClaimRecord, errors=(404,), operation_id="claims_read")
    def retrieve(self, request: Request, topic: str, slug: str) -> HttpResponse:
        parameters.read(request.query_params, (), strict=True)
        rows = Claim.objects.select_related("topic", "merged_into")
        claim = get_object_or_404(rows, topic__slug=topic, slug=slug)
        if claim.merged_into:
            return moved_to(request, reverse("claim-detail", args=[topic, claim.merged_into.slug]))
        return Response(_claim(claim, site(request)))


def _claim(claim: Claim, base: str) -> dict[str, Any]:
    return {
        "topic": claim.topic.slug,
        "slug": claim.slug,
        "url": f"{base}{claim.get_absolute_url()}",
        "label": claim.label,
        "proposition": claim.proposition,
        "kind": claim.kind,
        "coding_rule": claim.coding_rule or None,
    }


MATRIX = (
    Parameter("on", DAY, "As of the end of this day: what was said on it or before, whenever it was printed."),
    Parameter(
        "ascribed",
        choice(["true", "false", "show", "hide"]),
        "Whether to tell what others ascribe (`true`, or `show`, where it is left out) or each party’s own word alone.",
    ),
    Parameter(
        "kind",
        choice([*Claim.Kind.values, *Statement.Kind.values]),
        "Only the claims of this kind (`proposal`, `fact`); only from statements of this kind (`direct`, `indirect`, `mixed`).",
        many=True,
    ),
    Parameter("parties", SLUG, "Only these parties to the topic, in this order: their slugs.", many=True),
)


class TopicMatrix(ViewSet):
    @described("Compare the parties to a topic", MatrixRecord, MATRIX, errors=(404,), operation_id="topics_matrix")
    def list(self, request: Request, topic: str) -> Response:
        """A cell for every claim and party. It takes in the parties within the party; a silent one has no stance."""
        asked = parameters.read(request.query_params, MATRIX, strict=True)
        topic_row = get_object_or_404(Topic.objects.with_parties(), slug=topic)
        kinds = asked["kind"] or ()
        positions = Position.objects.of_kind(kinds)
        if asked["ascribed"] in ("false", "hide"):
            positions = positions.own()
        [matrix] = compare([topic_row], on=asked["on"], positions=positions)
        here = {party.slug: party for party in matrix.parties}
        if unknown := [slug for slug in asked["parties"] or () if slug not in here]:
            line = f"“{unknown[0]}” is not a party to this topic; there are: {', '.join(here)}."
            raise BadParameters({"parties": line})
        parties = [here[slug] for slug in asked["parties"] or here]
        claim_kinds = set(kinds) & set(Claim.Kind.values) or Claim.Kind.values
        claims = [claim for claim in matrix.claims if claim.kind in claim_kinds]
        cells = {(cell.claim, cell.party): cell for cell in matrix.cells}
        base = site(request)
        return Response(
            {
                "topic": topic_row.slug,
                "on": matrix.on,
                "parties": [_column(party) for party in parties],
                "claims": [_row(claim) for claim in claims],
                "cells": [_cell(cells[claim, party], base) for claim in claims for party in parties],
            }
        )


def _column(party: Any) -> dict[str, Any]:
    return {
        "slug": party.slug,
        "name": party.name,
        "short_name": party.short_name,
        "parent": party.parent.slug if party.parent else None,
    }


def _row(claim: Claim) -> dict[str, Any]:
    return {"slug": claim.slug, "label": claim.label, "proposition": claim.proposition, "kind": claim.kind}


def _cell(cell: Cell, base: str) -> dict[str, Any]:
    return {
        "claim": cell.claim.slug,
        "party": cell.party.slug,
        "stance": cell.stance,
        "count": cell.count,
        "ascribed_count": cell.ascribed_count,
        "first_said_on": cell.first_said_on,
        "last_said_on": cell.last_said_on,
        "shifted": cell.shifted,
        "was": cell.was,
        "contested": cell.contested,
        "stances": [{"stance": stance, "count": count} for stance, count in cell.stances],
        "ascribed": [{"by": by, "stance": stance} for by, stance in cell.ascribed],
        "latest": _latest(cell.latest, base) if cell.latest else None,
    }


def _latest(latest: Latest, base: str) -> dict[str, Any]:
    return {
        "id": latest.id,
        "url": f"{base}/statements/{latest.id}/",
        "quote": latest.quote,
        "kind": latest.kind,
        "speaker": {"slug": latest.speaker.slug, "name": latest.speaker.name},
        "said_on": latest.said_on,
        "said_on_precision": latest.said_on_precision,
    }
