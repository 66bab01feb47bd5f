"""The comparison: where each party stands on each claim of a topic, as of a date.

rows: the claims of the topic · columns: its parties · a cell: what the party's own published words come to, and what
others ascribe to it. A party's cell takes in the parties within it. A cell without a word of its own is silent
(`stance` None), which is not the same as neutral.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from claims.models import Claim, Position, Statement, Topic
from claims.models.position import PositionQuerySet
from sources.models import Party

CONTESTED_WITHIN = datetime.timedelta(days=30)

NEEDED = (
    "claim_id",
    "holder_id",
    "ascribed",
    "stance",
    "unit",
    "said_on",
    "printed_on",
    "source_id",
    "place",
    "statement_id",
)

# Each position counts in the column of its holder and in that of the party around the holder.
SPREAD = """
    WITH found ({columns}) AS ({positions}),
    spread AS (
        SELECT cell.party_id, found.* FROM found
        JOIN sources_party holder ON holder.id = found.holder_id
        CROSS JOIN LATERAL (VALUES (holder.id), (holder.parent_id)) AS cell (party_id)
        WHERE cell.party_id = ANY (%s)
    )
"""
# Per cell, own and ascribed: utterances and days, over all stances (stance is null) and for each.
TALLIES = """
    SELECT claim_id, party_id, ascribed, stance, count(DISTINCT unit), min(said_on), max(said_on)
    FROM spread GROUP BY GROUPING SETS ((claim_id, party_id, ascribed), (claim_id, party_id, ascribed, stance))
"""
# Per cell the newest own position, and the newest of each other voice: of a party, or of a speaker without one.
NEWEST = """
    SELECT DISTINCT ON (claim_id, spread.party_id, ascribed, voice)
        claim_id, spread.party_id, ascribed, stance, statement_id,
        CASE WHEN ascribed THEN COALESCE(party.short_name, speaker.name) ELSE '' END AS voice
    FROM spread
    JOIN claims_statement statement ON statement.id = statement_id
    JOIN sources_speaker speaker ON speaker.id = statement.speaker_id
    LEFT JOIN sources_party party ON party.id = statement.party_id
    ORDER BY claim_id, spread.party_id, ascribed, voice,
        spread.said_on DESC, spread.printed_on DESC, spread.source_id DESC, spread.place DESC, statement_id DESC
"""


@dataclass(frozen=True)
class Speaker:
    slug: str
    name: str


@dataclass(frozen=True)
class Latest:
    """The statement that a cell's stance stands on."""

    id: str
    quote: str
    kind: str
    language: str  # of the quoted text, not of the speech
    speaker: Speaker
    said_on: datetime.date
    said_on_precision: str


@dataclass(frozen=True)
class Cell:
    claim: Claim
    party: Party
    stance: str | None = None
    count: int = 0  # own utterances: one that three papers report counts once
    ascribed_count: int = 0  # likewise
    first_said_on: datetime.date | None = None
    last_said_on: datetime.date | None = None
    shifted: bool = False  # some earlier own stance differs from the one that stands
    was: str | None = None  # the newest of those
    contested: bool = False  # own positions of the 30 days up to the last differ
    stances: tuple[tuple[str, int], ...] = ()  # own utterances per stance, the latest stance first
    latest: Latest | None = None
    ascribed: tuple[tuple[str, str], ...] = ()  # (according to whom, stance), by name


@dataclass(frozen=True)
class Matrix:
    topic: Topic
    on: datetime.date | None
    parties: tuple[Party, ...]
    claims: tuple[Claim, ...]
    cells: tuple[Cell, ...]  # claim by claim, each in the order of the parties

    def row(self, claim: Claim) -> tuple[Cell, ...]:
        at = self.claims.index(claim) * len(self.parties)
        return self.cells[at : at + len(self.parties)]

    def cell(self, claim_slug: str, party_slug: str) -> Cell | None:
        here = (cell for cell in self.cells if (cell.claim.slug, cell.party.slug) == (claim_slug, party_slug))
        return next(here, None)


