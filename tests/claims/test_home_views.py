"""The front page, the page of a claim, and the pages for what cannot be shown."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim, Topic, TopicParty
from sources.models import Party
from tests.conftest import Published
from tests.html import soup, words

CLAIM = "/topics/valley-talks/claims/leave/"


def test_the_front_page_shows_each_topic_in_small_with_links_into_its_cells(
    client: Client, valley: Claim, northland: Party, published: Published
) -> None:
    published(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    row = soup(client.get("/")).select_one(".small-matrix tbody tr")
    assert [words(cell) for cell in row.select("td")] == [
        "Northland on Leave the valley: supports, 1 statement",
        "Southland on Leave the valley: silent, 0 statements",
    ]
    assert row.select_one("td a")["href"] == "/topics/valley-talks/?cell=leave.northland#evidence"


def test_the_front_page_shows_the_newest_statements_first(client: Client, published: Published) -> None:
    published("We go in spring", kind="direct", said_on=datetime.date(2031, 3, 1))
    published("and not before", kind="direct", said_on=datetime.date(2031, 3, 2))
    quotations = soup(client.get("/")).select(".newest .quotation")
    assert [words(quotation) for quotation in quotations] == ["“and not before”", "“We go in spring”"]


def test_an_empty_site_says_so(client: Client, db: None) -> None:
    page = words(soup(client.get("/")).main)
    assert "There is no topic yet." in page
    assert "Nothing is published yet." in page


@pytest.mark.parametrize("topics", [1, 3])
def test_the_front_page_costs_the_same_queries_for_1_topic_and_for_3(
    client: Client,
    valley: Claim,
    northland: Party,
    published: Published,
    topics: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    claims = [valley]
    for number in range(1, topics):
        topic = Topic.objects.create(title=f"Talks {number}", slug=f"talks-{number}")
        TopicParty.objects.create(topic=topic, party=northland)
        claims.append(topic.claims.create(slug="so", label="So", proposition="It is so."))
    for claim in claims:
        published(positions=[{"claim": claim, "holder": northland, "stance": "supports"}])
    with django_assert_num_queries(7):
        client.get("/")


def test_a_claim_shows_each_partys_words_in_the_order_in_which_they_were_said(
    client: Client, valley: Claim, northland: Party, southland: Party, published: Published
) -> None:
    for passage, day, stance in [("and not before", 2, "opposes"), ("We go in spring", 1, "supports")]:
        position = {"claim": valley, "holder": northland, "stance": stance}
        published(passage, kind="direct", said_on=datetime.date(2031, 3, day), positions=[position])
    published("Southland doubts it", positions=[{"claim": valley, "holder": southland, "stance": "opposes"}])
    north, south = soup(client.get(CLAIM)).select(".side")
    assert words(north.select_one(".side-standing")) == "opposes"
    assert [words(quotation) for quotation in north.select(".quotation")] == ["“We go in spring”", "“and not before”"]
    assert words(south.select_one(".side-standing")) == "silent"
    assert words(south.select_one(".ascriptions .quotation")) == "Southland doubts it"


def test_reports_of_the_same_words_stand_once(
    client: Client, valley: Claim, northland: Party, published: Published
) -> None:
    from claims.models import Utterance

    speech = Utterance.objects.create()
    for passage in ("We go in spring", "Northland will leave the valley"):
        published(passage, utterance=speech, positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    north = soup(client.get(CLAIM)).select_one(".side")
    assert len(north.select(".quotation")) == 1
    assert "1 statement, 2 March 2031" in words(north)
    assert "The same words in The Gazette" in words(north)


def test_a_fact_is_affirmed_or_denied_rather_than_supported(
    client: Client, valley: Claim, northland: Party, published: Published
) -> None:
    valley.kind = "fact"
    valley.save()
    published(positions=[{"claim": valley, "holder": northland, "stance": "opposes"}])
    assert words(soup(client.get(CLAIM)).select_one(".side-standing")) == "denies"


@pytest.mark.parametrize("statements", [1, 3])
def test_a_claim_costs_the_same_queries_for_1_statement_and_for_3(
    client: Client,
    valley: Claim,
    northland: Party,
    published: Published,
    statements: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(statements):
        published(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    with django_assert_num_queries(5):
        client.get(CLAIM)


def test_an_unknown_address_gets_a_page_that_offers_the_search(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert soup(answer).select_one("form")["action"] == "/search/"


@pytest.mark.parametrize("page", ["500.html", "503.html"])
def test_the_pages_for_failures_need_neither_database_nor_context(page: str) -> None:
    assert "<h1>" in render_to_string(page)
