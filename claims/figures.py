"""What an editor-in-chief opens on Monday: how long things take, what waits on whom, what comes back, what went out.

Everything is counted by the database: from the log of moves for a period, from the statements for what waits now.
What two people code blind is no part of it: it never moves.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from claims.models import Transition
from claims.workflow import Reason

WEEK = datetime.timedelta(weeks=1)

# How long each stay in a state lasted that ended in the period, and each way from the first draft to publication. The
# moves that an import makes at once are left out: nobody waited for them.
STAYS = """
    WITH moves AS (
        SELECT move.from_state, move.name, move.at, statement.created_at, statement.external_id,
            COALESCE(lag(move.at) OVER (PARTITION BY move.statement_id ORDER BY move.id), statement.created_at) AS since
        FROM claims_transition move JOIN claims_statement statement ON statement.id = move.statement_id
        WHERE move.statement_id IN (
            SELECT statement_id FROM claims_transition WHERE at >= %(since)s AND at < %(until)s
        )
    ),
    stays (what, lasted) AS (
        SELECT from_state, at - since FROM moves
        WHERE from_state <> 'published' AND at >= %(since)s AND at < %(until)s
            AND (external_id IS NULL OR at - since > interval '1 minute')
        UNION ALL
        SELECT 'all', at - created_at FROM moves
        WHERE name = 'publish' AND at >= %(since)s AND at < %(until)s
            AND (external_id IS NULL OR at - created_at > interval '1 minute')
    )
    SELECT what, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY lasted)
    FROM stays GROUP BY what
"""
STATES = {
    "draft": "As a draft, until submitted",
    "submitted": "Submitted, until published or returned",
    "returned": "Returned, until submitted again",
    "all": "From the first draft to publication",
}

# What waits, and since when: since its last move, or since it was made.
WAITING = """
    WITH waiting AS (
        SELECT statement.id, statement.annotated_by_id, statement.state,
            COALESCE((
                SELECT at FROM claims_transition move WHERE move.statement_id = statement.id ORDER BY id DESC LIMIT 1
            ), statement.created_at) AS since
        FROM claims_statement statement
        WHERE statement.state IN ('draft', 'submitted', 'returned') AND statement.coding_id IS NULL
    ),
    named (id, label, state, since) AS ({named})
    SELECT label, count(*) FILTER (WHERE state = 'draft'), count(*) FILTER (WHERE state = 'returned'),
        count(*) FILTER (WHERE state = 'submitted'), min(since)
    FROM named GROUP BY id, label ORDER BY min(since), label
"""
BY_PERSON = """
    SELECT person.id, person.username, state, since
    FROM waiting JOIN auth_user person ON person.id = waiting.annotated_by_id
"""
BY_TOPIC = """
    SELECT topic.id, topic.title, state, since
    FROM waiting
    LEFT JOIN LATERAL (
        SELECT DISTINCT claim.topic_id FROM claims_position position
        JOIN claims_claim claim ON claim.id = position.claim_id WHERE position.statement_id = waiting.id
    ) spoken ON TRUE
    LEFT JOIN claims_topic topic ON topic.id = spoken.topic_id
"""


@dataclass(frozen=True)
class Period:
    """Both days counted in."""

    since: datetime.date
    until: datetime.date

    @property
    def bounds(self) -> dict[str, datetime.datetime]:
        midnight = datetime.time()
        days = {"since": self.since, "until": self.until + datetime.timedelta(days=1)}
        return {name: timezone.make_aware(datetime.datetime.combine(day, midnight)) for name, day in days.items()}

    @property
    def moves(self) -> Any:
        """The log of the period."""
        return Transition.objects.filter(at__gte=self.bounds["since"], at__lt=self.bounds["until"])


@dataclass(frozen=True)
class Stay:
    what: str
    count: int
    median: datetime.timedelta | None
    ninetieth: datetime.timedelta | None


@dataclass(frozen=True)
class Waiting:
    who: str  # a person or a topic; empty: on no topic, for want of a position
    drafts: int
    returned: int
    submitted: int
    oldest: datetime.datetime


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    what: str | datetime.date
    count: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.count / self.of if self.of else 0


@dataclass(frozen=True)
class Figures:
    period: Period
    stays: list[Stay]
    people: list[Waiting]
    topics: list[Waiting]
    reasons: list[Share]  # of all returns
    annotators: list[Share]  # returns of all that reviewers decided on: published or returned
    weeks: list[Share]  # published in each week, by its Monday, of the most in one


def figures(period: Period) -> Figures:
    """6 queries, however long the log."""
    return Figures(
        period,
        stays=_stays(period),
        people=_waiting(BY_PERSON),
        topics=_waiting(BY_TOPIC),
        reasons=_reasons(period),
        annotators=_annotators(period),
        weeks=_weeks(period),
    )


def _rows(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _stays(period: Period) -> list[Stay]:
    found = {what: numbers for what, *numbers in _rows(STAYS, period.bounds)}
    return [Stay(label, *found.get(what, (0, None, None))) for what, label in STATES.items()]


def _waiting(named: str) -> list[Waiting]:
    return [Waiting(label or "", *numbers) for label, *numbers in _rows(WAITING.format(named=named))]


def _reasons(period: Period) -> list[Share]:
    returns = period.moves.filter(name="return").order_by()
    found = dict(returns.values_list("reason").annotate(count=Count("pk")))
    most_first = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return [Share(Reason(reason).label, count, sum(found.values())) for reason, count in most_first]


def _annotators(period: Period) -> list[Share]:
    decided = period.moves.filter(name__in=["publish", "return"]).order_by()
    rows = decided.values_list("statement__annotated_by__username").annotate(
        returned=Count("pk", filter=Q(name="return")), of=Count("pk")
    )
    return [Share(*row) for row in rows.order_by("-returned", "statement__annotated_by__username")]


def _weeks(period: Period) -> list[Share]:
    """From the first week in which something was published, the empty ones too."""
    published = period.moves.filter(name="publish").order_by()
    rows = published.annotate(week=TruncWeek("at")).values_list("week").annotate(count=Count("pk"))
    found = {week.date(): count for week, count in rows}
    if not found:
        return []
    week, told, most = min(found), [], max(found.values())
    while week <= period.until:
        told.append(Share(week, found.get(week, 0), most))
        week += WEEK
    return told
