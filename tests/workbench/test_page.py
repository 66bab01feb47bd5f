"""The page: who opens it, what it shows of whom, and that a card swapped in is the card of a full page."""

import html
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.models import Claim, Statement
from sources.models import Party, Source
from tests.conftest import TEXT, Draft
from tests.html import assert_same_page, soup, words
from tests.workbench.conftest import Bench, Filled

STRANGE = (
    "\n \nFirst <b>line</b> &amp; “a\u00a0quotation”.\n\n\n  Second\u200f with joiners 👩\u200d👩\u200d👧 and e\u0301.\t\n \u00a0\n"
    "שלום עולם, \u202bאמר\u202c.\nقالَ: نعم\u00adلا\u2028next\x0clast\n\n"
)


def text_of(page: Any) -> str:
    """As a browser's textContent has it; the parser of the other tests makes white space simpler."""
    found = re.search(r'<div id="text"[^>]*>(.*?)</div>', page.content.decode(), re.S)
    assert found
    return html.unescape(re.sub(r'<p dir="auto">|</p>', "", found[1]))


@pytest.mark.parametrize("text", [TEXT, STRANGE])
def test_the_text_stands_in_the_page_character_for_character(text: str, bench: Any, ann: User, article: Source) -> None:
    article.add_revision(text)
    assert text_of(bench(ann).get()) == text


def test_it_opens_by_key_and_by_public_id(ann: User, article: Source, bench: Any) -> None:
    client = bench(ann).client
    for key in (article.pk, article.public_id):
        assert client.get(f"/admin/sources/source/{key}/annotate/").status_code == 200
    for key in ("999999", "nosuchsource", "x" * 300, "%00", "a%00b"):
        assert client.get(f"/admin/sources/source/{key}/annotate/").status_code == 404
    assert bench(ann).get("statements/", id="\0,x").json() == {"cards": {}}


def test_a_source_without_a_text_says_where_to_give_it_one(bench: Any, ann: User, article: Source) -> None:
    empty = Source.objects.create(title="Empty", publisher=article.publisher, published_on="2031-03-02")
    page = soup(bench(ann, empty).get())
    assert page.find(id="text") is None
    assert page.select_one(f'#leaf a[href="/admin/sources/source/{empty.pk}/change/"]')
    assert bench(ann, empty).get("reading/", spans="0-1").status_code == 422


CALLS = {
    "": "get",
    "queue/": "post",
    "reading/": "get",
    "speakers/": "get",
    "claims/": "get",
    "relays/": "get",
    "statements/": "get",
    "statements/{id}/": "get",
    "statements/{id}/delete/": "post",
    "statements/{id}/submit/": "post",
    "submit/": "post",
    "undo/": "post",
    "pulse/": "post",
    "token/": "get",
    "kept/9f1f6e1e-3f5e-4b59-8c52-0c6d2b7b0c11/": "post",
    "kept/9f1f6e1e-3f5e-4b59-8c52-0c6d2b7b0c11/discard/": "post",
}


def test_every_call_is_in_the_table_of_these_tests() -> None:
    from claims.workbench.urls import urlpatterns

    assert len(CALLS) == len(urlpatterns)


@pytest.mark.parametrize("path", CALLS)
def test_strangers_are_told_nothing_and_change_nothing(
    path: str, bench: Any, sam: User, draft: Draft, article: Source
) -> None:
    statement = draft()
    path, verb = path.format(id=statement.public_id), CALLS[path]
    before = Statement.objects.values().get()
    for user in (None, sam):
        at = bench(user)
        called = getattr(at, verb)(path)
        assert (called.status_code, called.json()) == (401, {"error": "You are logged out."})
        opened = getattr(at.client, verb)(at.base + path)
        assert (opened.status_code, opened.url) == (302, f"/admin/login/?next={at.base}{path}")
    staff = User.objects.create_user("staff", password="x", is_staff=True)
    assert getattr(bench(staff), verb)(path).status_code == 403
    assert Statement.objects.values().get() == before
    article.refresh_from_db()
    assert article.queue_state == "waiting"


@pytest.mark.parametrize("path", [path for path, verb in CALLS.items() if verb == "post"])
def test_no_change_without_the_token_of_the_session(path: str, ann: User, draft: Draft, article: Source) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    path = f"/admin/sources/source/{article.pk}/annotate/" + path.format(id=draft().public_id)
    assert client.post(path, "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize("path", [path for path, verb in CALLS.items() if verb == "get"])
def test_reading_writes_nothing(path: str, bench: Any, ann: User, draft: Draft) -> None:
    at, statement = bench(ann), draft()
    with CaptureQueriesContext(connection) as queries:
        at.get(path.format(id=statement.public_id), spans="0-9", q="a")
    verbs = {query["sql"].split()[0] for query in queries if "django_session" not in query["sql"]}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}


# The rail


