"""The page of the workbench: the article on the left, its statements beside their passages."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from claims.anchors import paragraphs
from claims.models import Coding, Topic
from claims.models.coding import OTHERS_CODE
from claims.workbench.answers import BenchRequest, at_the_bench
from claims.workbench.beat import kept_forms, versions_of
from claims.workbench.cards import cards
from sources.models import Party, Source

MAY = {
    "speaker": "sources.add_speaker",
    "affiliation": "sources.add_affiliation",
    "claim": "claims.add_claim",
    "review": "claims.review_statement",
}
# Fetched at once: each would otherwise be asked for only when the one that imports it has come.
FOLDER = settings.BASE_DIR / "static"
MODULES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("js/workbench/*.js"))
QUEUE = {"take": "taken: it is yours", "put_back": "put back for anybody", "mark_done": "done"}


@require_safe
@at_the_bench
def annotate(request: BenchRequest, source: Source) -> HttpResponse:
    revision = source.newest_revision
    told = cards(request.user, source)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "modules": MODULES,
        "title": f"Annotate: {source}",
        "source": source,
        "revision": revision,
        "base": f"/admin/sources/source/{source.pk}/annotate/",
        "text": as_paragraphs(revision.text) if revision else "",
        "cards": told.values(),
        "mark": versions_of(source, request.user)["mark"],
        "coding": _coding(request, source),
        "is_nav_sidebar_enabled": False,  # the room is for the article and its statements
        "may": " ".join(name for name, permission in MAY.items() if request.user.has_perm(permission)),
        "parties": [
            {"id": party.pk, "name": party.short_name, "full": party.name, "parent": party.parent_id}
            for party in Party.objects.order_by("short_name", "pk")
        ],
        "topics": list(Topic.objects.order_by("title", "pk").values("id", "title")),
        "kept": kept_forms(request, source),
        "token": get_token(request),
        "mine": source.assigned_to_id == request.user.pk,
    }
    return TemplateResponse(request, "admin/workbench/page.html", context)


def as_paragraphs(text: str) -> SafeString:
    """The text with every paragraph in a <p> of its own direction, and not one character more or less.

    What stands between them (line breaks) stays between them, where a browser does not draw it.
    """
    parts, at = [], 0
    for start, end in paragraphs(text):
        parts += [conditional_escape(text[at:start]), '<p dir="auto">', conditional_escape(text[start:end]), "</p>"]
        at = end
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped


def _coding(request: BenchRequest, source: Source) -> dict[str, Any] | None:
    """Who codes this source blind, where two people do: what the page says instead of offering to take it. 1 query."""
    codings = list(Coding.objects.filter(source=source).select_related("coder"))
    if not codings:
        return None
    return {
        "coders": [coding.coder.get_username() for coding in codings],
        "mine": next((coding for coding in codings if coding.coder_id == request.user.pk), None),
        "open": not all(coding.done_at for coding in codings),
    }


@require_POST
@at_the_bench
def queue(request: BenchRequest, source: Source) -> HttpResponse:
    """Take the source, put it back, or mark it done: a plain form."""
    verb = request.POST.get("verb", "")
    try:
        if Coding.objects.unfinished().filter(source=source).exists():
            raise ValidationError(OTHERS_CODE)
        if verb in QUEUE:
            getattr(source, verb)(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if verb in QUEUE:
            messages.success(request, f"The source is {QUEUE[verb]}.")
    if verb == "mark_done":
        return HttpResponseRedirect(reverse("admin:index"))
    return HttpResponseRedirect(reverse("workbench:page", args=[source.pk]))
