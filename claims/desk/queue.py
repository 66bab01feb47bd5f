"""The queue as the home moves it: take, put back, done, keep for somebody. Each is a plain form."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from claims.desk.access import DeskRequest, at_the_desk
from claims.desk.home import editors
from claims.models import Coding, Statement
from claims.models.coding import OTHERS_CODE
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
        refuse_where_coded_blind(source)
        source.take(by=request.user)
    except ValidationError as error:
        return refused(request, error)
    return to_the_bench(source)


@require_POST
@at_the_desk
def put_back(request: DeskRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk)
    try:
        refuse_where_coded_blind(source)
        source.put_back(by=request.user)
    except ValidationError as error:
        return refused(request, error)
    messages.success(request, f"“{source}” waits again, for anybody.")
    return to_the_desk()


@require_POST
@at_the_desk
def mark_done(request: DeskRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk)
    try:
        refuse_where_coded_blind(source)
        source.mark_done(by=request.user)
    except ValidationError as error:
        return refused(request, error)
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
    try:
        for source in sources:
            refuse_where_coded_blind(source)
            source.assign(to=to)
    except ValidationError as error:
        return refused(request, error)
    what = f"“{sources[0]}” is" if len(sources) == 1 else f"{len(sources)} sources are"
    messages.success(request, f"{what} kept for {to}.")
    return to_the_desk()


def refuse_where_coded_blind(source: Source) -> None:
    if Coding.objects.unfinished().filter(source=source).exists():
        raise ValidationError(OTHERS_CODE)


def refused(request: DeskRequest, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return to_the_desk()


def to_the_desk() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:index"))


def to_the_bench(source: Source) -> HttpResponse:
    return HttpResponseRedirect(reverse("workbench:page", args=[source.pk]))
