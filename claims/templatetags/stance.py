"""How a stance, a quotation and a date are written: the one place where words, signs and classes meet."""

import datetime
import re
from functools import cache
from html import escape as esc

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from claims.anchors import GAP
from claims.models import Statement

register = template.Library()

SILENT = "silent"
WORDS = {
    "proposal": {
        "supports": "supports",
        "conditional": "supports, if",
        "neutral": "takes no side",
        "opposes": "opposes",
        "declined": "declines to say",
        SILENT: "silent",
    },
    "fact": {
        "supports": "affirms",
        "conditional": "affirms with reservations",
        "neutral": "takes no side",
        "opposes": "denies",
        "declined": "declines to say",
        SILENT: "silent",
    },
}
MONTHS = ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"]


@register.simple_tag
def stance_word(stance: str | None, kind: str = "proposal") -> str:
    """The stance in words, for a claim of that kind; None is silence."""
    return WORDS[kind][stance or SILENT]


@register.simple_tag
@cache
def sign(name: str) -> SafeString:
    """One of the drawings of templates/_signs.html. It says nothing to a screen reader: put a word beside it."""
    return mark_safe(f'<svg class="sign" aria-hidden="true"><use href="#sign-{esc(name)}"/></svg>')  # noqa: S308 escaped


@register.simple_tag
@cache
def stance_badge(stance: str | None, kind: str = "proposal", style: str = "") -> SafeString:
    """Sign and word. Styles: none (in a line of text), `box`, `flag` (the band across the top of a cell)."""
    name = stance or SILENT
    return format_html(
        '<span class="stance stance-{} {}">{}<span>{}</span></span>', name, style, sign(name), WORDS[kind][name]
    )


@register.filter
def day(date: datetime.date | None, precision: str = "day") -> str:
    """`5 May 2024`, `May 2024` or `2024`: no more than is known."""
    if date is None:
        return ""
    if precision == "year":
        return str(date.year)
    month = f"{MONTHS[date.month - 1]} {date.year}"
    return month if precision == "month" else f"{date.day} {month}"


@register.filter
def said_on(statement: Statement) -> SafeString:
    """When it was said, as precisely as is known."""
    precision = statement.said_on_precision
    machine = statement.said_on.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]
    return format_html('<time datetime="{}">{}</time>', machine, day(statement.said_on, precision))


@register.simple_tag(name="quoted")
def words(quote: str, kind: str) -> SafeString:
    """The words as they go inside a quotation: marks only around what is quoted word for word."""
    text = esc(quote).replace(GAP, ' <span class="gap">[…]</span> ')
    return mark_safe(f"“{text}”" if kind == Statement.Kind.DIRECT else text)  # noqa: S308 escaped above


@register.simple_tag
def quotation(statement: Statement, style: str = "") -> SafeString:
    """The statement's words in its source's language. Styles: `clamp` (four lines), `large`. Needs `source`."""
    return format_html(
        '<blockquote class="quotation {} {}" lang="{}" dir="auto">{}</blockquote>',
        statement.kind,
        style,
        statement.source.language,
        words(statement.quote, statement.kind),
    )


@register.filter
def bare(text: str) -> str:
    """A sentence without its last full stop, to run on in another."""
    return re.sub(r"[.。]\s*$", "", text)
