"""Pages by keyset: a page begins after a row, never after a number of rows, so its cost does not grow with depth.

A cursor names that row by what the public may know of it (never a serial key), so rows that arrive or go meanwhile
make no other row appear twice or not at all.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

from config.parameters import BadParameters, Kind, Parameter, whole

PAGE_SIZE, MAX_PAGE_SIZE = 50, 500
MISTAKEN = "is not a cursor of this list: follow next and previous as they are given, or leave it out to start anew."

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """A row, by its words, and the side of it on which the page lies."""

    forward: bool
    words: tuple[str, ...]

    def __str__(self) -> str:
        packed = json.dumps(["next" if self.forward else "previous", *self.words], separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(value: str) -> Cursor:
    try:
        side, *words = json.loads(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise ValueError(MISTAKEN) from None
    if side not in ("next", "previous") or not all(isinstance(word, str) and word.isprintable() for word in words):
        raise ValueError(MISTAKEN)
    return Cursor(side == "next", tuple(words))


PAGING = (
    Parameter(
        "cursor",
        Kind(read_cursor, {"type": "string"}),
        "Where the page begins: as given in `next` and `previous`, which are whole addresses.",
    ),
    Parameter("page_size", whole(1, MAX_PAGE_SIZE), f"Rows in a page; {PAGE_SIZE} where it is left out."),
)


@dataclass(frozen=True)
class Keyset:
    """An order whose columns run in one direction and end in a unique one.

    `operands` turns a cursor into what the columns are compared with; it raises ValueError where it cannot.
    """

    columns: tuple[str, ...]
    operands: Callable[[Cursor], Sequence[Any]]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    has_previous: bool
    has_next: bool

    def cursors(self, words: Callable[[Row], Sequence[str]]) -> tuple[str | None, str | None]:
        """The cursors of the next page and of the previous one, None where there is none."""
        if not self.rows:
            return None, None
        after = str(Cursor(True, tuple(words(self.rows[-1])))) if self.has_next else None
        before = str(Cursor(False, tuple(words(self.rows[0])))) if self.has_previous else None
        return after, before


def page(rows: QuerySet[Any, Row], keyset: Keyset, cursor: Cursor | None, size: int) -> Page[Row]:
    """One page, in the order of the keyset. 1 query, which reads one row more to know whether there are more."""
    try:
        operands = keyset.operands(cursor) if cursor else None
    except ValueError:
        raise BadParameters({"cursor": MISTAKEN}) from None
    forward = cursor is None or cursor.forward
    found = list(beyond(rows, keyset, operands, forward=forward)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if forward:
        return Page(found, has_previous=cursor is not None, has_next=more)
    return Page(found[::-1], has_previous=more, has_next=True)


def beyond(
    rows: QuerySet[Any, Row], keyset: Keyset, operands: Sequence[Any] | None, *, forward: bool = True
) -> QuerySet[Any, Row]:
    """The rows on one side of a row, nearest first. One comparison of rows: `a < x OR (a = x AND …)` cannot be
    answered from the index, and costs 700 times as much at a million rows."""
    downwards = keyset.descending is forward
    rows = rows.order_by(*(("-" if downwards else "") + column for column in keyset.columns))
    if operands is None:
        return rows
    here = [operand if hasattr(operand, "resolve_expression") else Value(operand) for operand in operands]
    compare = LessThan if downwards else GreaterThan
    return rows.filter(compare(RowOf(*map(F, keyset.columns)), RowOf(*here)))


class RowOf(Func):
    function = "ROW"
    output_field = BooleanField()  # compared only, so any field will do
