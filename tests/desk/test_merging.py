"""The pages on which a chief merges duplicates: what they say before, what they do, and who may."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.merging import merge_speakers
from claims.models import Claim, Merge
from sources.models import Party, Speaker
from tests.conftest import Draft
from tests.html import soup, words

LIST = "/admin/desk/merging/"


@pytest.fixture
def twin(northland: Party) -> Speaker:
    return Speaker.objects.create(name="A. Example", slug="a-example")


@pytest.fixture
def chief(client: Client, cleo: User) -> Client:
    client.force_login(cleo)
    return client


def choice(one: Any, into: Any) -> dict[str, int]:
    return {"one": one.pk, "into": into.pk}


def plan(page: Any) -> list[str]:
    return [words(line) for line in soup(page).select(".merging section li")]


def test_two_ticked_speakers_are_shown_merged_and_made_two_again(
    chief: Client, ada: Speaker, twin: Speaker, northland: Party, draft: Draft
) -> None:
    twin.affiliations.create(party=northland, role="Spokeswoman")
    draft(speaker=twin)
    draft(speaker=twin)
    ticked = {"action": "merge", "_selected_action": [ada.pk, twin.pk]}
    asked = chief.post("/admin/sources/speaker/", ticked, follow=True)
    assert {asked.context["one"], asked.context["into"]} == {ada, twin}
    page = chief.get(f"{LIST}speaker/", choice(twin, ada))
    assert plan(page) == [
        "2 statements: all of it moves to Ada Example .",
        "1 affiliation: both have it, so it is kept once.",
        "New aliases of Ada Example : A. Example .",
        "The address of A. Example leads to Ada Example .",
    ]
    done = chief.post(f"{LIST}speaker/", choice(twin, ada), follow=True)
    assert [str(m) for m in done.context["messages"]] == ["“A. Example” is merged into “Ada Example”."]
    assert twin.statements.count() == 0
    button = soup(done).select_one(".merging-list form")
    undone = chief.post(button["action"], follow=True)
    assert [str(m) for m in undone.context["messages"]] == ["Undone: A. Example into Ada Example. They are two again."]
    assert twin.statements.count() == 2
    assert soup(undone).select_one(".merging-list form") is None


def test_two_ticked_claims_come_to_the_same_page(chief: Client, valley: Claim) -> None:
    go = valley.topic.claims.create(slug="go", label="Go away", proposition="Northland goes away.")
    for ticked, way in (([valley.pk, go.pk], f"{LIST}claim/?one="), ([go.pk], "/admin/claims/claim/")):
        answer = chief.post("/admin/claims/claim/", {"action": "merge", "_selected_action": ticked})
        assert answer["Location"].startswith(way)


def test_what_stands_against_it_is_said_and_cannot_be_sent(
    chief: Client, ada: Speaker, twin: Speaker, southland: Party
) -> None:
    twin.affiliations.create(party=southland, role="Envoy")
    page = chief.get(f"{LIST}speaker/", choice(twin, ada))
    assert plan(page)[0].startswith("A speaker never speaks for two parties at once: Envoy (Southland,")
    assert soup(page).select_one("section form") is None
    sent = chief.post(f"{LIST}speaker/", choice(twin, ada))
    assert (sent.status_code, Merge.objects.count()) == (200, 0)


@pytest.mark.parametrize("query", ["?one=x&into=1", "?one=999999&into=999999", "?one=", "?into=%00"])
def test_a_mistyped_address_asks_again(query: str, chief: Client, ada: Speaker) -> None:
    page = chief.get(f"{LIST}speaker/{query}")
    assert (page.status_code, soup(page).select_one("section form")) == (200, None)


def test_undoing_what_was_merged_on_says_what_to_undo_first(
    chief: Client, ada: Speaker, twin: Speaker, cleo: User
) -> None:
    third = Speaker.objects.create(name="Ada E.", slug="ada-e")
    first = merge_speakers(twin, into=ada, by=cleo)
    merge_speakers(ada, into=third, by=cleo)
    answer = chief.post(f"{LIST}{first.pk}/undo/", follow=True)
    assert [str(m) for m in answer.context["messages"]] == [
        "“Ada Example” was merged into “Ada E.” since: undo that first."
    ]


@pytest.mark.parametrize("who", ["ann", "ray", "sam"])
def test_nobody_but_a_chief_comes_here(
    who: str, client: Client, ada: Speaker, twin: Speaker, cleo: User, request: pytest.FixtureRequest
) -> None:
    merge = merge_speakers(twin, into=ada, by=cleo)
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}speaker/").status_code == 403
    assert client.post(f"{LIST}speaker/", choice(ada, twin)).status_code == 403
    assert client.post(f"{LIST}{merge.pk}/undo/").status_code == 403
    client.post("/admin/sources/speaker/", {"action": "merge", "_selected_action": [ada.pk]})
    assert Merge.objects.get().undone_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_1_merge_and_for_3(
    rows: int, chief: Client, ada: Speaker, cleo: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        merge_speakers(Speaker.objects.create(name=f"Eve {number}", slug=f"eve-{number}"), into=ada, by=cleo)
    chief.get(LIST)
    with django_assert_num_queries(5):
        page = chief.get(LIST)
    assert len(soup(page).select(".merging-list tbody tr")) == rows
