"""Review, one statement at a time: read, publish or return by single keys, and the next one comes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from claims import history
from claims.admin.review import in_context, readings
from claims.anchors import shorten
from claims.desk.access import DeskRequest, at_the_desk
from claims.desk.line import Line, Place
from claims.desk.talk import talk_about
from claims.models import Statement
from claims.workflow import Reason, Stale
from sources.forms import ParagraphsField, in_words

DONE = {"publish": "Published", "return": "Returned"}


class ReturnForm(forms.Form):
    comment = ParagraphsField(error_messages={"required": "Say what is to be mended."})
    reason = forms.ChoiceField(choices=Reason.choices)


@require_safe
@at_the_desk(needs="claims.review_statement")
def review_next(request: DeskRequest) -> HttpResponse:
    """To the first that waits."""
    line = Line.of(request)
    if first := line.statements.values_list("public_id", flat=True).first():
        return HttpResponseRedirect(line.page(first))
    elsewhere = Line(request.user)
    context = {
        **admin.site.each_context(request),
        "title": "Review",
        "line": line,
        "elsewhere": elsewhere if line != elsewhere and elsewhere.statements.exists() else None,
    }
    return TemplateResponse(request, "admin/desk/review_done.html", context)


@require_safe
@at_the_desk(needs="claims.review_statement")
def review(request: DeskRequest, public_id: str) -> HttpResponse:
    return page(request, found(request, public_id))


@require_POST
@at_the_desk(needs="claims.review_statement")
def publish(request: DeskRequest, public_id: str) -> HttpResponse:
    statement = found(request, public_id)
    return moved(
        request, statement, "publish", lambda: statement.publish(by=request.user, version=version_read(request))
    )


@require_POST
@at_the_desk(needs="claims.review_statement")
def return_(request: DeskRequest, public_id: str) -> HttpResponse:
    statement = found(request, public_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return page(request, statement, status=422, refused=in_words(ValidationError(form.errors.as_data())))
    said = form.cleaned_data
    return moved(
        request, statement, "return", lambda: statement.return_(by=request.user, version=version_read(request), **said)
    )


def with_all_to_review(statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """With what a reviewer reads of each: 3 queries, however many."""
    rows = statements.with_attribution()  # type: ignore[attr-defined]
    return rows.select_related("revision", "annotated_by", "reviewed_by")


def found(request: DeskRequest, public_id: str) -> Statement:
    seen = Statement.objects.visible_to(request.user).filter(coding=None)
    return get_object_or_404(with_all_to_review(seen), public_id=public_id)


def version_read(request: DeskRequest) -> int:
    """The version that the page showed; none that there is where that cannot be told."""
    number = request.POST.get("version", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def moved(request: DeskRequest, statement: Statement, name: str, move: Any) -> HttpResponse:
    """Make the move and go on to the next; where it is refused, show the statement as it stands, and why."""
    line = Line.of(request)
    following = Place.of(statement.public_id, line.ids()).after  # told before it leaves the line
    try:
        move()
    except Stale:
        return page(request, found(request, statement.public_id), status=409, read=version_read(request))
    except ValidationError as error:
        return page(request, found(request, statement.public_id), status=422, refused=in_words(error))
    done = '{}: <a href="{}" dir="auto">{}</a>'
    messages.success(request, format_html(done, DONE[name], line.page(statement.public_id), shorten(statement.quote)))
    return HttpResponseRedirect(line.page(following) if following else line.start)


def page(
    request: DeskRequest, statement: Statement, *, status: int = 200, refused: Any = (), read: int | None = None
) -> HttpResponse:
    """One statement with all that a reviewer reads of it. As many queries however much that is.

    `read`: the version that the reviewer had before them, where another is stored by now.
    """
    line = Line.of(request)
    log = list(statement.transitions.select_related("by").order_by("id"))
    returns = [move for move in log if move.name == "return"]
    context = {
        **admin.site.each_context(request),
        "title": "Review",
        "statement": statement,
        "line": line,
        "place": Place.of(statement.public_id, line.ids()),
        "context": in_context(statement),
        "readings": readings(statement),
        "relays": statement.relays.all(),
        "orphaned": Statement.objects.filter(pk=statement.pk).orphaned().exists(),
        "open": statement.moves_open_to(request.user),
        "mended": {"asked": returns[-1], "changes": history.since_returned(statement)} if returns else None,
        "stale": since_read(statement, read) if read is not None else None,
        "refused": refused,
        "reasons": Reason.choices,
        "typed": {"comment": request.POST.get("comment", ""), "reason": request.POST.get("reason", Reason.OTHER)},
        "talk": talk_about(statement, request.user),
        "panel": {"history": history.entries(statement)},
    }
    return TemplateResponse(request, "admin/desk/review.html", context, status=status)


def since_read(statement: Statement, read: int) -> dict[str, Any]:
    """What has become of it since that version."""
    told = history.versions(statement)
    older = [version for version in told if version.number <= read]
    changes = history.changes_between(older[-1], told[-1]) if older else []
    return {"by": told[-1].by, "changes": changes}
