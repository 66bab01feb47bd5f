"""How the positions of one statement are told in a list."""

from typing import Any

from django import template

from claims.models import Statement
from claims.views.readings import grouped

register = template.Library()


@register.filter
def readings(statement: Statement) -> list[dict[str, Any]]:
    """Each stance on each claim once, whoever holds it, own ones first. No query after `with_attribution`."""
    found = grouped(statement.positions.all())
    return sorted(found, key=lambda reading: reading["position"].ascribed)
