"""What waits for whom. The desk, the private feed and mail all ask here.

Feed and mail leave the house, so nothing here holds a word of a draft: kinds of things, counts, and the titles of
sources that the public may know.
"""

import datetime
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value, When

from claims.models import Coding, Comment, Statement, Transition
from claims.roles import may_review
from claims.workflow import State
from sources.models import Source


class Kind(models.TextChoices):
    RETURNED = "returned", "returned to you to be mended"
    REVIEW = "review", "waiting for your review"
    COMMENT = "comment", "not answered by you yet"
    KEPT = "kept", "kept for you in the queue"
    CODING = "coding", "to be coded by you, blind"


COUNTED = {
    Kind.RETURNED: "statement",
    Kind.REVIEW: "statement",
    Kind.COMMENT: "comment",
    Kind.KEPT: "source",
    Kind.CODING: "source",
}


@dataclass(frozen=True)
class Waiting:
    """Things of one kind that wait; of one source where the public knows it, else of all the others together."""

    kind: Kind
    source: int | None
    title: str
    count: int
    newest: datetime.datetime

    def __str__(self) -> str:
        title = " ".join(re.sub(r"[\0-\x1f]", " ", self.title).split())  # one line, and nothing that XML cannot hold
        return f"{self.things}: {title}" if title else self.things

    @property
    def things(self) -> str:
        return f"{self.count} {COUNTED[self.kind]}{'' if self.count == 1 else 's'} {self.kind.label}"

    @property
    def mark(self) -> str:
        """Another whenever something has been added: what a feed reader tells what is new by."""
        name = f"{self.kind}:{self.source or ''}:{self.newest.isoformat()}"
        return uuid.uuid5(uuid.NAMESPACE_OID, name).urn


def waiting_for(user: User) -> list[Waiting]:
    """Everything, the newest first. 5 queries, and those for this person's permissions."""
    found = [
        Waiting(kind, row["known"], row["known_as"], row["count"], row["newest"])
        for kind, rows, source, newest in _asked(user)
        for row in _by_source(rows, source, newest)
    ]
    return sorted(found, key=lambda waiting: waiting.newest, reverse=True)


def _asked(user: User) -> Iterator[tuple[Kind, QuerySet[Any], str, str]]:
    """The rows of each kind, where their source is, and when they came."""
    returned = Statement.objects.filter(annotated_by=user, state=State.RETURNED)
    yield Kind.RETURNED, returned.filter(transitions__name="return"), "source", "transitions__at"
    if may_review(user):
        submitted = Statement.objects.reviewable_by(user).filter(transitions__name="submit")
        yield Kind.REVIEW, submitted, "source", "transitions__at"
    yield Kind.COMMENT, comments_for(user), "statement__source", "at"
    kept = Source.objects.filter(assigned_to=user, queue_state=Source.Queue.WAITING)
    yield Kind.KEPT, kept, "", "queued_at"
    yield Kind.CODING, Coding.objects.filter(coder=user, done_at=None), "source", "begun_at"


def comments_for(user: User) -> QuerySet[Comment]:
    """What others wrote about statements that this person made or spoke about, since they last wrote or moved them."""
    own = Comment.objects.filter(statement=OuterRef("statement"), by=user)
    moved = Transition.objects.filter(statement=OuterRef("statement"), by=user)
    heard = Comment.objects.filter(statement__in=Statement.objects.visible_to(user)).exclude(by=user)
    heard = heard.filter(Q(statement__annotated_by=user) | Exists(own))
    return heard.exclude(Exists(own.filter(id__gt=OuterRef("id")))).exclude(Exists(moved.filter(at__gt=OuterRef("at"))))


def _by_source(rows: QuerySet[Any], source: str, newest: str) -> QuerySet[Any, dict[str, Any]]:
    """Counted in the database, under the name of the source where the public may know of it."""
    public = Q(**{f"{source or 'pk'}__in": Source.objects.visible_to(AnonymousUser())})
    title = f"{source}__title" if source else "title"
    named = rows.order_by().values(
        known=Case(When(public, then=F(source or "pk")), output_field=models.BigIntegerField()),
        known_as=Case(When(public, then=F(title)), default=Value("")),
    )
    return named.annotate(count=Count("pk", distinct=True), newest=Max(newest))
