"""The front page: every topic with its matrix in small, and the newest statements."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from claims.comparison import Cell, Matrix, compare
from claims.models import Statement, Topic
from claims.templatetags.stance import SILENT, WORDS, sign
from claims.views.cells import cell_key, counted
from config.http import public

NEWEST = 5


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    topics = list(Topic.objects.with_parties())
    newest = Statement.objects.published().newest_first().select_related("speaker", "party", "source__publisher")
    context = {
        "topics": [matrix_in_small(matrix) for matrix in compare(topics)],
        "newest": newest.defer("search")[:NEWEST],
    }
    return TemplateResponse(request, "claims/home.html", context)


def matrix_in_small(matrix: Matrix) -> dict[str, Any]:
    """A topic with one sign per cell: claims down, the parties that sit in no other across."""
    parties = [party for party in matrix.parties if party.parent_id is None]
    url = matrix.topic.get_absolute_url()
    rows = [
        {
            "label": claim.label,
            "url": claim.get_absolute_url(),
            "cells": small_cells([cell for cell in matrix.row(claim) if cell.party in parties], url),
        }
        for claim in matrix.claims
    ]
    return {"topic": matrix.topic, "parties": parties, "rows": rows}


def small_cells(cells: Iterable[Cell], url: str) -> SafeString:
    """The signs of one row, each a link to its words."""
    return mark_safe("".join(_small_cell(cell, url) for cell in cells))  # noqa: S308 every part is escaped


def _small_cell(cell: Cell, url: str) -> SafeString:
    stance = cell.stance or SILENT
    said = f"{cell.party.short_name} on {cell.claim.label}: {WORDS[cell.claim.kind][stance]}"
    inside = format_html('{}<span class="vh">{}, {}</span>', sign(stance), said, counted(cell.count))
    link = format_html('<a href="{}?cell={}#evidence" title="{}">{}</a>', url, cell_key(cell), said, inside)
    return format_html('<td class="small stance-{}">{}</td>', stance, link)
