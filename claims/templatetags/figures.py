"""How a figure is written and drawn. A bar says nothing that does not stand beside it in numbers."""

import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def lasted(time: datetime.timedelta | None) -> str:
    """`under a minute`, `12 min`, `5 h`, `3 days`: as exactly as matters."""
    if time is None:
        return "–"
    minutes = time.total_seconds() / 60
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes:.0f} min"
    if minutes < 48 * 60:
        return f"{minutes / 60:.0f} h"
    return f"{minutes / 60 / 24:.0f} days"


@register.filter
def ago(moment: datetime.datetime) -> datetime.timedelta:
    return timezone.now() - moment


@register.simple_tag
def bar(percent: float) -> SafeString:
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-all" width="100" height="10"/><rect class="bar-part" width="{}" height="10"/></svg>',
        f"{percent:.1f}",
    )
