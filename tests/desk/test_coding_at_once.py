"""Two coders, and whoever settles, at the same moment: nothing is made after done, and no case is settled twice."""

import pytest
from django.contrib.auth.models import User

from claims import adjudication
from claims.models import Coding, Statement
from sources.models import Source
from tests.conftest import Draft
from tests.desk.conftest import LEAVE
from tests.desk.test_at_once import TEN, again, at_once, refused, reviewers

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["reviewers"]  # a fixture


def test_ten_settle_the_same_case_and_it_is_settled_once(
    compared: dict[str, Statement], reviewers: list[User], article: Source
) -> None:
    sides = [compared["left"].public_id, compared["right"].public_id]
    given = at_once([lambda n=n: adjudication.take(article, sides[n % 2], by=reviewers[n]) for n in TEN])
    assert refused(given) == 9
    assert Statement.objects.exclude(adjudicates=None).count() == 1


def test_ten_take_what_is_agreed_on_and_it_is_taken_once(
    compared: dict[str, Statement], reviewers: list[User], article: Source
) -> None:
    given = at_once([lambda n=n: adjudication.take_agreed(article, by=reviewers[n]) for n in TEN])
    assert sorted(given) == [0] * 9 + [1]


def test_what_is_saved_while_its_coder_says_done_is_saved_before_or_not_at_all(
    codings: list[Coding], draft: Draft, ann: User
) -> None:
    statement = draft()
    edits = [lambda: again(statement).edit(by=ann, cue="told") for _ in TEN]
    at_once([*edits[:5], lambda: codings[0].finish(by=ann), *edits[5:]])
    codings[0].refresh_from_db()
    assert again(statement).updated_at <= codings[0].done_at or again(statement).version == 1


def test_a_coding_is_begun_or_a_statement_is_made_but_not_both(
    draft: Draft, article: Source, ann: User, bob: User
) -> None:
    at_once([lambda: Coding.objects.begin(source=article, coders=(ann, bob)), lambda: draft(LEAVE)])
    assert [row.coding_id is not None for row in article.statements.all()] in ([], [article.codings.exists()])


def test_ten_begin_and_two_people_code_it(article: Source, ann: User, bob: User) -> None:
    given = at_once([lambda: Coding.objects.begin(source=article, coders=(ann, bob)) for _ in TEN])
    assert refused(given) == 9
    assert Coding.objects.count() == 2
