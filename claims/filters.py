"""Which statements: one filter for the list page, the API and the export.

Keys first: a page is found as (day, id) in the order of an index, and only its own rows are read in full. Conditions
on positions are asked of the positions, whose copies have the same order; asking each statement whether such a
position exists costs hundreds of times as much in a big archive.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, Model, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from claims.models import Claim, Position, Statement, Topic
from claims.models.position import Stance
from claims.models.statement_query import StatementQuerySet
from claims.workflow import State
from config import paging, parameters
from config.paging import Cursor, Keyset, Page
from config.parameters import DAY, FLAG, LANGUAGE, PUBLIC_ID, SLUG, Parameter, choice, matching, text
from sources.models import Party, Publisher, Source, Speaker

Key = tuple[datetime.date, int]  # the last day on which it can have been said, and the serial key

CLAIM_SLUG = matching("([-a-zA-Z0-9_]{1,100}/)?[-a-zA-Z0-9_]{1,100}", "a claim’s slug, or topic/slug")

# The first five speak of positions: where several are given, one and the same position has to meet them all.
FILTERS = (
    Parameter("topic", SLUG, "Takes a position on a claim of this topic: its slug.", many=True),
    Parameter("claim", CLAIM_SLUG, "Takes a position on this claim: its slug, or `topic/slug`.", many=True),
    Parameter("holder", SLUG, "Has a position held by this party (not by those within it): its slug.", many=True),
    Parameter("stance", choice(Stance.values), "Has a position of this stance.", many=True),
    Parameter(
        "ascribed",
        FLAG,
        "`true`: has a position ascribed to somebody else. `false`: has a position of the speaker’s own party.",
    ),
    Parameter("party", SLUG, "The speaker spoke for this party (not for those within it): its slug.", many=True),
    Parameter("speaker", SLUG, "Who said it: the speaker’s slug.", many=True),
    Parameter("publisher", SLUG, "Published by, or digested from a document of, this publisher: its slug.", many=True),
    Parameter("source", PUBLIC_ID, "Reported in this source: its id.", many=True),
    Parameter("kind", choice(Statement.Kind.values), "How the words are given.", many=True),
    Parameter("said_after", DAY, "Said on this day or later."),
    Parameter("said_before", DAY, "Said on this day or earlier. A month or a year counts as said on its last day."),
    Parameter("published_after", DAY, "Its source was published on this day or later."),
    Parameter(
        "language", LANGUAGE, "Said in this language, or a variety of it (`ar` finds `ar-EG`): a BCP 47 tag.", many=True
    ),
    Parameter(
        "q",
        text(200),
        "Words in the quotation, the speaker’s names, the occasion or the addressee: English stems, "
        '`"a phrase"`, `or`, `-without`.',
    ),
    Parameter(
        "state",
        choice(State.values),
        "`published` where it is left out. Everybody may see `withdrawn` too; of the other states a reviewer sees "
        "all, an annotator their own, and anybody else none.",
        many=True,
    ),
)

# What names a row, by the model that it is a row of.
NAMES: dict[str, tuple[type[Model], str]] = {
    "topic": (Topic, "slug"),
    "holder": (Party, "slug"),
    "party": (Party, "slug"),
    "speaker": (Speaker, "slug"),
    "publisher": (Publisher, "slug"),
    "source": (Source, "public_id"),
    "claim": (Claim, "slug"),
}

MERGED = ("speaker", "claim")  # whose duplicates stand for what they were merged into

LAST_KEY = 2**63 - 1


def place(cursor: Cursor) -> tuple[datetime.date, Any]:
    """The day and the key of the statement that the cursor names by its public id.

    A draft that is gone stands for all of its day, so that a row may come twice but none is missed.
    """
    day, public_id = cursor.words
    key = Statement.objects.filter(public_id=PUBLIC_ID.read(public_id)).order_by().values("pk")
    return parameters.read_day(day), Coalesce(Subquery(key), Value(LAST_KEY if cursor.forward else 0))


BY_STATEMENT = Keyset(("said_on_latest", "id"), place, descending=True)
BY_POSITION = Keyset(("said_on", "statement_id"), place, descending=True)


class StatementFilter:
    """The statements that a query string asks for, as far as this person may see them, newest first.

    Raises BadParameters where the query string cannot be read.
    """

    def __init__(self, data: QueryDict, user: User | AnonymousUser, *, strict: bool = False) -> None:
        self.values = parameters.read(data, [*FILTERS, *paging.PAGING], strict=strict)
        self.user = user

    def page(self, size: int | None = None) -> Page[Key]:
        """The page that `cursor` and `page_size` ask for, of `size` rows where it is not for the reader to say.

        1 query, and 1 more where a filter names rows. For the cursors: `page.cursors(words)`, see `words`.
        """
        rows, keyset = self.keys()
        wanted = size or self.values["page_size"] or paging.PAGE_SIZE
        return paging.page(rows, keyset, self.values["cursor"], wanted)

    def batches(self, size: int = 2000) -> Iterator[list[int]]:
        """The serial keys of all of them, some at a time: 1 query for each batch."""
        rows, keyset = self.keys()
        last: Key | None = None
        while found := list(paging.beyond(rows, keyset, last)[:size]):
            yield [key for _, key in found]
            last = found[-1]

    def keys(self) -> tuple[QuerySet[Any, Key], Keyset]:
        """All matching keys, from the table in whose order they are read. Lazy, but for the look-up of names."""
        ids = self._look_up()
        if ids is None:
            return Statement.objects.none().values_list("said_on_latest", "id"), BY_STATEMENT
        on_statement, on_position = self._on_statement(ids), self._on_position(ids)
        statements = self._visible().filter(on_statement)
        if words := self.values["q"]:
            statements = statements.search(words)
        if not on_position:
            return statements.filter(self._said("said_on_latest")).values_list("said_on_latest", "id"), BY_STATEMENT
        positions = Position.objects.filter(on_position, self._said("said_on"))
        if self._states() == [State.PUBLISHED]:
            positions = positions.published()
        if on_statement or words or self._states() != [State.PUBLISHED]:
            positions = positions.filter(statement__in=statements.order_by())
        return positions.values_list("said_on", "statement_id").distinct(), BY_POSITION

    def _states(self) -> list[str]:
        return self.values["state"] or [State.PUBLISHED]

    def _visible(self) -> StatementQuerySet:
        if self._states() != [State.PUBLISHED]:
            return Statement.objects.visible_to(self.user).filter(state__in=self._states())
        # Everybody sees what is published: no need to ask which permissions this person has.
        closed = not settings.PARLEY_PUBLIC and not self.user.is_authenticated
        return Statement.objects.none() if closed else Statement.objects.published()

    def _look_up(self) -> dict[str, list[int]] | None:
        """The serial keys behind the names given: 1 query for all, none where there are none.

        Keys, not joins, so that the database knows how common a value is before it chooses a plan. None: a filter
        names only what does not exist, so nothing matches; whether it exists is not told.
        """
        given = {name: self.values[name] for name in NAMES if self.values[name]}
        if not given:
            return {}
        parts = [_named(name, wanted) for name, wanted in given.items()]
        found: dict[str, list[int]] = {name: [] for name in given}
        for name, key in parts[0].union(*parts[1:], all=True):
            found[name].append(key)
        return found if all(found.values()) else None

    def _on_position(self, ids: dict[str, list[int]]) -> Q:
        asked = {"claim__topic": ids.get("topic"), "claim": ids.get("claim"), "holder": ids.get("holder")}
        asked["stance"] = self.values["stance"]
        condition = _any_of(asked)
        if self.values["ascribed"] is not None:
            condition &= Q(ascribed=self.values["ascribed"])
        return condition

    def _on_statement(self, ids: dict[str, list[int]]) -> Q:
        asked = {name: ids.get(name) for name in ("party", "speaker", "source")}
        condition = _any_of(asked | {"kind": self.values["kind"]})
        if publishers := ids.get("publisher"):
            condition &= Q(source__publisher__in=publishers) | Q(source__original_publisher__in=publishers)
        if day := self.values["published_after"]:
            condition &= Q(source__published_on__gte=day)
        if languages := self.values["language"]:
            spoken = Q(pk__in=[])
            for tag in languages:
                spoken |= Q(language__iexact=tag) | Q(language__istartswith=f"{tag}-")
            condition &= spoken
        return condition

    def _said(self, column: str) -> Q:
        days = {f"{column}__gte": self.values["said_after"], f"{column}__lte": self.values["said_before"]}
        return Q(**{lookup: day for lookup, day in days.items() if day})


def words(key: Key, public_id: str) -> tuple[str, str]:
    """How a cursor names a statement; the other way about: `place`."""
    return key[0].isoformat(), public_id


def _any_of(asked: dict[str, list[Any] | None]) -> Q:
    """All of the conditions given, each met by any of its values."""
    condition = Q()
    for field, wanted in asked.items():
        if wanted:
            condition &= Q(**{field: wanted[0]}) if len(wanted) == 1 else Q(**{f"{field}__in": wanted})
    return condition


def _named(name: str, wanted: list[str]) -> QuerySet[Any, tuple[str, int]]:
    model, column = NAMES[name]
    condition = Q(**{f"{column}__in": wanted})
    if name == "claim":
        for topic, _, slug in (value.partition("/") for value in wanted if "/" in value):
            condition |= Q(topic__slug=topic, slug=slug)
    rows = model._default_manager.filter(condition).order_by()
    key = Coalesce("merged_into_id", "pk") if name in MERGED else F("pk")
    if name == "speaker":
        rows = rows.filter(Q(merged_into=None) | Q(is_public=True))  # nothing tells of one whom nobody has seen
    return rows.annotate(what=Value(name), key=key).values_list("what", "key")
