"""The figures, for reviewers and chiefs: one page, and the same as CSV."""

import csv
import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import figures as counting
from claims.desk.access import DeskRequest, at_the_desk
from claims.exports import harmless
from claims.figures import Figures, Period

WEEKS = 12  # where no period is asked for
HEAD = ["figure", "of", "measure", "value"]


class PeriodForm(forms.Form):
    since = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            raise ValidationError("The first day comes after the last.")
        if (since and since.year < 1900) or (until and until.year > 2999):
            raise ValidationError("Choose days between 1900 and 2999.")
        return given


def _asked(request: DeskRequest) -> tuple[PeriodForm, Period]:
    """The period asked for; where it cannot be read, what is wrong and the usual one: the last weeks, to today."""
    today = timezone.localdate()
    monday = today - datetime.timedelta(days=today.weekday(), weeks=WEEKS - 1)
    usual = {"since": monday.isoformat(), "until": today.isoformat()}
    form = PeriodForm(usual | {name: request.GET[name] for name in usual if request.GET.get(name)})
    return form, Period(**form.cleaned_data) if form.is_valid() else Period(monday, today)


@require_safe
@at_the_desk(needs="claims.review_statement")
def figures(request: DeskRequest) -> HttpResponse:
    form, period = _asked(request)
    context = {
        **admin.site.each_context(request),
        "title": "Figures",
        "form": form,
        "period": period,
        "figures": counting.figures(period),
    }
    return TemplateResponse(request, "admin/figures.html", context)


@require_safe
@at_the_desk(needs="claims.review_statement")
def figures_csv(request: DeskRequest) -> HttpResponse:
    """One number on a line."""
    _, period = _asked(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"figures-{period.since}-{period.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    rows = _lines(counting.figures(period))
    csv.writer(response).writerows([HEAD, *([harmless(value) for value in row] for row in rows)])
    return response


def _lines(told: Figures) -> Iterable[list[Any]]:
    for stay in told.stays:
        yield ["time in state", stay.what, "count", stay.count]
        for measure, lasted in (("median hours", stay.median), ("90th percentile hours", stay.ninetieth)):
            yield [
                "time in state",
                stay.what,
                measure,
                "" if lasted is None else round(lasted.total_seconds() / 3600, 2),
            ]
    for figure, rows in (("waiting by person", told.people), ("waiting by topic", told.topics)):
        for row in rows:
            yield [figure, row.who, "drafts", row.drafts]
            yield [figure, row.who, "returned", row.returned]
            yield [figure, row.who, "submitted", row.submitted]
            yield [figure, row.who, "oldest since", row.oldest.isoformat(timespec="seconds")]
    for share in told.reasons:
        yield ["returns by reason", share.what, "returned", share.count]
    for share in told.annotators:
        yield ["returns by annotator", share.what, "returned", share.count]
        yield ["returns by annotator", share.what, "decided", share.of]
    for share in told.weeks:
        yield ["published in the week of", str(share.what), "published", share.count]
