"""Search: what it finds, what it marks, what it never shows, and what it says when it finds nothing."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim
from claims.views import listing
from sources.models import Party, Source, Speaker
from tests.conftest import Draft, Published
from tests.html import apply_swap, assert_same_page, htmx, soup, words

SEARCH = "/search/"


def found(client: Client, **query: str) -> list[str]:
    return [quotation.get_text() for quotation in soup(client.get(SEARCH, query)).select("#results .quotation")]


@pytest.fixture
def three(published: Published, valley: Claim, northland: Party, southland: Party) -> None:
    published(
        "We go in spring",
        kind="direct",
        said_on=datetime.date(2031, 3, 1),
        positions=[{"claim": valley, "holder": northland, "stance": "supports"}],
    )
    published("and not before", said_on=datetime.date(2031, 2, 1), language="fr")
    published(
        "Southland doubts it",
        said_on=datetime.date(2031, 1, 1),
        positions=[{"claim": valley, "holder": southland, "stance": "opposes"}],
    )


def test_without_a_question_all_statements_show_newest_first(client: Client, three: None) -> None:
    assert found(client) == ["“We go in spring”", "and not before", "Southland doubts it"]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"q": "springs"}, ["“We go in spring”"]),
        ({"q": '"not before"'}, ["and not before"]),
        ({"q": "“not before”"}, ["and not before"]),
        ({"q": "“before not”"}, []),
        ({"q": "spring or doubt"}, ["“We go in spring”", "Southland doubts it"]),
        ({"q": "example -spring -before"}, ["Southland doubts it"]),
        ({"topic": "valley-talks"}, ["“We go in spring”", "Southland doubts it"]),
        ({"claim": "valley-talks/leave", "stance": "opposes"}, ["Southland doubts it"]),
        ({"holder": "northland"}, ["“We go in spring”"]),
        ({"ascribed": "true"}, ["Southland doubts it"]),
        ({"party": "southland"}, []),
        ({"speaker": "ada-example", "kind": "direct"}, ["“We go in spring”"]),
        ({"publisher": "nobody"}, []),
        ({"language": "fr"}, ["and not before"]),
        ({"said_after": "2031-01-15", "said_before": "2031-02-15"}, ["and not before"]),
        ({"q": "", "topic": "", "said_after": ""}, ["“We go in spring”", "and not before", "Southland doubts it"]),
    ],
)
def test_words_and_filters_narrow_the_list(
    client: Client, three: None, query: dict[str, str], answer: list[str]
) -> None:
    assert found(client, **query) == answer


def test_words_found_are_marked_in_any_form_and_those_left_out_are_not(client: Client, three: None) -> None:
    page = soup(client.get(SEARCH, {"q": '"we go" or doubting -before'}))
    assert [mark.get_text() for mark in page.select("mark")] == ["We", "go", "doubts"]
    assert page.select_one(".quotation").get_text() == "“We go in spring”"


def test_marking_leaves_every_character_as_it_is(client: Client, article: Source, published: Published) -> None:
    odd = "said <b>spring</b> &amp; Spring’s שָׁלוֹם 👩‍👩‍👧"
    article.add_revision(f"She {odd}.")
    published(odd)
    page = client.get(SEARCH, {"q": "spring שָׁלוֹם"})
    assert soup(page).select_one("#results .quotation").get_text() == odd
    assert "<b>spring" not in page.content.decode()


def test_what_was_chosen_stays_in_the_form(client: Client, three: None) -> None:
    query = {"q": 'spring "<', "stance": "supports", "claim": "leave", "said_after": "2031-01-01", "speaker": "gone"}
    page = soup(client.get(SEARCH, query))
    assert page.find(id="q")["value"] == 'spring "<'
    assert page.find(id="f-said_after")["value"] == "2031-01-01"
    chosen = {select["name"]: select.find(selected=True)["value"] for select in page.select("select:has([selected])")}
    assert chosen == {"stance": "supports", "claim": "valley-talks/leave", "speaker": "gone"}
    assert page.select_one("details.filters").has_attr("open")


def test_what_the_form_has_no_field_for_is_carried_along(client: Client, three: None) -> None:
    page = soup(client.get(SEARCH, {"published_after": "2031-01-01", "q": "spring"}))
    assert [(kept["name"], kept["value"]) for kept in page.select("form input[type=hidden]")] == [
        ("published_after", "2031-01-01")
    ]


def test_names_with_the_words_come_first(client: Client, three: None, ada: Speaker) -> None:
    assert [link["href"] for link in soup(client.get(SEARCH, {"q": "ada ex"})).select(".named a")] == [
        "/speakers/ada-example/"
    ]
    valley = soup(client.get(SEARCH, {"q": "valley"})).select(".named a")
    assert [words(link) for link in valley] == ["Leave the valley", "Valley talks open"]
    assert [words(link) for link in soup(client.get(SEARCH, {"q": "kingdom"})).select(".named a")] == [
        "Kingdom of Southland"
    ]


def test_drafts_and_those_named_only_in_them_are_found_by_nobody(
    client: Client, valley: Claim, northland: Party, sam: User, bob: User, ray: User, draft: Draft
) -> None:
    position = {"claim": valley, "holder": northland, "stance": "supports"}
    draft("Southland doubts it", language="he", positions=[position])
    for reader in (None, sam, bob, ray):
        if reader:
            client.force_login(reader)
        for query in ({}, {"q": "doubts"}, {"q": "Gazette"}, {"topic": "valley-talks"}, {"state": "published"}):
            assert found(client, **query) == []
        if reader in (None, sam):
            page = client.get(SEARCH, {"q": "Ada"}).content.decode()
            assert "Ada Example" not in page
            assert "Gazette" not in page
            assert found(client, state="draft") == []


def test_a_withdrawn_statement_leaves_the_list(client: Client, ray: User, published: Published) -> None:
    published("We go in spring").withdraw(by=ray, comment="Mistaken.")
    assert found(client) == []


def test_nothing_found_says_what_to_try(client: Client, three: None) -> None:
    notice = words(soup(client.get(SEARCH, {"q": "zeppelin", "stance": "supports"})).select_one("#results .notice"))
    assert notice.startswith("No statement fits. Try fewer words")
    assert "Take a filter away" in notice
    assert "No statement fits" not in words(soup(client.get(SEARCH)))


def test_an_empty_archive_says_so(client: Client, db: None) -> None:
    assert "Nothing is published yet." in words(soup(client.get(SEARCH)).find(id="results"))


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ({"said_after": "5 May"}, "Said from ( said_after ) is “5 May”: give a day as YYYY-MM-DD, for example 2024-05-05."),
        ({"stance": "maybe"}, "Stance ( stance ) is “maybe”: give supports, conditional, neutral, opposes or declined."),
        ({"q": "x" * 201}, "Words ( q ) has 201 characters; the limit is 200."),
        ({"q": "a\0b"}, "Words ( q ) has a NUL character, which nothing here can hold."),
        ({"topic": "no such"}, "Topic ( topic ) is “no such”: give a slug: letters, digits, hyphens and underscores."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_400_that_names_the_field(
    client: Client, three: None, query: dict[str, str], line: str
) -> None:
    answer = client.get(SEARCH, query)
    assert answer.status_code == 400
    assert [words(item) for item in soup(answer).select("[role=alert] li")] == [line]


@pytest.mark.parametrize(
    "q", ["-", "or", '"', '"unended', "-spring", "((", "a & b | !c", "'", "\\", "…", "👩‍👩‍👧", "%s {} <%"]
)
def test_any_words_can_be_searched_for(client: Client, three: None, q: str) -> None:
    assert client.get(SEARCH, {"q": q}).status_code == 200


def test_pages_follow_each_other_with_the_filters_kept_and_htmx_gives_the_same_page(
    client: Client, three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SIZE", 1)
    page = soup(client.get(SEARCH, {"topic": "valley-talks", "kind": ""}))
    older = page.select_one("[rel=next]")["hx-get"]
    assert older.startswith("/search/?topic=valley-talks&cursor=")
    second = soup(client.get(older))
    assert [words(q) for q in second.select("#results .quotation")] == ["Southland doubts it"]
    fragment = soup(client.get(older, headers=htmx("results")))
    assert_same_page(apply_swap(page, fragment, "results"), second)
    back = second.select_one("[rel=prev]")["hx-get"]
    assert [words(q) for q in soup(client.get(back)).select("#results .quotation")] == ["“We go in spring”"]


@pytest.mark.parametrize("query", [{"q": "spring"}, {"stance": "supports"}, {"q": "zeppelin"}, {}])
def test_searching_by_htmx_gives_the_page_of_its_address(client: Client, three: None, query: dict[str, str]) -> None:
    page = soup(client.get(SEARCH, {"q": "before"}))
    fragment = soup(client.get(SEARCH, query, headers=htmx("results")))
    assert_same_page(apply_swap(page, fragment, "results"), soup(client.get(SEARCH, query)))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_the_same_queries_for_1_statement_and_for_3(
    client: Client,
    valley: Claim,
    northland: Party,
    published: Published,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        published(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    with django_assert_num_queries(15):
        client.get(SEARCH, {"q": "valley", "topic": "valley-talks"})
    with django_assert_num_queries(9):
        client.get(SEARCH)