def test_editors_of_one_source_see_each_others_drafts_here_and_nowhere_else(
    bench: Any, ann: User, bob: User, draft: Draft
) -> None:
    statement = draft()
    mine, others = (soup(bench(user).get()).find(id=f"card-{statement.public_id}") for user in (ann, bob))
    assert mine.has_attr("data-mine")
    assert not others.has_attr("data-mine")
    assert "ann’s" in words(others)
    assert not others.select("button[data-does]")
    assert statement not in Statement.objects.visible_to(bob)


def test_cards_stand_in_the_order_of_the_text_those_without_a_place_first(
    bench: Any, ann: User, draft: Draft, article: Source
) -> None:
    orphan = draft("Southland doubts it.")
    article.add_revision(TEXT + " It rained.")
    late, early = draft("It rained."), draft("Northland")
    page = soup(bench(ann).get())
    assert [card["data-id"] for card in page.select(".card")] == [row.public_id for row in (orphan, early, late)]
    assert [card.has_attr("data-current") for card in page.select(".card")] == [False, True, True]


def test_a_returned_statement_says_what_is_to_be_mended(bench: Any, ann: User, ray: User, draft: Draft) -> None:
    statement = draft()
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Whose words?")
    card = soup(bench(ann).get()).find(id=f"card-{statement.public_id}")
    assert "To be mended: Whose words?" in words(card)
    assert card.has_attr("data-editable")
    assert not card.has_attr("data-deletable")


def test_the_card_of_an_answer_is_the_card_of_the_page(
    bench: Any, ann: User, draft: Draft, valley: Claim, southland: Party, filled: Filled
) -> None:
    at = bench(ann)
    first = draft(positions=[{"claim": valley, "holder": southland, "stance": "opposes"}])
    page = soup(at.get())
    values = {**at.get(f"statements/{first.public_id}/").json()["values"], "cue": "told"}
    changed = at.post(
        f"statements/{first.public_id}/",
        {"version": 1, "values": values, "key": "0f6b6a0c-7d55-4a56-9e3f-6c4c7a1e9f10"},
    ).json()
    made = at.create(filled("Southland doubts it.")).json()
    page.find(id=f"card-{first.public_id}").replace_with(BeautifulSoup(changed["card"], "html.parser"))
    page.find(id="cards").append(BeautifulSoup(made["card"], "html.parser"))
    fresh = soup(at.get())
    for one in (page, fresh):  # what is another in every answer
        one.find(id="workbench")["data-token"] = one.find(id="workbench")["data-mark"] = ""
        for field in one.select("input[name=csrfmiddlewaretoken]"):
            field["value"] = ""
    assert_same_page(page, fresh)
    assert at.get("statements/", id=f"{first.public_id},{made['id']}").json()["cards"] == {
        first.public_id: changed["card"],
        made["id"]: made["card"],
    }


def rows(draft: Draft, valley: Claim, party: Party, count: int) -> None:
    for n in range(count):
        draft(TEXT[n : n + 9], positions=[{"claim": valley, "holder": party, "stance": "opposes"}])


@pytest.mark.parametrize("path", ["", "pulse/", "submit/", "speakers/", "claims/"])
def test_it_costs_as_many_queries_with_three_statements_as_with_one(
    path: str, bench: Any, ann: User, bob: User, draft: Draft, valley: Claim, southland: Party
) -> None:
    counts = []
    for count in (1, 2):
        rows(draft, valley, southland, count)
        at: Bench = bench(bob)
        at.post("pulse/")  # a first one writes more
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(at, CALLS[path])(path)
        assert answer.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_opening_takes_no_more_than_twelve_queries_beside_the_log_in(
    bench: Any, ann: User, draft: Draft, valley: Claim, southland: Party
) -> None:
    rows(draft, valley, southland, 3)
    at = bench(ann)
    with CaptureQueriesContext(connection) as queries:
        at.get()
    beside = [query for query in queries if "auth_" not in query["sql"] and "django_session" not in query["sql"]]
    assert len(beside) <= 12


# The queue


def test_a_source_is_taken_and_marked_done_from_its_head(bench: Any, ann: User, bob: User, article: Source) -> None:
    at = bench(ann)
    at.client.post(at.base + "queue/", {"verb": "take"})
    article.refresh_from_db()
    assert (article.queue_state, article.assigned_to) == ("in_progress", ann)
    answer = bench(bob).client.post(at.base + "queue/", {"verb": "take"}, follow=True)
    assert "is at work on" in words(soup(answer).select_one(".messagelist"))
    at.client.post(at.base + "queue/", {"verb": "mark_done"})
    article.refresh_from_db()
    assert article.queue_state == "done"


def test_the_page_names_who_is_logged_in(bench: Any, ann: User) -> None:
    page = soup(bench(ann).get())
    assert "ann" in words(page.find(id="user-tools")).lower()
    told = page.find(id="workbench")
    assert (told["data-user"], told["data-user-name"]) == (str(ann.pk), "ann")
