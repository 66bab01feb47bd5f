"""A statement beside its passage: the card of the rail, as the page has it and as it is swapped in alone."""

from collections.abc import Iterable, Iterator
from html import escape as esc

from django.contrib.auth.models import User
from django.db.models import Max, OuterRef, Prefetch, Subquery
from django.utils.safestring import SafeString, mark_safe

from claims.models import Position, Statement, Transition
from claims.models.statement_query import StatementQuerySet
from claims.roles import may_review
from claims.templatetags.record import readings
from claims.templatetags.stance import WORDS
from claims.workflow import PUBLIC, State
from sources.models import Party, Revision, Source

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
    return {row.public_id: _html(row, user, newest) for row in rows}


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


def _html(row: Statement, user: User, newest: int) -> SafeString:
    """Put together here: five hundred times through a template takes longer than all the rest of the page."""
    mine = row.annotated_by_id == user.pk
    editable, deletable = row.is_editable_by(user), row.is_deletable_by(user)
    is_of = {"mine": mine, "editable": editable, "deletable": deletable, "current": _has_a_place(row, newest)}
    data = {
        "id": row.public_id,
        "version": row.version,
        "spans": row.spans,
        "state": row.state,
        "by": row.annotated_by.get_username(),
        "place": row.place,
    }
    attributes = "".join(f' data-{name}="{esc(str(value))}"' for name, value in data.items())
    attributes += "".join(f" data-{name}" for name, holds in is_of.items() if holds)
    buttons = {"edit": editable, "submit": "submit" in row.moves_open_to(user), "delete": deletable}
    does = "".join(
        f'<button type="button" data-does="{name}">{name.capitalize()}</button>' for name, may in buttons.items() if may
    )
    if mine or row.state in PUBLIC or may_review(user):  # its page on the desk is open to this person
        does += f'<a href="{DESK}{row.pk}/change/" data-does="desk">Whole record</a>'
    parts = (
        f'<li class="card" id="card-{row.public_id}" tabindex="-1"{attributes}>',
        _head(row, mine),
        f'<button type="button" class="card-open" lang="{esc(row.source.language)}" dir="auto">{esc(row.quote)}</button>',
        *_notes(row, newest, editable),
        _positions(row),
        '<p class="card-editing" hidden></p>',
        f'<p class="card-does">{does}</p></li>',
    )
    return mark_safe("\n".join(parts))  # noqa: S308 every part is escaped


def _head(row: Statement, mine: bool) -> str:
    party = f' <span class="card-party">{esc(row.party.short_name)}</span>' if row.party else ""
    whose = "" if mine else f", {esc(row.annotated_by.get_username())}’s"
    return (
        f'<p class="card-head"><b class="card-speaker"><bdi>{esc(row.speaker.name)}</bdi></b>{party}'
        f' <span class="card-state">{row.state}{whose}</span></p>'
    )


def _notes(row: Statement, newest: int, editable: bool) -> Iterator[str]:
    if row.state == State.RETURNED:
        yield f'<p class="card-mend"><b>To be mended:</b> <bdi>{esc(row.to_mend)}</bdi></p>'  # type: ignore[attr-defined]
    if row.revision_id != newest:
        how = ": edit it, select its words anew and choose <i>Replace</i>" if editable else ""
        yield f'<p class="card-note">On an older text of this source{how}.</p>'


def _positions(row: Statement) -> str:
    lines = "".join(_reading(reading["position"], reading["holders"]) for reading in readings(row))
    return f'<ul class="card-positions">{lines}</ul>' if lines else '<p class="card-note">No position.</p>'


def _reading(position: Position, holders: Iterable[Party]) -> str:
    whose, kind = "", ""
    if position.ascribed:
        names = ", ".join(esc(holder.short_name) for holder in holders)
        whose, kind = f' <span class="card-holder">ascribed to {names}</span>', ' class="ascribed"'
    stance = WORDS[position.claim.kind][position.stance]
    return (
        f'<li{kind}><span class="stance stance-{position.stance}">{stance}</span>'
        f' <span class="card-claim">{esc(position.claim.label)}</span>{whose}</li>'
    )
