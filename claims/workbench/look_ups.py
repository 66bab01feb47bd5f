"""What the form asks while somebody types: what the words tell, names, claims; and the missing one made in place."""

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from claims import attribution
from claims.anchors import PassageError, Span, check_spans
from claims.models import Claim, Position, Statement, Topic
from claims.workbench.answers import BenchRequest, Refused, at_the_bench, read_json
from claims.workbench.values import Text, check_words, claim_option, relay_option, speaker_option
from sources.ingest.records import read_day
from sources.models import Affiliation, Party, Publisher, Revision, Source, Speaker

SHOWN = 12
NAMES = 400  # speakers looked for in a text: more would say that their names are common words


# What can be known from the words


@require_safe
@at_the_bench
def reading(request: BenchRequest, source: Source) -> HttpResponse:
    """What the words around these passages tell of their attribution, to fill the form with."""
    revision: Revision | None = source.newest_revision
    if revision is None:
        raise Refused(422, "This source has no text yet.")
    spans = read_spans(request.GET.get("spans", ""), len(revision.text))
    spoken = list(Statement.objects.at_the_bench(source, request.user).values_list("place", "speaker_id"))
    known = {key for _, key in spoken}
    named = Speaker.objects.named_in(revision.text).values_list("pk", flat=True)[:NAMES]
    candidates = Speaker.objects.filter(pk__in=known | set(named))
    found = attribution.read(
        revision.text,
        spans,
        names={speaker.pk: [speaker.name, *speaker.aliases] for speaker in candidates},
        spoken=[(place, key) for place, key in spoken if place < spans[0][0]],
        language=source.language,
    )
    option = _speaker(found.speaker, source.published_on) if found.speaker else None
    return JsonResponse(
        {
            "kind": found.kind,
            "cue": found.cue,
            "speaker": option,
            "speaker_as_named": found.speaker_as_named,
            "party": option and option["party"],
            "role": option["role"] if option else "",
            "said_on": source.published_on,
            "language": source.language,
            "why": found.why,
            "sure": found.sure,
        }
    )


def read_spans(written: str, length: int) -> list[Span]:
    """`10-20,30-40`. Raises PassageError."""
    if not re.fullmatch(r"\d{1,9}-\d{1,9}(,\d{1,9}-\d{1,9})*", written, re.ASCII):
        raise PassageError("Passages are written as start-end, with commas between: 10-20,30-40.")
    spans = [(int(start), int(end)) for start, end in (part.split("-") for part in written.split(","))]
    check_spans(spans, length)
    return spans


# Names


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_bench
def speakers(request: BenchRequest, source: Source) -> HttpResponse:
    if request.method == "POST":
        return JsonResponse(_add_speaker(request, source), status=201)
    day = _day(request, source)
    if key := request.GET.get("id", ""):
        option = _speaker(int(key), day) if key.isascii() and key.isdecimal() and len(key) < 19 else None
        return JsonResponse({"options": [option] if option else []})
    found = _speakers_like(request, source)
    return JsonResponse({"options": [speaker_option(speaker) for speaker in found.with_affiliation_on(day)[:SHOWN]]})


def _speakers_like(request: BenchRequest, source: Source) -> Any:
    """Those of this article first, then by name; nothing typed: also those whom its text names."""
    typed = _typed(request)
    here = set(Statement.objects.at_the_bench(source, request.user).values_list("speaker_id", flat=True))
    if typed:
        found = Speaker.objects.named_like(typed)
    else:
        revision = source.newest_revision
        named = Speaker.objects.named_in(revision.text).values_list("pk", flat=True)[:NAMES] if revision else []
        found = Speaker.objects.filter(pk__in=here | set(named))
    return found.order_by(_first(Q(pk__in=here), Q(name__istartswith=typed)), "name", "pk")


def _first(*conditions: Q) -> Case:
    """The order of a list: rows of the first condition, then of the second, then the rest."""
    whens = [When(condition, then=Value(rank)) for rank, condition in enumerate(conditions)]
    return Case(*whens, default=Value(len(whens)), output_field=IntegerField())


def _speaker(key: int, day: datetime.date) -> dict[str, Any] | None:
    found = Speaker.objects.filter(pk=key).with_affiliation_on(day).first()
    return speaker_option(found) if found else None


