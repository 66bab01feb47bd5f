"""A statement beside its passage: the card of the rail, as the page has it and as it is swapped in alone."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max, OuterRef, Prefetch, Subquery
from django.template.loader import get_template
from django.utils.safestring import SafeString

from claims.models import Position, Statement, Transition
from claims.models.statement_query import StatementQuerySet
from claims.roles import may_review
from claims.templatetags.record import readings
from claims.workflow import PUBLIC, State
from sources.models import Revision, Source

DESK = "/admin/claims/statement/"


def card(user: User, statement: Statement) -> SafeString:
    """The card of one statement. 7 queries."""
    return cards(user, statement.source, public_ids=[statement.public_id])[statement.public_id]


def cards(user: User, source: Source, *, public_ids: Iterable[str] | None = None) -> dict[str, SafeString]:
    """The cards by public id, those that have no place in the newest text first, then in text order.

    At most 7 queries, however many.
    """
    found = Statement.objects.at_the_bench(source, user)
    if public_ids is not None:
        found = found.filter(public_id__in=list(public_ids))
    newest = Revision.objects.filter(source=source).aggregate(newest=Max("pk"))["newest"]
    rows = list(_with_all_that_a_card_shows(found))
    for row in rows:
        row.source = source
    rows.sort(key=lambda row: _has_a_place(row, newest))
    template = get_template("admin/workbench/_card.html")
    return {row.public_id: SafeString(template.render(_told(row, user, newest)).strip()) for row in rows}


def _with_all_that_a_card_shows(statements: StatementQuerySet) -> StatementQuerySet:
    """Five hundred statements name few speakers, claims and parties: prefetched, each is one object, a join makes as many."""
    last_return = Transition.objects.filter(statement=OuterRef("pk"), name="return").order_by("-id")
    shared = ["speaker", "annotated_by", "positions__claim", "positions__holder"]
    return (
        statements.select_related("coding", "party")
        .defer("search", "prefixes", "suffixes", "exacts")
        .annotate(to_mend=Subquery(last_return.values("comment")[:1]))
        .prefetch_related(Prefetch("positions", Position.objects.order_by("id")), *shared)
    )


def _has_a_place(statement: Statement, newest: int) -> bool:
    return statement.revision_id == newest and statement.state != State.WITHDRAWN


def _told(statement: Statement, user: User, newest: int) -> dict[str, Any]:
    mine = statement.annotated_by_id == user.pk
    return {
        "statement": statement,
        "readings": readings(statement),
        "mine": mine,
        "desk": DESK,
        "on_the_desk": mine or statement.state in PUBLIC or may_review(user),  # its page there is open to this person
        "editable": statement.is_editable_by(user),
        "submittable": "submit" in statement.moves_open_to(user),
        "deletable": statement.is_deletable_by(user),
        "placed": _has_a_place(statement, newest),
        "older": statement.revision_id != newest,
        "mend": statement.to_mend if statement.state == State.RETURNED else "",  # type: ignore[attr-defined]
    }
