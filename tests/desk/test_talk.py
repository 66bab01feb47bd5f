"""Comments between annotator and reviewers: written on either's page, read by nobody else."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.models import Comment, Statement
from tests.conftest import Draft, Published
from tests.desk.conftest import as_user
from tests.desk.test_home import said
from tests.html import soup, words

SECRET = "Is there a transcript?"


def say(user: User | None, statement: Statement, text: str = SECRET, query: str = "", **data: Any) -> Any:
    return as_user(user).post(f"/admin/desk/statements/{statement.public_id}/comments/{query}", {"text": text, **data})


def record(statement: Statement) -> str:
    return f"/admin/claims/statement/{statement.pk}/change/"


def test_annotator_and_reviewer_talk_each_on_their_own_page(draft: Draft, ann: User, ray: User) -> None:
    statement = draft()
    statement.submit(by=ann)
    review = f"/admin/desk/review/{statement.public_id}/"
    answer = say(ray, statement, reviewing="yes", query="?source=7")
    assert answer.url == f"{review}?source=7#talk"
    assert say(ann, statement, "No.\r\nNone.").url == f"{record(statement)}#talk"
    assert list(statement.comments.values_list("by__username", "text")) == [("ray", SECRET), ("ann", "No.\nNone.")]
    for user, path in ((ray, review), (ann, record(statement))):
        talk = soup(as_user(user).get(path)).find(id="talk")
        assert [words(one) for one in talk.select("li .desk-said")] == [SECRET, "No. None."]
        assert "The public never sees them." in words(talk)


def test_it_can_be_talked_about_in_every_state(published: Published, draft: Draft, ann: User, ray: User) -> None:
    for statement in (draft("We go in spring"), published()):
        say(ann, statement)
        say(ray, statement)
        assert statement.comments.count() == 2


@pytest.mark.parametrize("text", ["", "  \n\t", "a\0b"])
def test_a_comment_says_something(text: str, draft: Draft, ann: User) -> None:
    statement = draft()
    answer = as_user(ann).post(f"/admin/desk/statements/{statement.public_id}/comments/", {"text": text}, follow=True)
    assert len(said(answer)) == 1
    assert not statement.comments.exists()


def test_no_other_annotator_reads_or_writes_any(draft: Draft, published: Published, bob: User, ann: User) -> None:
    for statement in (draft("We go in spring"), published()):
        say(ann, statement)
        assert say(bob, statement).status_code == 404
        assert statement.comments.count() == 1
    page = as_user(bob).get(record(statement))
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert soup(page).find(id="talk") is None


def test_strangers_are_sent_away(draft: Draft, sam: User) -> None:
    statement = draft()
    assert say(None, statement).url.startswith("/admin/login/?next=")
    assert say(sam, statement).status_code == 403
    assert not Comment.objects.exists()


def test_the_public_reads_no_word_of_it(published: Published, ann: User, ray: User) -> None:
    statement = published()
    say(ann, statement)
    say(ray, statement)
    for path in (
        f"/statements/{statement.public_id}/",
        f"/sources/{statement.source.public_id}/",
        f"/speakers/{statement.speaker.slug}/",
        f"/api/v1/statements/{statement.public_id}/",
        "/api/v1/statements/export/?format=jsonl",
        "/search/?q=transcript",
    ):
        for client in (Client(), as_user(ann)):
            answer = client.get(path)
            assert answer.status_code == 200
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert SECRET not in text.decode()


def test_nobody_talks_about_what_is_coded_blind(at_work: dict[str, Statement], ann: User, ray: User) -> None:
    for user in (ann, ray):
        assert say(user, at_work["ann"]).status_code == 404
    assert soup(as_user(ann).get(record(at_work["ann"]))).find(id="talk") is None


def test_markup_is_text_and_arabic_runs_its_own_way(draft: Draft, ann: User) -> None:
    statement = draft()
    say(ann, statement, "<b>نعم</b>")
    said_there = soup(as_user(ann).get(record(statement))).select_one("#talk li .desk-said")
    assert (said_there.get_text(), said_there["dir"]) == ("<b>نعم</b>", "auto")


def test_three_comments_cost_as_many_queries_as_one(draft: Draft, ann: User, ray: User) -> None:
    statement, counts = draft(), []
    for count in (1, 2):
        for _ in range(count):
            say((ann, ray)[count % 2], statement)
        client = as_user(ann)
        with CaptureQueriesContext(connection) as queries:
            client.get(record(statement))
        counts.append(len(queries))
    assert counts[0] == counts[1]
