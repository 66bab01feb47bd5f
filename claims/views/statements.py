"""The permalink of a statement: the words where they stand, who said them, how they came here, how they are read."""

import json
from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from claims.history import public_history
from claims.models import Statement
from claims.templatetags.stance import day
from claims.views.passages import context, context_kept
from claims.views.readings import with_cells
from claims.workflow import State
from config.http import public
from sources.models import Publisher, Revision, Source, Speaker


@public
@require_safe
def statement(request: HttpRequest, public_id: str) -> HttpResponse:
    visible = Statement.objects.visible_to(request.user).with_attribution().defer("search")
    found = get_object_or_404(visible, public_id=public_id)
    positions = list(found.positions.all())
    permalink = request.build_absolute_uri(found.get_absolute_url())
    history = public_history(found)
    page = {
        "statement": found,
        "source": found.source,
        "permalink": permalink,
        "chain": chain(found),
        "spoken_in": spoken_in(found),
        "context": words_around(found, request.user),
        "whole_text": may_read(found.source, request.user),
        "orphaned": Statement.objects.orphaned().filter(pk=found.pk).exists(),
        "own": with_cells(position for position in positions if not position.ascribed),
        "ascribed": with_cells(position for position in positions if position.ascribed),
        "also": other_reports(found),
        "history": history,
        "changed": [event for event in history if event.what != "Published"],
        "withdrawal": next((event for event in history if event.what == "Withdrawn"), None),
        "citation": citation(found, permalink),
        "linked_data": linked_data(found, permalink) if found.state == State.PUBLISHED else "",
    }
    return TemplateResponse(request, "claims/statement.html", page)


def may_read(source: Source, user: User | AnonymousUser) -> bool:
    """Whether this reader may have the whole text here: its licence lets everybody, or it is an editor's work."""
    return source.full_text_public or user.is_staff


def words_around(statement: Statement, user: User | AnonymousUser) -> list[SafeString]:
    """1 query, with the text, where it may be shown; else none."""
    if not may_read(statement.source, user):
        return context_kept(statement)
    text = Revision.objects.values_list("text", flat=True).get(pk=statement.revision_id)
    return context(text, [(start, end) for start, end in statement.spans])


def language_name(tag: str) -> str:
    """`Hebrew` for `he`; the tag itself where it is not known."""
    known = LANG_INFO.get(tag.lower()) or LANG_INFO.get(tag.lower().split("-")[0]) or {}
    return known.get("name", tag)


def spoken_in(statement: Statement) -> str:
    """The language of the speech, and that the words here are a translation where they are one."""
    said, printed = statement.language, statement.source.language
    if said.split("-")[0].lower() == printed.split("-")[0].lower():
        return language_name(said)
    return f"{language_name(said)}; the words here are in {language_name(printed)}, so a translation"


# How it came here


def chain(statement: Statement) -> SafeString:
    """One sentence from the speaker to the publisher."""
    source = statement.source
    reporter = source.original_publisher or source.publisher
    relays = [relay.who for relay in statement.relays.all()]
    if relays and relays[-1] in (reporter, source.publisher):
        relays.pop()  # it is told of as the reporter
    parts = [_saying(statement)]
    if relays:
        parts.append(format_html(", relayed by {}", in_a_row(map(_linked, relays))))
    parts.append(format_html(", as {} by {}", _verb(reporter), reporter.name))
    if source.original_publisher:
        here = "digested" if source.medium == Source.Medium.DIGEST else "given"
        parts.append(format_html("; {} here by {}", here, source.publisher.name))
    return format_html("{}.", mark_safe("".join(parts)))  # noqa: S308 each part is made by format_html


def _saying(statement: Statement) -> SafeString:
    speaker, party = statement.speaker, statement.party
    as_what = statement.role or (f"for {party.name}" if party and party.name != speaker.name else "")
    return format_html(
        "{}{} said this {} {}{}{}",
        _linked(speaker),
        f", {as_what}," if as_what else "",
        "on" if statement.said_on_precision == Statement.Precision.DAY else "in",
        day(statement.said_on, statement.said_on_precision),
        f" to {statement.addressee}" if statement.addressee else "",
        f" ({statement.occasion})" if statement.occasion else "",
    )


def _linked(who: Speaker | Publisher) -> SafeString:
    if isinstance(who, Speaker):
        return format_html('<a href="/speakers/{}/"><bdi>{}</bdi></a>', who.slug, who.name)
    return format_html("{}", who.name)


def _verb(publisher: Publisher) -> str:
    return "reported" if publisher.kind == Publisher.Kind.NEWS else "published"


def in_a_row(names: Iterable[SafeString]) -> SafeString:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return format_html("{} and {}", format_html_join(", ", "{}", ((name,) for name in first)), last) if first else last


def other_reports(statement: Statement) -> Iterable[Statement]:
    """The same utterance as other sources have it, the earliest print first."""
    if statement.utterance_id is None:
        return []
    same = Statement.objects.published().filter(utterance=statement.utterance_id).exclude(pk=statement.pk)
    return (
        same.select_related("speaker", "source__publisher", "source__original_publisher")
        .defer("search")
        .order_by("source__published_on", "id")
    )


# For others to use


def citation(statement: Statement, permalink: str) -> str:
    """Plain text: who, when, the words, where they were printed, and where they stand here."""
    source = statement.source
    reporter = source.original_publisher or source.publisher
    who = f"{statement.speaker.name} ({statement.role})" if statement.role else statement.speaker.name
    title = source.original_title or source.title
    withdrawn = " (withdrawn)" if statement.state == State.WITHDRAWN else ""
    printed = day(source.original_published_on or source.published_on)
    return (
        f"{who}, {day(statement.said_on, statement.said_on_precision)}, {statement.get_kind_display()}: "
        f"“{statement.quote}” In: {title}. {reporter.name}, {printed}. "
        f"Parley, statement {statement.public_id}, version {statement.version}{withdrawn}: {permalink}"
    )


def linked_data(statement: Statement, permalink: str) -> SafeString:
    """schema.org Quotation as JSON that cannot end the script element it stands in."""
    source, speaker = statement.source, statement.speaker
    record = {
        "@context": "https://schema.org",
        "@type": "Quotation",
        "@id": permalink,
        "url": permalink,
        "identifier": statement.public_id,
        "text": statement.quote,
        "inLanguage": source.language,
        "dateCreated": statement.said_on.isoformat()[: {"day": 10, "month": 7, "year": 4}[statement.said_on_precision]],
        "creator": {"@type": "Organization" if speaker.kind == "organisation" else "Person", "name": speaker.name},
        "isPartOf": {
            "@type": "CreativeWork",
            "name": source.title,
            "datePublished": source.published_on.isoformat(),
            "publisher": {"@type": "Organization", "name": source.publisher.name},
            **({"url": source.url} if source.url else {}),
        },
    }
    text = json.dumps(record, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308 no character is left that HTML could read
