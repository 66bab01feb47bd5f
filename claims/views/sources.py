"""The page of a source: what was annotated in it, in the text itself where its licence allows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from claims.models import Statement
from claims.views.passages import annotated
from claims.views.statements import may_read
from claims.workflow import State
from config.http import public
from sources.models import Source


@public
@require_safe
def source(request: HttpRequest, public_id: str) -> HttpResponse:
    visible = Source.objects.visible_to(request.user).select_related("publisher", "original_publisher")
    found = get_object_or_404(visible, public_id=public_id)
    readable = may_read(found, request.user)
    revisions = found.revisions.order_by("-number")
    newest = (revisions if readable else revisions.defer("text")).first()
    statements = Statement.objects.visible_to(request.user).exclude(state=State.WITHDRAWN).filter(source=found)
    # Statements of the newest text first, so that the numbers run on into those of earlier ones.
    rows = list(statements.with_attribution().defer("search").in_text_order())
    rows.sort(key=lambda row: newest is None or row.revision_id != newest.pk)
    told = list(enumerate(rows, 1))
    current = [(number, row) for number, row in told if newest and row.revision_id == newest.pk]
    chosen = request.GET.get("statement", "")
    page = {
        "source": found,
        "revision": newest,
        "readable": readable and newest is not None,
        "text": annotated(newest.text, current, chosen) if readable and newest else "",
        "current": current,
        "earlier": told[len(current) :],
        "count": len(told),
        "chosen": chosen,
        "permalink": request.build_absolute_uri(f"/sources/{found.public_id}/"),
    }
    return TemplateResponse(request, "claims/source.html", page)
