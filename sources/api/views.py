"""The record over the API: sources and their texts, publishers, parties, speakers."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from config import paging, parameters
from config.api_views import ViewSet, described, listing, pages_of, site
from config.http import moved_to
from config.paging import Cursor, Keyset
from config.parameters import DAY, LANGUAGE, PUBLIC_ID, SLUG, Parameter, choice, matching, whole
from sources.api.serializers import PartyRecord, PublisherRecord, SourceRecord, SpeakerRecord, TextRecord
from sources.models import Affiliation, Party, Publisher, Revision, Source, Speaker


def by_slug(cursor: Cursor) -> Sequence[Any]:
    [slug] = cursor.words
    return [SLUG.read(slug)]


def by_print(cursor: Cursor) -> Sequence[Any]:
    """The day and the key of the source that the cursor names by its public id."""
    day, public_id = cursor.words
    key = Source.objects.filter(public_id=PUBLIC_ID.read(public_id)).order_by().values("pk")
    return parameters.read_day(day), Coalesce(Subquery(key), Value(2**63 - 1 if cursor.forward else 0))


BY_SLUG = Keyset(("slug",), by_slug)
BY_PRINT = Keyset(("published_on", "id"), by_print, descending=True)


class ReferenceViewSet(ViewSet):
    """A short table whose rows have slugs: a list in the order of the slugs, and each row at its slug."""

    filters: ClassVar[tuple[Parameter, ...]] = ()
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,100}"
    record: ClassVar[Callable[..., dict[str, Any]]]

    def rows(self, request: Request) -> QuerySet[Any]:
        """What this person may see, with what the record tells."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], values: dict[str, Any]) -> QuerySet[Any]:
        """The rows that the filters ask for."""
        return rows

    def list(self, request: Request) -> Response:
        values = parameters.read(request.query_params, [*self.filters, *paging.PAGING], strict=True)
        rows = self.narrow(self.rows(request), values)
        page = paging.page(rows, BY_SLUG, values["cursor"], values["page_size"] or paging.PAGE_SIZE)
        base = site(request)
        return listing(request, page, [type(self).record(row, base) for row in page.rows], lambda row: (row.slug,))

    def retrieve(self, request: Request, slug: str) -> HttpResponse:
        parameters.read(request.query_params, (), strict=True)
        return Response(type(self).record(get_object_or_404(self.rows(request), slug=slug), site(request)))


def reference(
    record: type[Serializer], one: str, many: str, filters: tuple[Parameter, ...] = ()
) -> Callable[[type[ReferenceViewSet]], type[ReferenceViewSet]]:
    """Give a table its filters, and describe its two operations."""

    def describe(view: type[ReferenceViewSet]) -> type[ReferenceViewSet]:
        view.filters = filters
        listed = described(
            f"List {many}",
            pages_of(record),
            [*filters, *paging.PAGING],
            operation_id=f"{many}_list",
            description="In the order of the slugs.",
        )
        read = described(
            f"Read a {one}", record, errors=(404,), operation_id=f"{many}_read", description="By its slug."
        )
        return extend_schema_view(list=listed, retrieve=read)(view)

    return describe


def named(row: Publisher | Party | None) -> dict[str, str] | None:
    return {"slug": row.slug, "name": row.name} if row else None


PUBLISHER_FILTERS = (
    Parameter("kind", choice(Publisher.Kind.values), "What it is.", many=True),
    Parameter("country", matching("[A-Z]{2}", "a code of two capital letters, for example EG"), "Where.", many=True),
)


@reference(PublisherRecord, "publisher", "publishers", PUBLISHER_FILTERS)
class Publishers(ReferenceViewSet):
    def rows(self, request: Request) -> QuerySet[Publisher]:
        return Publisher.objects.all()

    def narrow(self, rows: QuerySet[Publisher], values: dict[str, Any]) -> QuerySet[Publisher]:
        return rows.filter(**{f"{name}__in": values[name] for name in ("kind", "country") if values[name]})

    @staticmethod
    def record(publisher: Publisher, base: str) -> dict[str, Any]:
        return {
            "slug": publisher.slug,
            "name": publisher.name,
            "kind": publisher.kind,
            "country": publisher.country or None,
            "homepage": publisher.homepage or None,
        }


PARTY_FILTERS = (Parameter("parent", SLUG, "Sits in this party: its slug.", many=True),)


@reference(PartyRecord, "party", "parties", PARTY_FILTERS)
class Parties(ReferenceViewSet):
    def rows(self, request: Request) -> QuerySet[Party]:
        return Party.objects.select_related("parent")

    def narrow(self, rows: QuerySet[Party], values: dict[str, Any]) -> QuerySet[Party]:
        return rows.filter(parent__slug__in=values["parent"]) if values["parent"] else rows

    @staticmethod
    def record(party: Party, base: str) -> dict[str, Any]:
        return {
            "slug": party.slug,
            "name": party.name,
            "short_name": party.short_name,
            "parent": party.parent.slug if party.parent else None,
            "wikidata_id": party.wikidata_id or None,
        }


SPEAKER_FILTERS = (
    Parameter("kind", choice(Speaker.Kind.values), "What they are.", many=True),
    Parameter("party", SLUG, "Speaks for this party, or once did: its slug.", many=True),
)


