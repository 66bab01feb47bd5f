"""The page of one claim: each party's words side by side, in the order in which they were said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from claims.models import Claim, Topic
from claims.views.evidence import evidence_by_party
from claims.views.topics import Choice, as_of_label
from config.http import moved_to, public


@public
@require_safe
def claim(request: HttpRequest, topic: str, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic.objects.with_parties(), slug=topic)
    claim = get_object_or_404(Claim.objects.filter(topic=found).prefetch_related("assessments"), slug=slug)
    claim.topic = found
    if claim.merged_into:
        claim.merged_into.topic = found
        return moved_to(request, claim.merged_into.get_absolute_url())
    choice = Choice.read(request.GET, found)
    columns = evidence_by_party(claim, choice.shown, on=choice.on)
    for column in columns:
        column["in_order"] = column["own"][::-1]
    context = {
        "topic": found,
        "topic_url": found.get_absolute_url() + (choice.url() if choice.state else ""),
        "claim": claim,
        "columns": columns,
        "heads": choice.columns(),
        "as_of": as_of_label(choice.on),
    }
    return TemplateResponse(request, "claims/claim.html", context)
