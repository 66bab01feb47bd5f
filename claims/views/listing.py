"""A page of statements in a list: found by the filter that the API has, told with all that belongs to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.http import QueryDict
from django.utils.http import urlencode

from claims.filters import StatementFilter, words
from claims.models import Statement

SIZE = 20


@dataclass(frozen=True)
class Listing:
    statements: list[Statement]
    next: str  # query strings, empty where there is no such page
    previous: str


def list_statements(
    data: QueryDict, user: User | AnonymousUser, *, only: Mapping[str, Iterable[str]] | None = None
) -> Listing:
    """The statements that the query string asks for; `only` are filters of the page itself, which no one can change.

    4 queries, 1 more where a filter names rows. Raises BadParameters.
    """
    asked = data.copy()
    if only is not None:
        asked = QueryDict(mutable=True)
        asked.setlist("cursor", data.getlist("cursor"))
        for name, values in only.items():
            asked.setlist(name, list(values))
    page = StatementFilter(asked, user).page(SIZE)
    rows = Statement.objects.with_attribution().defer("search").in_bulk([key for _, key in page.rows])
    names = {key: rows[key].public_id for _, key in page.rows if key in rows}
    after, before = page.cursors(lambda row: words(row, names.get(row[1], "")))
    kept = data if only is None else QueryDict()
    return Listing(
        statements=[rows[key] for _, key in page.rows if key in rows],
        next=address(kept, after),
        previous=address(kept, before),
    )


def address(data: QueryDict, cursor: str | None) -> str:
    """The query string of another page, without what was left empty."""
    if cursor is None:
        return ""
    given = [(name, value) for name, values in data.lists() for value in values if value and name != "cursor"]
    return "?" + urlencode([*given, ("cursor", cursor)])
