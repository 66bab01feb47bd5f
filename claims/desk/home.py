"""What the editors' home shows a person: first what came back to them, last what others have done."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, QuerySet, Window
from django.utils import timezone

from claims import history
from claims.alerts import comments_for
from claims.changes import Change
from claims.desk.access import has_role
from claims.models import Coding, Statement, Transition
from claims.roles import may_review
from claims.workflow import PUBLIC, State
from sources.models import Source

SHOWN = 10  # rows of each list; the rest is a click away
CORRECTED_WITHIN = datetime.timedelta(days=30)
BAR = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.PUBLISHED)


def home(user: User) -> dict[str, Any]:
    """As many queries however long the lists are. Nothing for those who have no role."""
    if not has_role(user):
        return {}
    mine = capped(Source.objects.filter(assigned_to=user, queue_state=Source.Queue.IN_PROGRESS), by="published_on")
    others = capped(Source.objects.filter(queue_state=Source.Queue.IN_PROGRESS).exclude(assigned_to=user))
    done = capped(Source.objects.filter(queue_state=Source.Queue.DONE), at_most=SHOWN // 2)
    show_progress(user, [*mine.rows, *others.rows, *done.rows])
    desk: dict[str, Any] = {
        "returned": returned_to(user),
        "comments": capped(comments_for(user).select_related("by", "statement"), by="at"),
        "codings": list(Coding.objects.filter(coder=user, done_at=None).select_related("source__publisher")),
        "mine": mine,
        "waiting": waiting_for(user),
        "corrected": corrected_for(user),
        "others": others,
        "done": done,
        "may_review": may_review(user),
    }
    if desk["may_review"]:
        desk |= {"review": to_review(user), "review_count": Statement.objects.reviewable_by(user).count()}
        desk["editors"] = editors()
    return {"desk": desk}


@dataclass(frozen=True)
class Capped:
    """The first of many rows."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def capped(rows: QuerySet[Any], by: str | None = "-queued_at", at_most: int = SHOWN) -> Capped:
    """1 query."""
    if by:
        rows = rows.order_by(by, "pk")
    if rows.model is Source:
        rows = rows.select_related("publisher", "assigned_to")
    found = list(rows.annotate(total=Window(Count("*")))[:at_most])
    first = found[0] if found else None
    return Capped(found, first["total"] if isinstance(first, dict) else getattr(first, "total", 0))


# What is mine


def returned_to(user: User) -> Capped:
    """What a reviewer wants mended, the longest waiting first, each with its last return as `returns[0]`."""
    asked = Transition.objects.filter(name="return").select_related("by").order_by("-id")
    rows = Statement.objects.filter(annotated_by=user, state=State.RETURNED).select_related("source", "speaker")
    return capped(rows.prefetch_related(Prefetch("transitions", asked, to_attr="returns")), by="updated_at")


@dataclass(frozen=True)
class Corrected:
    """What a reviewer made of a published statement."""

    move: Transition
    changes: list[Change]


def corrected_for(user: User) -> list[Corrected]:
    """What others corrected or withdrew of this person's lately, newest first, with what they changed."""
    moves = Transition.objects.filter(name__in=["correct", "withdraw"], statement__annotated_by=user)
    moves = moves.filter(at__gte=timezone.now() - CORRECTED_WITHIN).order_by("-id")
    found = list(moves.select_related("by", "statement__source", "statement__speaker")[:SHOWN])
    told = history.versions_of({move.statement for move in found}) if found else {}
    return [Corrected(move, _changed_by(move, told[move.statement_id])) for move in found]


def _changed_by(move: Transition, told: list[history.Version]) -> list[Change]:
    at = next((n for n, version in enumerate(told) if version.move and version.move.pk == move.pk), 0)
    return history.changes_between(told[at - 1], told[at]) if at else []


# The queue


def waiting_for(user: User) -> Capped:
    """What this person may take, theirs first."""
    return capped(Source.objects.waiting_for(user), by=None)


@dataclass(frozen=True)
class Part:
    """A stretch of the bar: so many statements in one state. Measured in hundredths of the whole."""

    state: State
    count: int
    x: float
    width: float


def show_progress(user: User, sources: Iterable[Source]) -> None:
    """Give each its `progress`: how many statements, that this person may see, are in which state. 1 query."""
    keyed = {source.pk: source for source in sources}
    visible = Statement.objects.visible_to(user).filter(coding=None, source__in=keyed, state__in=BAR)
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in visible.order_by().values("source", "state").annotate(n=Count("pk")):
        counts[row["source"]][row["state"]] = row["n"]
    for key, source in keyed.items():
        source.progress = bar(counts[key])  # type: ignore[attr-defined] # shown and not stored


def bar(counts: dict[str, int]) -> list[Part]:
    total, x, parts = sum(counts.values()), 0.0, []
    for state in BAR:
        if n := counts.get(state, 0):
            parts.append(Part(state, n, round(x, 2), round(100 * n / total, 2)))
            x += 100 * n / total
    return parts


def editors() -> list[User]:
    """Who may be given a source. 1 query."""
    may = User.objects.with_perm("claims.add_statement", backend="django.contrib.auth.backends.ModelBackend")
    return list(may.filter(is_staff=True).order_by("username"))


# Review


def to_review(user: User) -> Capped:
    """What waits for this reviewer by source and annotator, the longest waiting first; whose first work it is."""
    passed = Statement.objects.filter(annotated_by=OuterRef("annotated_by"), state__in=sorted(PUBLIC))
    elsewhere = passed.exclude(source=OuterRef("source"))
    timed = Statement.objects.reviewable_by(user).order_by().annotate(submitted_at=Transition.objects.last_at("submit"))
    rows = timed.values("source", "source__title", "source__language", "annotated_by", "annotated_by__username")
    counted = rows.annotate(count=Count("pk"), oldest=Min("submitted_at"), is_first=~Exists(elsewhere))
    return capped(counted.order_by("oldest", "source"), by=None)
