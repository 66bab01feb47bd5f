"""Duplicates, for chiefs: what merging two would do, doing it, and the list of what was merged, with Undo."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from claims.desk.access import DeskRequest, at_the_desk
from claims.merging import Plan, merge_claims, merge_speakers, plan_claims, plan_speakers, undo
from claims.models import Claim, Merge
from sources.models import Speaker
from sources.typeahead import KeySelect

SHOWN = 100  # of the merges: the newest
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "speaker": (Speaker, plan_speakers, merge_speakers),
    "claim": (Claim, plan_claims, merge_claims),
}
COUNTED = {  # one, and many
    "statements": ("statement", "statements"),
    "relays": ("place in a chain of relays", "places in chains of relays"),
    "affiliations": ("affiliation", "affiliations"),
    "positions": ("position", "positions"),
    "assessments": ("assessment", "assessments"),
}


class Pair(forms.Form):
    """Which of the two goes, and which stays."""

    def __init__(self, kind: str, data: Any) -> None:
        super().__init__(data)
        rows = KINDS[kind][0].objects.unmerged()
        for name, label, column in (("one", "Duplicate", kind), ("into", "The one that stays", f"into_{kind}")):
            typed = KeySelect(Merge._meta.get_field(column), admin.site, attrs={"data-width": "100%"})
            self.fields[name] = forms.ModelChoiceField(rows, label=label, widget=typed)


@require_safe
@at_the_desk(needs="claims.add_merge")
def merges(request: DeskRequest) -> HttpResponse:
    """3 queries, however many."""
    rows = Merge.objects.select_related("speaker", "into_speaker", "claim", "into_claim", "by", "undone_by")
    return _page(request, "admin/merging/list.html", title="Merged duplicates", merges=rows[:SHOWN], shown=SHOWN)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk(needs="claims.add_merge")
def merging(request: DeskRequest, kind: str) -> HttpResponse:
    """What would move, where two are chosen; sent by POST, it is done."""
    if kind not in KINDS:
        raise Http404
    model, planned, verb = KINDS[kind]
    form = Pair(kind, request.POST or request.GET or None)
    plan = None
    if form.is_valid():
        one, into = form.cleaned_data["one"], form.cleaned_data["into"]
        if request.method == "POST":
            try:
                verb(one, into=into, by=request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, f"“{one}” is merged into “{into}”.")
                return HttpResponseRedirect(reverse("desk:merges"))
        plan = planned(one, into)
    context = {
        "form": form,
        "kind": kind,
        "plan": plan,
        "moving": in_words(plan),
        "dropped": in_words(plan, twice=True),
    }
    if plan:
        context |= {"one": one, "into": into, "other_way": urlencode({"one": into.pk, "into": one.pk})}
    title = f"Merge two {model._meta.verbose_name_plural} that are one"
    return _page(request, "admin/merging/choose.html", title=title, **context)


def in_words(plan: Plan | None, *, twice: bool = False) -> list[str]:
    """`12 statements`, `1 affiliation`: what moves, or what both have."""
    if plan is None:
        return []
    counts = {name: len(rows) for name, rows in plan.dropped.items()} if twice else plan.counts()
    return [f"{count:,} {COUNTED[name][count != 1]}" for name, count in counts.items() if count]


@require_POST
@at_the_desk(needs="claims.add_merge")
def undo_merge(request: DeskRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(Merge, pk=pk)
    try:
        undo(merge, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Undone: {merge}. They are two again.")
    return HttpResponseRedirect(reverse("desk:merges"))


def _page(request: DeskRequest, template: str, **context: Any) -> HttpResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
