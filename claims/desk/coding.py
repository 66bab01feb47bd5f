"""Two coders on one source: who codes what, how far they agree, and what is settled from it."""

import csv
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from claims import adjudication
from claims.agreement import Figure
from claims.desk.access import DeskRequest, at_the_desk
from claims.exports import harmless
from claims.models import Coding
from claims.roles import ROLES, may_review
from sources.models import Source

PAGE_SIZE = 50
OFFERED = 200  # sources to begin with: more are found by a word of their title


# All double codings


@require_safe
@at_the_desk
def codings(request: DeskRequest) -> HttpResponse:
    """Those of this person; to reviewers all, and a form to begin another."""
    page = Paginator(_coded_sources(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    blind = set(Coding.objects.blind_to(request.user).values_list("pk", flat=True))
    rows = [(source, source.codings.all(), all(one.done_at for one in source.codings.all())) for source in page]
    form = BeginForm(request.GET) if may_review(request.user) else None
    context = {"page": page, "rows": rows, "blind": blind, "form": form, "q": request.GET.get("q", "")}
    return _page(request, "admin/coding/codings.html", "Two coders", **context)


def _coded_sources(user: User) -> QuerySet[Source]:
    """With their codings and the count of their statements: 1 query more."""
    counted = Coding.objects.select_related("coder").annotate(made=Count("statements")).order_by("slot")
    found = Source.objects.annotate(begun=Max("codings__begun_at")).exclude(begun=None)
    if not may_review(user):
        found = found.filter(pk__in=Coding.objects.filter(coder=user).values("source"))
    return found.prefetch_related(Prefetch("codings", counted)).order_by("-begun", "-pk")


class BeginForm(forms.Form):
    """A source of which nothing has been made, and two people. Shown with `?q=` words of the title, `?source=`."""

    source = forms.ModelChoiceField(Source.objects.none(), label="Source")
    first = forms.ModelChoiceField(User.objects.none(), label="First coder")
    second = forms.ModelChoiceField(User.objects.none(), label="Second coder")

    def __init__(self, asked: Any, **kwargs: Any) -> None:
        super().__init__(initial={"source": asked.get("source")}, **kwargs)
        people = User.objects.filter(Q(groups__name__in=ROLES) | Q(is_superuser=True), is_active=True, is_staff=True)
        for name in ("first", "second"):
            self.fields[name].queryset = people.distinct().order_by("username")  # type: ignore[attr-defined]
        free = Source.objects.filter(statements=None, codings=None).exclude(revisions=None)
        self.fields["source"].queryset = free.distinct()  # type: ignore[attr-defined]
        for word in asked.get("q", "").split()[:8]:
            free = free.filter(title__icontains=word)
        offered = free.distinct().order_by("-added_at", "-pk")[:OFFERED]
        choices = [(source.pk, source.title) for source in offered] if not self.is_bound else []
        self.fields["source"].widget.choices = [("", "Choose a source"), *choices]


@require_POST
@at_the_desk(needs="claims.review_statement")
def begin(request: DeskRequest) -> HttpResponse:
    form = BeginForm({}, data=request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("Choose a source of which nothing has been made yet, and two people.")
        chosen = form.cleaned_data
        Coding.objects.begin(source=chosen["source"], coders=(chosen["first"], chosen["second"]))
    except ValidationError as error:
        _tell(request, error)
        return HttpResponseRedirect(reverse("desk:codings"))
    messages.success(request, f"{chosen['first']} and {chosen['second']} code it, blind to each other.")
    return HttpResponseRedirect(reverse("desk:coding", args=[chosen["source"].pk]))


# One of them


@require_safe
@at_the_desk
def coding(request: DeskRequest, source: int) -> HttpResponse:
    """How far the two agree, once both are done; until then how far they are."""
    found, parts = _open_to(request, source)
    context: dict[str, Any] = {"source": found, "codings": parts}
    if not all(one.done_at for one in parts):
        context["blind"] = set(Coding.objects.blind_to(request.user).values_list("pk", flat=True))
        context["mine"] = next((one for one in parts if one.coder_id == request.user.pk), None)
        if may_review(request.user) and not context["mine"]:
            context["may_call_off"] = not any(one.made for one in parts)  # type: ignore[attr-defined]
            context["gone"] = [one for one in parts if not one.done_at and not one.coder.is_active]
        return _page(request, "admin/coding/unfinished.html", f"Two coders: {found}", **context)
    comparison = adjudication.compare(found)
    context |= {
        "comparison": comparison,
        "claims": _by_claim(comparison),
        "disagreed": [case for case in comparison.cases if not case.agreed],
        "agreed": [case for case in comparison.cases if case.agreed],
        "may_settle": adjudication.may_settle(request.user, parts),
    }
    context["open"] = sum(case.is_open for case in comparison.cases)
    context["agreed_open"] = sum(case.is_open for case in context["agreed"])
    return _page(request, "admin/coding/coding.html", f"Two coders: {found}", **context)


def _open_to(request: DeskRequest, key: int) -> tuple[Source, list[Coding]]:
    """The source with its two codings, for the two and for reviewers. 2 queries."""
    source = get_object_or_404(Source, pk=key)
    parts: list[Any] = list(source.codings.select_related("coder").annotate(made=Count("statements")).order_by("slot"))
    if not parts or not (may_review(request.user) or request.user.pk in {one.coder_id for one in parts}):
        raise Http404("This source is not coded by two.")
    return source, parts


def _by_claim(comparison: adjudication.Comparison) -> list[tuple[Any, Figure]]:
    told = [(comparison.names[key].claim, figure) for key, figure in comparison.found.claims.items()]
    return sorted(told, key=lambda row: (row[0].topic.title, row[0].rank, row[0].pk))


@require_POST
@at_the_desk
def done(request: DeskRequest, source: int) -> HttpResponse:
    _, parts = _open_to(request, source)
    mine = next((one for one in parts if one.coder_id == request.user.pk), None)
    if mine is None:
        raise Http404("You do not code this source.")
    try:
        mine.finish(by=request.user)
    except ValidationError as error:
        _tell(request, error)
    else:
        messages.success(request, "Your coding is done.")
    return HttpResponseRedirect(reverse("desk:coding", args=[source]))


@require_POST
@at_the_desk(needs="claims.review_statement")
def settle(request: DeskRequest, source: int) -> HttpResponse:
    """One button of the page: `take`, `neither` or `again` with the id of a coded statement, `agreed`, or `done`.

    Before both are done: `left` with a coder who is not there any more, or `off`.
    """
    found, parts = _open_to(request, source)
    given = request.POST
    try:
        if "off" in given:
            return _called_off(request, found)
        if "left" in given:
            messages.success(request, _left(parts, given["left"], by=request.user))
        else:
            messages.success(request, _settled(found, given, by=request.user))
    except ValidationError as error:
        _tell(request, error)
    number = given.get("case", "")
    place = f"#case-{number}" if number.isdecimal() else ""
    return HttpResponseRedirect(reverse("desk:coding", args=[source]) + place)


def _called_off(request: DeskRequest, source: Source) -> HttpResponse:
    Coding.objects.call_off(source=source, by=request.user)
    messages.success(request, f"Called off: “{source}” waits for anybody again.")
    return HttpResponseRedirect(reverse("desk:codings"))


def _left(parts: list[Coding], name: str, *, by: User) -> str:
    """For a coder who has left and will not say it. Raises ValidationError."""
    for one in parts:
        if one.coder.get_username() == name:
            one.finish(by=by)
            return f"What {name} made counts as done."
    raise ValidationError("Nobody of that name codes it.")


def _settled(source: Source, given: Any, *, by: User) -> str:
    """What was done, in words. Raises ValidationError."""
    if "take" in given:
        adjudication.take(source, given["take"], by=by)
        return "It is taken: a draft of yours, to be looked at once more and submitted."
    if "neither" in given:
        adjudication.take_neither(source, given["neither"], by=by)
        return "Passed over: nothing is made of it."
    if "again" in given:
        adjudication.take_up_again(source, given["again"], by=by)
        return "It is open again."
    if "agreed" in given:
        count = adjudication.take_agreed(source, by=by)
        return f"{count} taken: drafts of yours, to be looked at once more and submitted."
    if "done" in given:
        source.mark_done(by=by)
        return "The source is done."
    raise ValidationError("Say what is to be done.")


# As CSV


@require_safe
@at_the_desk
def units_csv(request: DeskRequest, source: int) -> HttpResponse:
    """A row for each unit of the comparison: what alpha is computed from."""
    found, comparison = _compared(request, source)
    first, second = (one.coder.get_username() for one in comparison.codings)
    head = ["stretch", "start", "end", "topic", "claim", "holder", first, second, "agree", "id_first", "id_second"]
    return _csv(f"units-{found.public_id}.csv", [head, *_unit_rows(comparison)])


def _unit_rows(comparison: adjudication.Comparison) -> Iterable[list[Any]]:
    holders = {
        position.holder_id: position.holder.slug
        for case in comparison.cases
        for row in case.coded
        for position in row.positions.all()
    }
    for unit in comparison.found.units:
        case = comparison.cases[unit.pair]
        claim = comparison.names[unit.claim].claim
        spans = [span for row in case.coded for span in row.spans]
        ids = [row.public_id if row else "" for row in (case.first, case.second)]
        stretch = [case.number, min(start for start, _ in spans), max(end for _, end in spans)]
        asked = [claim.topic.slug, claim.slug, holders[unit.holder]]
        yield [*stretch, *asked, unit.first, unit.second, "yes" if unit.agrees else "no", *ids]


@require_safe
@at_the_desk
def figures_csv(request: DeskRequest, source: int) -> HttpResponse:
    found, comparison = _compared(request, source)
    head = ["measure", "topic", "claim", "alpha", "agree", "of", "positions_agree", "positions_of"]
    return _csv(f"agreement-{found.public_id}.csv", [head, *_figure_rows(comparison)])


def _figure_rows(comparison: adjudication.Comparison) -> Iterable[list[Any]]:
    told, cases = comparison.found.unitising, len(comparison.cases)
    yield ["stances", "", "", *_numbers(comparison.found.overall)]
    for claim, figure in _by_claim(comparison):
        yield ["stances", claim.topic.slug, claim.slug, *_numbers(figure)]
    yield ["passages marked by both", "", "", "", told.both, cases]
    yield ["passages marked by the first only", "", "", "", told.only_first, cases]
    yield ["passages marked by the second only", "", "", "", told.only_second, cases]
    yield ["the same words", "", "", "", told.same_words, told.both]
    yield ["the same speaker", "", "", "", told.same_speaker, told.both]
    yield ["the same kind", "", "", "", told.same_kind, told.both]


def _numbers(figure: Figure) -> list[Any]:
    alpha = "" if figure.alpha is None else f"{figure.alpha:.4f}"
    return [alpha, figure.agreeing, figure.units, figure.taken_agreeing, figure.taken]


def _compared(request: DeskRequest, source: int) -> tuple[Source, adjudication.Comparison]:
    found, parts = _open_to(request, source)
    if not all(one.done_at for one in parts):
        raise Http404("Nothing is compared before both are done.")
    return found, adjudication.compare(found)


def _csv(name: str, rows: Iterable[list[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows([harmless(value) for value in row] for row in rows)
    return response


# Said and shown


def _tell(request: DeskRequest, error: ValidationError) -> None:
    for message in error.messages:
        messages.error(request, message)


def _page(request: DeskRequest, template: str, title: str, **context: Any) -> HttpResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})
