"""What waits of one source, read whole: the text with its passages, every statement below, and one button for all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from claims.admin.review import in_context, readings
from claims.anchors import shorten
from claims.desk.access import DeskRequest, at_the_desk
from claims.desk.line import Line
from claims.desk.review import with_all_to_review
from claims.models import Statement
from sources.models import Source


@require_safe
@at_the_desk(needs="claims.review_statement")
def whole(request: DeskRequest, source: int) -> HttpResponse:
    row = get_object_or_404(Source.objects.select_related("publisher", "assigned_to"), pk=source)
    revision = row.newest_revision
    line = line_of(request, source)
    statements = list(with_all_to_review(line.statements))
    placed = [(n, s) for n, s in enumerate(statements, 1) if s.revision == revision]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Review a source whole",
        "source": row,
        "line": line,
        "told": [told(n, s, orphaned=s.revision != revision) for n, s in enumerate(statements, 1)],
        "text": with_passages(revision.text, placed) if revision else "",
        "others": Statement.objects.visible_to(request.user).filter(coding=None, source=row).count() - len(statements),
    }
    return TemplateResponse(request, "admin/desk/whole.html", context)


@require_POST
@at_the_desk(needs="claims.review_statement")
def publish_all(request: DeskRequest, source: int) -> HttpResponse:
    """Each by its verb, in the version that was read; what is refused stays as it is and says why."""
    line = line_of(request, source)
    read = dict(pair.split(":") for pair in request.POST.getlist("read") if re.fullmatch(r"\w+:[0-9]{1,9}", pair))
    seen = Statement.objects.visible_to(request.user).filter(source=source, coding=None)
    published = 0
    for statement in seen.filter(public_id__in=read).in_text_order():
        try:
            statement.publish(by=request.user, version=int(read[statement.public_id]))
            published += 1
        except ValidationError as error:
            why = " ".join(error.messages)
            messages.error(request, format_html("Not published: “{}”. {}", shorten(statement.quote), why))
    if published:
        messages.success(request, f"{published} statement{'' if published == 1 else 's'} published.")
    return HttpResponseRedirect(line.whole if line.statements.exists() else line.start)


def line_of(request: DeskRequest, source: int) -> Line:
    return Line(request.user, source, Line.of(request).by)


def told(number: int, statement: Statement, *, orphaned: bool) -> dict[str, Any]:
    return {
        "number": number,
        "statement": statement,
        "readings": readings(statement),
        "relays": statement.relays.all(),
        "context": in_context(statement) if orphaned else None,
    }


def with_passages(text: str, statements: Iterable[tuple[int, Statement]]) -> SafeString:
    """The text with every passage marked, those that overlap too, and the number of its statement before each."""
    spans = [(start, end, number) for number, statement in statements for start, end in statement.spans]
    firsts = {number: min(start for start, _, n in spans if n == number) for _, _, number in spans}
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    parts: list[SafeString] = []
    for start, end in itertools.pairwise(edges):
        there = sorted(number for first, _, number in spans if first == start)
        parts += [reference(number, first=firsts[number] == start) for number in there]
        words = conditional_escape(text[start:end])
        covered = any(first <= start and end <= last for first, last, _ in spans)
        parts.append(format_html("<mark>{}</mark>", words) if covered else words)
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped


def reference(number: int, *, first: bool) -> SafeString:
    """To the statement below, which refers back to its first passage."""
    name = format_html(' id="passage-{}"', number) if first else ""
    return format_html('<a class="desk-number" href="#statement-{}"{}>{}</a>', number, name, number)