@reference(SpeakerRecord, "speaker", "speakers", SPEAKER_FILTERS)
class Speakers(ReferenceViewSet):
    def rows(self, request: Request) -> QuerySet[Speaker]:
        roles = Prefetch("affiliations", Affiliation.objects.select_related("party"))
        return Speaker.objects.visible_to(request.user).unmerged().prefetch_related(roles)

    def retrieve(self, request: Request, slug: str) -> HttpResponse:
        if other := Speaker.objects.visible_to(request.user).in_place_of(slug):
            return moved_to(request, reverse("speaker-detail", args=[other.slug]))
        return super().retrieve(request, slug)

    def narrow(self, rows: QuerySet[Speaker], values: dict[str, Any]) -> QuerySet[Speaker]:
        if values["kind"]:
            rows = rows.filter(kind__in=values["kind"])
        if values["party"]:
            rows = rows.filter(
                Exists(Affiliation.objects.filter(speaker=OuterRef("pk"), party__slug__in=values["party"]))
            )
        return rows

    @staticmethod
    def record(speaker: Speaker, base: str) -> dict[str, Any]:
        return {
            "slug": speaker.slug,
            "name": speaker.name,
            "kind": speaker.kind,
            "aliases": speaker.aliases,
            "wikidata_id": speaker.wikidata_id or None,
            "affiliations": [
                {"party": named(role.party), "role": role.role, "since": role.since, "until": role.until}
                for role in speaker.affiliations.all()
            ],
        }


SOURCE_FILTERS = (
    Parameter("publisher", SLUG, "Published by, or digested from a document of, this publisher: its slug.", many=True),
    Parameter("medium", choice(Source.Medium.values), "What kind of document it is.", many=True),
    Parameter("language", LANGUAGE, "The language of the text: a BCP 47 tag, exactly.", many=True),
    Parameter("published_after", DAY, "Published on this day or later."),
    Parameter("published_before", DAY, "Published on this day or earlier."),
)
REVISION = (Parameter("revision", whole(1, 10**9 - 1), "The number of the text; the newest where it is left out."),)


class Sources(ViewSet):
    """Editors see every source; others those with a published statement, or with a text that is open to all."""

    lookup_field = "id"
    lookup_value_regex = "[a-z0-9]{12}"

    @described("List sources", pages_of(SourceRecord), [*SOURCE_FILTERS, *paging.PAGING], operation_id="sources_list")
    def list(self, request: Request) -> Response:
        values = parameters.read(request.query_params, [*SOURCE_FILTERS, *paging.PAGING], strict=True)
        rows = self._rows(request).filter(_asked(values))
        page = paging.page(rows, BY_PRINT, values["cursor"], values["page_size"] or paging.PAGE_SIZE)
        records = [_source(source, site(request)) for source in page.rows]
        return listing(request, page, records, lambda source: (source.published_on.isoformat(), source.public_id))

    @described("Read a source", SourceRecord, errors=(404,), operation_id="sources_read")
    def retrieve(self, request: Request, id: str) -> Response:
        parameters.read(request.query_params, (), strict=True)
        return Response(_source(get_object_or_404(self._rows(request), public_id=id), site(request)))

    @described("Read the text of a source", TextRecord, REVISION, errors=(404,), operation_id="sources_text")
    @action(detail=True)
    def text(self, request: Request, id: str) -> Response:
        """Where the licence lets anyone read it (`full_text_public`), and to editors."""
        number = parameters.read(request.query_params, REVISION, strict=True)["revision"]
        source = get_object_or_404(self._rows(request), public_id=id)
        if not (source.full_text_public or request.user.is_staff):
            raise PermissionDenied("The licence of this source does not let everybody read its whole text here.")
        revisions = source.revisions.order_by("-number")
        revision = (revisions.filter(number=number) if number else revisions).first()
        if revision is None:
            raise Http404
        return Response(_text(source, revision))

    def _rows(self, request: Request) -> QuerySet[Source]:
        return Source.objects.visible_to(request.user).select_related("publisher", "original_publisher")


def _asked(values: dict[str, Any]) -> Q:
    condition = Q()
    if slugs := values["publisher"]:
        condition &= Q(publisher__slug__in=slugs) | Q(original_publisher__slug__in=slugs)
    for name, lookup in {
        "medium": "medium__in",
        "language": "language__in",
        "published_after": "published_on__gte",
        "published_before": "published_on__lte",
    }.items():
        if values[name]:
            condition &= Q(**{lookup: values[name]})
    return condition


def _source(source: Source, base: str) -> dict[str, Any]:
    original = {
        "title": source.original_title or None,
        "url": source.original_url or None,
        "published_on": source.original_published_on,
        "publisher": named(source.original_publisher),
    }
    return {
        "id": source.public_id,
        "permalink": f"{base}/sources/{source.public_id}/",
        "title": source.title,
        "url": source.url,
        "medium": source.medium,
        "language": source.language,
        "byline": source.byline or None,
        "published_on": source.published_on,
        "licence": source.licence or None,
        "full_text_public": source.full_text_public,
        "note": source.note or None,
        "publisher": named(source.publisher),
        "original": original if any(original.values()) else None,
    }


def _text(source: Source, revision: Revision) -> dict[str, Any]:
    return {
        "id": source.public_id,
        "revision": revision.number,
        "language": source.language,
        "sha256": revision.sha256,
        "retrieved_at": revision.retrieved_at,
        "text": revision.text,
    }
