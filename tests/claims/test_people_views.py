"""The pages of speakers and parties: who they are, where they stand, what they said last."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim, Topic, TopicParty
from claims.views import listing
from sources.models import Party, Speaker
from tests.conftest import Draft, Published
from tests.html import apply_swap, assert_same_page, htmx, soup, words

ADA = "/speakers/ada-example/"
NORTHLAND = "/parties/northland/"


def test_a_speaker_is_told_with_names_roles_and_dates(client: Client, ada: Speaker, published: Published) -> None:
    published()
    ada.aliases, ada.wikidata_id = ["A. Example", "The Voice"], "Q42"
    ada.save()
    ada.affiliations.update(since=datetime.date(2030, 1, 2))
    page = soup(client.get(ADA))
    assert words(page.select_one(".page-head")) == "Speaker · person Ada Example Also named A. Example, The Voice"
    assert words(page.select_one(".facts")) == (
        "Since 2 Jan 2030 Republic of Northland , Spokeswoman Elsewhere Wikidata Q42"
    )
    assert page.select_one('.facts a[rel~="external"]')["href"] == "https://www.wikidata.org/wiki/Q42"


def test_a_speaker_stands_where_the_newest_words_put_them_and_ascriptions_are_apart(
    client: Client, valley: Claim, northland: Party, southland: Party, published: Published
) -> None:
    for day, stance in ((1, "supports"), (2, "opposes")):
        published(
            said_on=datetime.date(2031, 3, day),
            positions=[
                {"claim": valley, "holder": northland, "stance": stance},
                {"claim": valley, "holder": southland, "stance": "supports"},
            ],
        )
    own, ascribed = soup(client.get(ADA)).select("table.stands")
    assert [words(row) for row in own.select("tbody tr")] == [
        "Leave the valley opposes Northland 2 March 2031 : the words"
    ]
    assert [words(row) for row in ascribed.select("tbody tr")] == [
        "Leave the valley supports Southland 2 March 2031 : the words"
    ]
    assert ascribed.find_parent(class_="ascriptions")


def test_a_speaker_without_anything_published_is_not_found(
    client: Client, ada: Speaker, sam: User, bob: User, draft: Draft
) -> None:
    draft()
    for reader in (None, sam):
        if reader:
            client.force_login(reader)
        answer = client.get(ADA)
        assert (answer.status_code, answer.content) == (404, client.get("/speakers/nobody/").content)
    client.force_login(bob)
    assert client.get(ADA).status_code == 200


@pytest.mark.parametrize("address", [ADA, NORTHLAND])
def test_drafts_show_to_nobody_else(
    address: str, client: Client, valley: Claim, northland: Party, sam: User, bob: User, draft: Draft, published: Published
) -> None:  # fmt: skip
    published("We go in spring")
    draft("Southland doubts it", positions=[{"claim": valley, "holder": northland, "stance": "opposes"}])
    for reader in (None, sam, bob):
        if reader:
            client.force_login(reader)
        page = client.get(address).content.decode()
        assert "We go in spring" in page
        assert "doubts" not in page
        assert "stance-opposes" not in page


def test_a_party_shows_its_column_of_every_topic(
    client: Client, valley: Claim, northland: Party, southland: Party, published: Published
) -> None:
    published("We go in spring", positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    river = Topic.objects.create(title="The river talks", slug="river-talks")
    TopicParty.objects.create(topic=river, party=northland)
    river.claims.create(slug="dam", label="Build the dam", proposition="Northland builds the dam.")
    sections = soup(client.get(NORTHLAND)).select("section:has(table.stands)")
    told = {words(section.h2): [words(row) for row in section.select("tbody tr")] for section in sections}
    assert told == {
        "The valley talks": [
            "Leave the valley supports We go in spring Ada Example, 2 March 2031 1 statement on Leave the valley"
        ],
        "The river talks": ["Build the dam silent Nothing of its own on record"],
    }
    assert "Southland" not in words(soup(client.get(NORTHLAND)).main).replace("Southland doubts", "")


def test_a_party_takes_in_its_members_and_names_who_speaks_for_it(
    client: Client, ada: Speaker, northland: Party, published: Published
) -> None:
    union = Party.objects.create(name="The Union", slug="union", short_name="Union")
    northland.parent = union
    northland.save()
    published("We go in spring")
    Speaker.objects.create(name="Unheard", slug="unheard").affiliations.create(party=union, role="Nobody yet")
    page = soup(client.get("/parties/union/"))
    assert words(page.select_one(".standfirst")) == "Takes in Republic of Northland ; their statements count here too."
    assert [words(person) for person in page.select(".people li")] == ["Ada Example Spokeswoman"]
    assert [words(quotation) for quotation in page.select("#statements .quotation")] == ["We go in spring"]
    assert "within The Union" in words(soup(client.get(NORTHLAND)).select_one(".kicker"))


def test_an_unknown_party_is_not_found(client: Client, db: None) -> None:
    assert client.get("/parties/nowhere/").status_code == 404


@pytest.mark.parametrize("address", [ADA, NORTHLAND])
def test_statements_come_newest_first_a_page_at_a_time_and_htmx_gives_the_same_page(
    address: str, client: Client, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SIZE", 2)
    passages = ["Southland doubts it", "and not before", "We go in spring"]
    for day, passage in enumerate(reversed(passages), 1):
        published(passage, said_on=datetime.date(2031, 3, 1) + datetime.timedelta(day))
    first = soup(client.get(address))
    assert [words(q) for q in first.select("#statements .quotation")] == passages[:2]
    older = first.select_one("[rel=next]")["hx-get"]
    second = soup(client.get(older))
    assert [words(q) for q in second.select("#statements .quotation")] == passages[2:]
    assert second.select_one("[rel=next]") is None
    fragment = soup(client.get(older, headers=htmx("statements")))
    assert_same_page(apply_swap(first, fragment, "statements"), second)
    back = soup(client.get(second.select_one("[rel=prev]")["hx-get"]))
    assert [words(q) for q in back.select("#statements .quotation")] == passages[:2]


def test_a_cursor_that_is_none_is_refused_in_one_line(client: Client, published: Published) -> None:
    published()
    answer = client.get(ADA, {"cursor": "nonsense"})
    assert answer.status_code == 400
    assert words(soup(answer).select_one(".standfirst")).startswith("cursor: is not a cursor of this list")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [(ADA, 9), (NORTHLAND, 14)])
def test_a_page_costs_the_same_queries_for_1_row_and_for_3(
    address: str,
    queries: int,
    rows: int,
    client: Client,
    ada: Speaker,
    northland: Party,
    published: Published,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        topic = Topic.objects.create(title=f"Talks {number}", slug=f"talks-{number}")
        TopicParty.objects.create(topic=topic, party=northland)
        claim = topic.claims.create(slug="so", label="So", proposition="It is so.")
        ada.affiliations.create(party=northland, role=f"Role {number}", since=datetime.date(2030, 1, 1 + number))
        published(positions=[{"claim": claim, "holder": northland, "stance": "supports"}])
    with django_assert_num_queries(queries):
        client.get(address)