def _add_speaker(request: BenchRequest, source: Source) -> dict[str, Any]:
    """A speaker that was missing, and for whom they speak, where this person may say so."""
    given = read_json(request)
    if not request.user.has_perm("sources.add_speaker"):
        raise PermissionDenied
    with transaction.atomic():
        aliases = given.get("aliases") or []
        if not isinstance(aliases, list):
            raise ValidationError({"aliases": "Aliases are a list of names."})
        speaker = Speaker.objects.add(
            name=_words(given, "name"),
            kind=_words(given, "kind") or Speaker.Kind.PERSON,
            aliases=[_clean(alias, "aliases") for alias in aliases if alias],
        )
        if given.get("party"):
            if not request.user.has_perm("sources.add_affiliation"):
                raise PermissionDenied
            affiliation = Affiliation(
                speaker=speaker, party=_named(Party, given["party"], "party"), role=_words(given, "role")
            )
            affiliation.full_clean()
            affiliation.save()
    option = _speaker(speaker.pk, source.published_on)
    assert option
    return option


# Claims


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_bench
def claims(request: BenchRequest, source: Source) -> HttpResponse:
    if request.method == "POST":
        return JsonResponse(_add_claim(request), status=201)
    typed = _typed(request)
    found = Claim.objects.unmerged().select_related("topic")
    for word in typed.split():
        found = found.filter(
            Q(label__icontains=word) | Q(proposition__icontains=word) | Q(topic__title__icontains=word)
        )
    made_here = Statement.objects.at_the_bench(source, request.user).order_by()
    here = Position.objects.filter(statement__in=made_here).values("claim")
    first = _first(Q(label__istartswith=typed)) if typed else _first(Q(pk__in=here))
    found = found.order_by(first, "topic__title", "topic", "rank", "slug")
    return JsonResponse({"options": [claim_option(claim) for claim in found[: SHOWN if typed else 60]]})


def _add_claim(request: BenchRequest) -> dict[str, Any]:
    if not request.user.has_perm("claims.add_claim"):
        raise PermissionDenied
    given = read_json(request)
    claim = Claim(
        topic=_named(Topic, given.get("topic"), "topic"),
        slug=slugify(_words(given, "label"))[:90] or "claim",
        label=_words(given, "label"),
        proposition=_words(given, "proposition"),
        kind=_words(given, "kind") or Claim.Kind.PROPOSAL,
        coding_rule=_words(given, "coding_rule"),
    )
    with transaction.atomic():
        beside = Claim.objects.filter(topic=claim.topic)
        claim.rank = beside.order_by("-rank").values_list("rank", flat=True).first() or 0
        claim.rank += 1
        claim.full_clean()
        claim.save()
    return claim_option(claim)


# Relays


@require_safe
@at_the_bench
def relays(request: BenchRequest, source: Source) -> HttpResponse:
    """Speakers and publishers by name: whoever passed the words on."""
    typed = _typed(request)
    people = _speakers_like(request, source)[:SHOWN]
    publishers: QuerySet[Publisher] = Publisher.objects.filter(name__icontains=typed)
    nearest = publishers.order_by(_first(Q(pk=source.publisher_id), Q(name__istartswith=typed)), "name")[:SHOWN]
    found: Iterable[Speaker | Publisher] = [*nearest, *people]
    return JsonResponse({"options": [relay_option(who) for who in found]})


# What was asked


def _typed(request: BenchRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def _day(request: BenchRequest, source: Source) -> datetime.date:
    try:
        return read_day(request.GET["on"]) if request.GET.get("on") else source.published_on
    except ValueError as error:
        raise ValidationError({"said_on": str(error)}) from error


def _clean(value: Any, field: str) -> Text:
    try:
        return check_words(value.strip() if isinstance(value, str) else "")
    except ValueError as error:
        raise ValidationError({field: str(error)}) from error


def _words(given: dict[str, Any], field: str) -> Text:
    return _clean(given.get(field), field)


def _named(model: Any, given: Any, field: str) -> Any:
    """The row that an option names, or the field's problem."""
    key = given.get("id") if isinstance(given, dict) else given
    found = model.objects.filter(pk=key).first() if type(key) is int and 0 < key < 2**63 else None
    if found is None:
        raise ValidationError({field: "Choose one of the list."})
    return found
