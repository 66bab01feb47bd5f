"""Review: a statement as a reviewer reads it, the moves open to whoever looks, and the same moves in bulk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from claims import history
from claims.desk.talk import talk_about
from claims.models import Statement
from claims.roles import may_review
from claims.templatetags.stance import stance_word
from claims.workflow import TRANSITIONS, Reason, State

AROUND = 400  # characters of the text on either side of a quotation


@dataclass(frozen=True)
class Wording:
    """How a move is offered."""

    button: str
    done: str
    comment: str = ""  # the label of the comment that it needs


WORDING = {
    "submit": Wording("Submit for review", "submitted"),
    "publish": Wording("Publish", "published"),
    "return": Wording("Return to the annotator", "returned", "What is to be mended (the annotator reads it)"),
    "correct": Wording("Correct…", "corrected"),  # has a page of its own, with the whole form
    "withdraw": Wording("Withdraw", "withdrawn", "Reason (the public reads it)"),
}
VERBS: dict[str, Callable[..., None]] = {
    "submit": Statement.submit,
    "publish": Statement.publish,
    "return": Statement.return_,
    "withdraw": Statement.withdraw,
}


def marked(text: str, spans: list[list[int]], start: int = 0, end: int | None = None) -> SafeString:
    """The stretch of the text with the passages marked in it."""
    parts, at = [], start
    for first, last in spans:
        parts += [conditional_escape(text[at:first]), "<mark>", conditional_escape(text[first:last]), "</mark>"]
        at = last
    parts.append(conditional_escape(text[at:end]))
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped


def in_context(statement: Statement) -> dict[str, Any]:
    """The passages in the text around them, and whether it goes on before and after. 1 query where not loaded."""
    text = statement.revision.text
    start = max(statement.spans[0][0] - AROUND, 0)
    end = min(statement.spans[-1][1] + AROUND, len(text))
    return {"words": marked(text, statement.spans, start, end), "before": start > 0, "after": end < len(text)}


def readings(statement: Statement) -> list[dict[str, Any]]:
    """The positions with the stance in the words of the claim's kind. Needs the positions with claim and holder."""
    return [{"position": p, "stance": stance_word(p.stance, p.claim.kind)} for p in statement.positions.all()]


def sent_with(name: str, form: QueryDict) -> dict[str, Any]:
    """What the form of a move says: the comment and reason that it has, and the version that was read, where it is told."""
    said: dict[str, Any] = {"comment": form.get("comment", "")} if TRANSITIONS[name].needs_comment else {}
    if name == "return" and form.get("reason"):
        said["reason"] = form["reason"]
    if name != "withdraw" and (version := str(form.get("version", ""))).isdecimal():
        said["version"] = int(version)
    return said


class ReviewMixin(admin.ModelAdmin):
    """The review panel, the URLs of the moves and the bulk actions, for the admin of statements."""

    # One at a time

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        moves = [
            path("<int:pk>/move/correct/", wrap(self.correct_view), name="claims_statement_correct"),
            path("<int:pk>/move/<slug:name>/", wrap(self.move_view), name="claims_statement_move"),
        ]
        return moves + super().get_urls()

    def move_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Make one transition; the model says whether it is open to this person."""
        if name not in VERBS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        statement = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            VERBS[name](statement, by=request.user, **sent_with(name, request.POST))
        except ValidationError as error:
            for message in error.messages:
                self.message_user(request, message, messages.ERROR)
        else:
            self.message_user(request, f"The statement is {WORDING[name].done}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:claims_statement_change", args=[pk]))

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole form on a published statement, for those to whom `correct` is open; saved by that verb."""
        statement = get_object_or_404(self.get_queryset(request), pk=pk)
        if "correct" not in statement.moves_open_to(request.user):
            self.message_user(
                request, "Only a reviewer other than its annotator corrects a published statement.", messages.ERROR
            )
            return HttpResponseRedirect(reverse("admin:claims_statement_change", args=[pk]))
        request.correcting = True  # type: ignore[attr-defined]
        return self.changeform_view(request, str(pk), extra_context={"title": "Correct a published statement"})

    def review_panel(self, request: HttpRequest, statement: Statement) -> dict[str, Any]:
        """What the panel above the form shows: constant in the number of positions, relays and versions."""
        statement = (
            Statement.objects.with_attribution()
            .select_related("revision", "annotated_by", "reviewed_by")
            .get(pk=statement.pk)
        )
        newest = statement.source.revisions.order_by("-number").values_list("number", flat=True).first()
        log = list(statement.transitions.select_related("by").order_by("id"))
        return {
            "statement": statement,
            "mend": log[-1] if statement.state == State.RETURNED and log else None,
            "context": in_context(statement),
            "readings": readings(statement),
            "relays": statement.relays.all(),
            "orphaned": newest != statement.revision.number,
            "moves": [(name, WORDING[name]) for name in statement.moves_open_to(request.user)],  # type: ignore[arg-type]
            "log": log,
            "history": history.entries(statement),
            "talk": talk_about(statement, request.user),  # type: ignore[arg-type]
            "reasons": Reason.choices,
        }

    # Many at once

    @admin.action(description="Submit my drafts and mended returns", permissions=["add"])
    def submit_mine(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        self._move_each(request, queryset, "submit")

    @admin.action(description="Publish", permissions=["review"])
    def publish_each(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        self._move_each(request, queryset, "publish")

    def has_review_permission(self, request: HttpRequest) -> bool:
        return may_review(request.user)

    def _move_each(self, request: HttpRequest, queryset: QuerySet[Statement], name: str) -> None:
        """The verb on one after the other: what cannot be moved stays as it is and says why."""
        moved = 0
        for statement in queryset.select_related("speaker"):
            try:
                VERBS[name](statement, by=request.user)
                moved += 1
            except ValidationError as error:
                self.message_user(
                    request, f"Not {WORDING[name].done}: {statement}. {' '.join(error.messages)}", messages.ERROR
                )
        noun = "statement" if moved == 1 else "statements"
        self.message_user(
            request, f"{moved} {noun} {WORDING[name].done}.", messages.SUCCESS if moved else messages.WARNING
        )

    # Columns

    @admin.display(description="positions")
    def positions_read(self, statement: Statement) -> SafeString | str:
        """Needs the positions with claim and holder prefetched."""
        rows = ((p.holder, stance_word(p.stance, p.claim.kind), p.claim) for p in statement.positions.all())
        return format_html_join("", '<div class="reading">{} <b>{}</b> {}</div>', rows) or "none"
