"""Ten people at the same moment, each with a connection of their own: what can be done once is done once."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection, transaction
from django.test import Client

from claims.models import Claim, Comment, Position, Statement, Transition
from claims.roles import ANNOTATORS, REVIEWERS
from claims.workflow import Stale, State, TransitionNotAllowed
from sources.models import Party, Source
from tests.conftest import Draft, member

pytestmark = pytest.mark.django_db(transaction=True)

TEN = range(10)
Act = Callable[[], Any]


def at_once(acts: list[Act]) -> list[Any]:
    """What each act gave, or the error that refused it. None begins before all are connected and ready."""
    ready = Barrier(len(acts), timeout=30)

    def act(number: int) -> Any:
        close_old_connections()
        try:
            connection.ensure_connection()
            ready.wait()
            return acts[number]()
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(act, range(len(acts))))


def refused(given: list[Any], kind: type[ValidationError] = ValidationError) -> int:
    return sum(isinstance(one, kind) for one in given)


def again(statement: Statement) -> Statement:
    """As another browser has it."""
    return Statement.objects.get(pk=statement.pk)


def moves(statement: Statement) -> list[str]:
    return list(statement.transitions.order_by("id").values_list("name", flat=True))


@pytest.fixture
def annotators(db: None) -> list[User]:
    return [member(f"annotator-{n}", ANNOTATORS) for n in TEN]


@pytest.fixture
def reviewers(db: None) -> list[User]:
    return [member(f"reviewer-{n}", REVIEWERS) for n in TEN]


@pytest.fixture
def submitted(draft: Draft, valley: Claim, northland: Party, ann: User) -> Statement:
    statement = draft(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    statement.submit(by=ann)
    return statement


@pytest.fixture
def queue(article: Source) -> list[Source]:
    """Ten sources that wait, the article among them."""
    more = [
        Source.objects.create(title=f"Day {n} of the talks", publisher=article.publisher, published_on="2031-03-02")
        for n in TEN[1:]
    ]
    return [article, *more]


# Claiming


def test_ten_people_who_take_the_next_source_get_ten_different_ones(
    queue: list[Source], annotators: list[User]
) -> None:
    given = at_once([lambda user=user: Source.objects.take_next(by=user) for user in annotators])
    assert {source.pk for source in given} == {source.pk for source in queue}
    for source, user in zip(given, annotators, strict=True):
        source.refresh_from_db()
        assert (source.queue_state, source.assigned_to) == ("in_progress", user)


def test_of_ten_people_and_four_sources_four_get_one_each(queue: list[Source], annotators: list[User]) -> None:
    Source.objects.filter(pk__in=[source.pk for source in queue[4:]]).update(queue_state="done")
    given = at_once([lambda user=user: Source.objects.take_next(by=user) for user in annotators])
    assert sorted(source.pk for source in given if source) == sorted(source.pk for source in queue[:4])
    assert Source.objects.filter(queue_state="in_progress").values("assigned_to").distinct().count() == 4


def test_nobody_gets_what_is_kept_for_another(queue: list[Source], annotators: list[User]) -> None:
    """All ten are kept, each for somebody: everybody gets their own."""
    for source, user in zip(queue, annotators, strict=True):
        source.assign(to=user)
    given = at_once([lambda user=user: Source.objects.take_next(by=user) for user in annotators])
    assert [source.pk for source in given] == [source.pk for source in queue]


def test_ten_people_who_take_the_same_source_are_one_and_nine_refusals(article: Source, annotators: list[User]) -> None:
    given = at_once([lambda user=user: Source.objects.get(pk=article.pk).take(by=user) for user in annotators])
    article.refresh_from_db()
    assert refused(given) == 9
    assert [annotators[n] for n in TEN if given[n] is None] == [article.assigned_to]


# Reviewing


def test_ten_reviewers_publish_one_statement_once(submitted: Statement, reviewers: list[User]) -> None:
    version = submitted.version
    given = at_once([lambda user=user: again(submitted).publish(by=user, version=version) for user in reviewers])
    submitted.refresh_from_db()
    assert (refused(given, Stale), given.count(None)) == (9, 1)
    assert moves(submitted) == ["submit", "publish"]
    assert submitted.reviewed_by == reviewers[given.index(None)] == submitted.transitions.last().by
    assert submitted.version == version + 1
    assert Position.objects.filter(published=True).count() == 1


def test_also_where_no_version_is_named(submitted: Statement, reviewers: list[User]) -> None:
    given = at_once([lambda user=user: again(submitted).publish(by=user) for user in reviewers])
    assert (refused(given, TransitionNotAllowed), given.count(None)) == (9, 1)
    assert moves(submitted) == ["submit", "publish"]


def test_of_publishing_and_returning_at_once_one_wins_and_the_log_says_which(
    submitted: Statement, reviewers: list[User]
) -> None:
    acts: list[Act] = [lambda user=user: again(submitted).publish(by=user) for user in reviewers[:5]]
    acts += [lambda user=user: again(submitted).return_(by=user, comment="Whose?") for user in reviewers[5:]]
    given = at_once(acts)
    submitted.refresh_from_db()
    won = given.index(None)
    assert given.count(None) == 1
    assert moves(submitted) == ["submit", "publish" if won < 5 else "return"]
    assert submitted.state == (State.PUBLISHED if won < 5 else State.RETURNED)
    assert Position.objects.get().published == (won < 5)


def test_ten_reviewers_with_ten_statements_publish_ten_whatever_the_order(
    draft: Draft, ann: User, reviewers: list[User]
) -> None:
    statements = [draft() for _ in TEN]
    for statement in statements:
        statement.submit(by=ann)

    def review_all(first: int) -> int:
        done = 0
        for n in TEN:
            try:
                again(statements[(first + n) % 10]).publish(by=reviewers[first])
                done += 1
            except TransitionNotAllowed:
                pass
        return done

    given = at_once([lambda n=n: review_all(n) for n in TEN])
    assert sum(given) == 10
    assert Counter(Transition.objects.values_list("name", flat=True)) == {"submit": 10, "publish": 10}
    assert Statement.objects.published().count() == 10


# Annotating


def test_ten_people_submit_each_their_own_and_each_move_is_in_the_log_once(
    draft: Draft, annotators: list[User]
) -> None:
    drafts = [draft(by=user) for user in annotators]
    assert refused(at_once([lambda one=one: again(one).submit(by=one.annotated_by) for one in drafts])) == 0
    logged = Transition.objects.values_list("statement", "by", "name")
    assert sorted(logged) == sorted((one.pk, one.annotated_by_id, "submit") for one in drafts)


def test_ten_browsers_of_one_annotator_submit_one_draft_once(draft: Draft, ann: User) -> None:
    one = draft()
    given = at_once([lambda: again(one).submit(by=ann)] * 10)
    assert (given.count(None), refused(given, TransitionNotAllowed)) == (1, 9)
    assert moves(one) == ["submit"]


def test_a_change_and_a_submission_at_once_do_not_put_unread_words_before_reviewers(draft: Draft, ann: User) -> None:
    """Of ten that name the version they were made from, one is made."""
    one = draft()
    acts: list[Act] = [lambda n=n: again(one).edit(by=ann, version=1, cue=f"said {n}") for n in TEN[:5]]
    acts += [lambda: again(one).submit(by=ann, version=1)] * 5
    given = at_once(acts)
    one.refresh_from_db()
    assert (given.count(None), refused(given, Stale)) == (1, 9)
    assert one.version == 2
    assert (one.cue, moves(one)) == (
        (f"said {given.index(None)}", []) if given.index(None) < 5 else ("said", ["submit"])
    )


# Through the pages of the desk: nobody sees a failure, and everybody is told


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_ten_who_press_take_the_next_come_to_ten_workbenches(queue: list[Source], annotators: list[User]) -> None:
    browsers = [browser(user) for user in annotators]
    given = at_once([lambda one=one: one.post("/admin/desk/next/") for one in browsers])
    assert {answer.status_code for answer in given} == {302}
    assert {answer.url for answer in given} == {f"/admin/sources/source/{source.pk}/annotate/" for source in queue}


def test_ten_who_press_publish_publish_once_and_nine_are_shown_what_came_between(
    submitted: Statement, reviewers: list[User]
) -> None:
    browsers, version = [browser(user) for user in reviewers], {"version": submitted.version}
    path = f"/admin/desk/review/{submitted.public_id}/publish/"
    given = at_once([lambda one=one: one.post(path, version) for one in browsers])
    assert Counter(answer.status_code for answer in given) == {302: 1, 409: 9}
    assert all("Nothing was done" in answer.content.decode() for answer in given if answer.status_code == 409)
    assert moves(submitted) == ["submit", "publish"]


def test_ten_comments_at_once_are_all_kept(submitted: Statement, reviewers: list[User]) -> None:
    browsers = [browser(user) for user in reviewers]
    path = f"/admin/desk/statements/{submitted.public_id}/comments/"
    given = at_once([lambda n=n: browsers[n].post(path, {"text": f"Comment {n}"}) for n in TEN])
    assert {answer.status_code for answer in given} == {302}
    assert sorted(Comment.objects.values_list("text", flat=True)) == [f"Comment {n}" for n in TEN]


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("ray", "/admin/desk/statements/{id}/comments/", {"text": "Who is this?"}),
        ("ray", "/admin/desk/review/{id}/publish/", {"version": 1}),
        ("ray", "/admin/claims/statement/{pk}/move/publish/", {"version": 1}),
        ("ann", "/admin/claims/statement/{pk}/move/submit/", {"version": 1}),
        ("ann", "/admin/claims/statement/{pk}/delete/", {"post": "yes"}),
        ("ann", "{bench}{id}/submit/", '{"version": 1}'),
        ("ann", "{bench}{id}/delete/", '{"version": 1}'),
    ],
)
def test_what_is_done_to_a_draft_that_is_deleted_at_that_moment_finds_nothing(
    who: str, path: str, body: Any, draft: Draft, ann: User, ray: User
) -> None:
    one = draft()
    bench = f"/admin/sources/source/{one.source_id}/annotate/statements/"
    path = path.format(id=one.public_id, pk=one.pk, bench=bench)
    kind = {"content_type": "application/json"} if isinstance(body, str) else {}
    client = browser({"ann": ann, "ray": ray}[who])
    with ThreadPoolExecutor(1) as somebody:
        with transaction.atomic():
            one.discard(by=ann)
            asked = somebody.submit(lambda: (client.post(path, body, **kind), connection.close())[0])
            until_somebody_waits()
        answer = asked.result(timeout=30)
    assert answer.status_code in (302, 404, 409), answer.status_code
    assert not Comment.objects.exists()
    assert not Transition.objects.exists()


def until_somebody_waits() -> None:
    """For a row that this transaction holds."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits.")