def compare(
    topics: Iterable[Topic], *, on: datetime.date | None = None, positions: PositionQuerySet | None = None
) -> list[Matrix]:
    """One matrix for each topic, as of the end of that day (None: everything). 4 queries, however many topics.

    `topics` come with their parties (`Topic.objects.with_parties()`), else 1 query for each. `positions` narrows what
    is counted; published ones alone are, in any case.
    """
    topics = list(topics)
    claims = list(Claim.objects.unmerged().filter(topic__in=topics).order_by("rank", "slug"))
    columns = {topic: tuple(topic.ordered_parties()) for topic in topics}
    wanted = sorted({party.pk for parties in columns.values() for party in parties})
    found = (Position.objects.all() if positions is None else positions).published().as_of(on)
    cells = _tally(found.filter(claim__topic__in=topics), wanted)
    latest = _latest({cell.standing for cell in cells.values() if cell.standing})
    matrices = []
    for topic, parties in columns.items():
        rows = tuple(claim for claim in claims if claim.topic_id == topic.pk)
        for claim in rows:
            claim.topic = topic  # so that its address costs no query
        matrices.append(
            Matrix(
                topic=topic,
                on=on,
                parties=parties,
                claims=rows,
                cells=tuple(
                    cells[claim.pk, party.pk].cell(claim, party, latest) for claim in rows for party in parties
                ),
            )
        )
    return matrices


@dataclass
class _Tally:
    """What the database says of one cell, row by row."""

    standing: int | None = None
    stance: str | None = None
    count: int = 0
    ascribed_count: int = 0
    first: datetime.date | None = None
    last: datetime.date | None = None
    by_stance: dict[str, tuple[datetime.date, int]] = field(default_factory=dict)  # stance: (last said, utterances)
    voices: list[tuple[str, str]] = field(default_factory=list)

    def add_tally(
        self, *, ascribed: bool, stance: str | None, count: int, first: datetime.date, last: datetime.date
    ) -> None:
        if ascribed:
            self.ascribed_count = self.ascribed_count if stance else count
        elif stance:
            self.by_stance[stance] = (last, count)
        else:
            self.count, self.first, self.last = count, first, last

    def add_newest(self, *, ascribed: bool, stance: str, statement: int, voice: str) -> None:
        if ascribed:
            self.voices.append((voice, stance))
        else:
            self.stance, self.standing = stance, statement

    def cell(self, claim: Claim, party: Party, latest: dict[int, Latest]) -> Cell:
        newest_first = sorted(
            self.by_stance.items(), key=lambda item: (item[0] == self.stance, item[1][0]), reverse=True
        )
        return Cell(
            claim=claim,
            party=party,
            stance=self.stance,
            count=self.count,
            ascribed_count=self.ascribed_count,
            first_said_on=self.first,
            last_said_on=self.last,
            shifted=len(newest_first) > 1,
            was=newest_first[1][0] if len(newest_first) > 1 else None,
            contested=self.last is not None
            and sum(last >= self.last - CONTESTED_WITHIN for last, _ in self.by_stance.values()) > 1,
            stances=tuple((stance, count) for stance, (_, count) in newest_first),
            latest=latest[self.standing] if self.standing else None,
            ascribed=tuple(sorted(self.voices)),
        )


def _tally(positions: PositionQuerySet, parties: Sequence[int]) -> defaultdict[tuple[int, int], _Tally]:
    """(claim, party) → what its positions come to. 2 queries."""
    cells: defaultdict[tuple[int, int], _Tally] = defaultdict(_Tally)
    for claim, party, ascribed, stance, count, first, last in _spread(TALLIES, positions, parties):
        cells[claim, party].add_tally(ascribed=ascribed, stance=stance, count=count, first=first, last=last)
    for claim, party, ascribed, stance, statement, voice in _spread(NEWEST, positions, parties):
        cells[claim, party].add_newest(ascribed=ascribed, stance=stance, statement=statement, voice=voice)
    return cells


def _spread(select: str, positions: PositionQuerySet, parties: Sequence[int]) -> list[tuple[Any, ...]]:
    """Run a query over the positions, spread over the columns. 1 query."""
    try:
        sql, params = positions.order_by().values_list(*NEEDED).query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # no topic, or a filter that nothing can pass
        return []
    with connection.cursor() as cursor:
        cursor.execute(SPREAD.format(columns=", ".join(NEEDED), positions=sql) + select, [*params, list(parties)])
        return cursor.fetchall()


def _latest(keys: set[int]) -> dict[int, Latest]:
    """1 query, without the texts of the sources."""
    fields = ("id", "public_id", "quote", "kind", "source__language", "speaker__slug", "speaker__name", "said_on")
    rows = Statement.objects.filter(pk__in=keys).values_list(*fields, "said_on_precision")
    return {
        key: Latest(
            id=public_id,
            quote=quote,
            kind=kind,
            language=language,
            speaker=Speaker(slug, name),
            said_on=said_on,
            said_on_precision=precision,
        )
        for key, public_id, quote, kind, language, slug, name, said_on, precision in rows
    }
