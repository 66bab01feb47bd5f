"""The queue as the home moves it: take, put back, done, keep for somebody. Each is a plain form."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from claims.desk.access import DeskRequest, at_the_desk
from claims.desk.home import editors
from claims.models import Statement
from claims.roles import may_review
from claims.workflow import EDITABLE
from sources.models import Source


@require_POST
@at_the_desk
def take_next(request: DeskRequest) -> HttpResponse:
    source = Source.objects.take_next(by=request.user)
    if source is None:
        messages.info(request, "Nothing waits that you could take.")
        return to_the_desk()
    return to_the_bench(source)


@require_POST
@at_the_desk
def take(request: DeskRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk)
    try:
        source.take(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return to_the_desk()
    return to_the_bench(source)


@require_POST
@at_the_desk
def put_back(request: DeskRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        source = held_for(request.user, pk)
        source.put_back()
    messages.success(request, f"“{source}” waits again, for anybody.")
    return to_the_desk()


@require_POST
@at_the_desk
def mark_done(request: DeskRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        source = held_for(request.user, pk)
        source.mark_done()
    messages.success(request, f"“{source}” is done.")
    left = Statement.objects.filter(source=source, annotated_by=request.user, state__in=EDITABLE, coding=None).count()
    if left:
        what = "statement of yours in it is" if left == 1 else "statements of yours in it are"
        messages.warning(request, f"{left} {what} not submitted yet.")
    return to_the_desk()


@require_POST
@at_the_desk(needs="claims.review_statement")
def assign(request: DeskRequest) -> HttpResponse:
    """Keep the ticked sources for somebody."""
    to = next((editor for editor in editors() if str(editor.pk) == request.POST.get("to")), None)
    keys = [int(key) for key in request.POST.getlist("source") if key.isascii() and key.isdigit()]
    sources = list(Source.objects.filter(pk__in=keys[:1000]))
    if to is None or not sources:
        messages.error(request, "Tick one source or more, and choose for whom.")
        return to_the_desk()
    for source in sources:
        source.assign(to=to)
    what = f"“{sources[0]}” is" if len(sources) == 1 else f"{len(sources)} sources are"
    messages.success(request, f"{what} kept for {to}.")
    return to_the_desk()


def held_for(user: User, pk: int) -> Source:
    """The source, locked: of anybody for reviewers, else one's own."""
    found = Source.objects.all() if may_review(user) else Source.objects.filter(assigned_to=user)
    return get_object_or_404(found.select_for_update(of=("self",)), pk=pk)


def to_the_desk() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:index"))


def to_the_bench(source: Source) -> HttpResponse:
    return HttpResponseRedirect(reverse("workbench:page", args=[source.pk]))
