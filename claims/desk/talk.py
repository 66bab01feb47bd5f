"""Comments on a statement, between its annotator and the reviewers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from claims.desk.access import DeskRequest, at_the_desk
from claims.desk.line import Line
from claims.models import Comment, Statement
from claims.roles import may_review
from sources.forms import ParagraphsField, in_words


class CommentForm(forms.Form):
    text = ParagraphsField(error_messages={"required": "Write something."})


def may_talk(user: User, statement: Statement) -> bool:
    """Its annotator and reviewers; not about what is coded blind."""
    return statement.coding_id is None and (statement.annotated_by_id == user.pk or may_review(user))


def talk_about(statement: Statement, user: User, **more: Any) -> dict[str, Any] | None:
    """The comments, for those who may read and write them. 1 query."""
    if not may_talk(user, statement):
        return None
    return {"comments": list(statement.comments.select_related("by").order_by("id")), **more}


@require_POST
@at_the_desk
def comment(request: DeskRequest, public_id: str) -> HttpResponse:
    """Write one, and come back to the page where it was written."""
    form = CommentForm(request.POST)
    with transaction.atomic():
        # Held, so that its annotator does not delete the draft under the comment.
        seen = Statement.objects.visible_to(request.user).select_for_update(of=("self",), no_key=True)
        statement = get_object_or_404(seen, public_id=public_id)
        if not may_talk(request.user, statement):
            raise Http404
        if form.is_valid():
            Comment.objects.create(statement=statement, by=request.user, text=form.cleaned_data["text"])
    if not form.is_valid():
        messages.error(request, " ".join(in_words(ValidationError(form.errors.as_data()))))
    if "reviewing" in request.POST and may_review(request.user):
        place = Line.of(request).page(statement.public_id)
    else:
        place = reverse("admin:claims_statement_change", args=[statement.pk])
    return HttpResponseRedirect(f"{place}#talk")
