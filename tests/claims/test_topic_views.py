"""The matrix page: what it shows, as of when, with which cell open, and at what cost."""

import datetime
import json
import re

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim, Statement, Topic
from sources.models import Party
from tests.conftest import Published
from tests.html import apply_swap, assert_same_page, htmx, soup, words

TOPIC = "/topics/valley-talks/"
CELL = "leave.northland"


@pytest.fixture
def shift(valley: Claim, northland: Party, published: Published) -> tuple[Statement, Statement]:
    """Northland supports the claim on 1 March and opposes it on 2 March."""
    stances = [("2031-03-01", "supports"), ("2031-03-02", "opposes")]
    before, after = (
        published(
            words,
            kind="direct",
            said_on=datetime.date.fromisoformat(day),
            positions=[{"claim": valley, "holder": northland, "stance": stance}],
        )
        for words, (day, stance) in zip(("We go in spring", "and not before"), stances, strict=True)
    )
    return before, after


@pytest.fixture
def hearsay(valley: Claim, southland: Party, published: Published) -> Statement:
    """Ada of Northland says that Southland opposes the claim."""
    return published("Southland doubts it", positions=[{"claim": valley, "holder": southland, "stance": "opposes"}])


def cell(page, key=CELL):
    return page.find(id=f"cell-{key}")


def test_a_cell_says_stance_words_speaker_date_count_and_shift(client: Client, shift: object) -> None:
    assert words(cell(soup(client.get(TOPIC)))) == (
        "Northland Northland on Leave the valley: opposes , 2 statements. Show the words “and not before” "
        "Ada Example, 2 March 2031 2 statements, 1 March 2031 to 2 March 2031 "
        "shifted (was: supports) contested within 30 days"
    )


def test_a_date_shows_the_matrix_as_it_stood_then(client: Client, shift: object) -> None:
    then = words(cell(soup(client.get(TOPIC, {"on": "2031-03-01"}))))
    assert "supports , 1 statement." in then
    assert "Said on this day" in then
    assert "shifted" not in then


def test_every_cell_of_the_corpus_reads_as_worked_out_from_its_files(client: Client, corpus: Topic) -> None:
    expected = json.loads((settings.BASE_DIR / "claims/demo/expected.json").read_text())
    parties = ",".join(party.slug for party in corpus.ordered_parties())
    for on, rows in expected.items():
        page = soup(client.get(corpus.get_absolute_url(), {"on": on, "parties": parties}))
        assert len(page.select("td.cell")) == sum(len(row) for row in rows.values())
        for claim, row in rows.items():
            for party, answer in row.items():
                found = cell(page, f"{claim}.{party}")
                assert f"cell-{answer['stance'] or 'silent'}" in found["class"], (on, claim, party)
                assert re.search(r", (\d+) statements?\.", words(found.a)[1:])[1] == str(answer["count"])
                assert ("shifted" in words(found)) is answer["shifted"], (on, claim, party)
                assert ("According to" in words(found)) is bool(answer["ascribed_count"]), (on, claim, party)


def test_the_date_control_steps_to_the_days_of_change(client: Client, shift: object) -> None:
    page = soup(client.get(TOPIC, {"on": "2031-03-01"}))
    assert page.find(id="earlier").has_attr("disabled")
    assert page.find(id="later")["value"] == "2031-03-02"
    assert words(page.find(id="later")) == "Later change 2 March 2031 →"


def test_a_cell_without_a_word_of_its_own_is_silent_and_tells_what_others_say(client: Client, hearsay: object) -> None:
    silent = cell(soup(client.get(TOPIC)), "leave.southland")
    assert "silent" in words(silent)
    assert "According to Northland : opposes" in words(silent)
    assert silent.find(class_="quotation") is None


def test_what_others_say_can_be_hidden(client: Client, hearsay: object) -> None:
    page = soup(client.get(TOPIC, {"ascribed": "hide", "cell": "leave.southland"}))
    assert "According to" not in words(page.table) + words(page.find(id="evidence"))


def test_an_open_cell_shows_own_words_newest_first_and_ascribed_ones_apart(
    client: Client, shift: object, hearsay: Statement
) -> None:
    own, other = (
        [words(q) for q in soup(client.get(TOPIC, {"cell": key})).select("#evidence .quotation")]
        for key in (CELL, "leave.southland")
    )
    assert own == ["“and not before”", "“We go in spring”"]
    assert other == ["Southland doubts it"]
    apart = soup(client.get(TOPIC, {"cell": "leave.southland"})).select_one("#evidence .ascriptions")
    assert words(apart.h3) == "What others say Southland holds"


def test_an_open_cell_holds_what_was_said_by_that_date_and_no_more(client: Client, shift: object) -> None:
    evidence = soup(client.get(TOPIC, {"cell": CELL, "on": "2031-03-01"})).find(id="evidence")
    assert [words(quotation) for quotation in evidence.select(".quotation")] == ["“We go in spring”"]
    assert "as of 1 March 2031 1 statement, 1 March 2031" in words(evidence)


def test_each_quotation_links_to_its_permalink_and_its_source(client: Client, hearsay: Statement) -> None:
    links = soup(client.get(TOPIC, {"cell": "leave.southland"})).select("#evidence .statement .statement-links a")
    assert [link["href"] for link in links] == [
        f"/statements/{hearsay.public_id}/",
        f"/sources/{hearsay.source.public_id}/#statement-{hearsay.public_id}",
    ]


def test_a_quotation_carries_its_language_and_finds_its_own_direction(client: Client, shift: object) -> None:
    for quotation in soup(client.get(TOPIC, {"cell": CELL})).select(".quotation"):
        assert (quotation["lang"], quotation["dir"]) == ("en", "auto")


def test_a_draft_shows_nowhere(client: Client, shift: object, draft, valley: Claim, southland: Party) -> None:
    draft("Southland doubts it", positions=[{"claim": valley, "holder": southland, "stance": "opposes"}])
    page = client.get(TOPIC, {"cell": "leave.southland"}).content.decode()
    assert "doubts" not in page
    assert "According to" not in soup(client.get(TOPIC)).find(id="matrix").table.get_text()


def test_opening_a_cell_by_htmx_gives_the_page_that_its_address_gives(client: Client, shift: object) -> None:
    page = soup(client.get(TOPIC))
    fragment = soup(client.get(TOPIC, {"cell": CELL}, headers=htmx("evidence")))
    assert_same_page(apply_swap(page, fragment, "evidence"), soup(client.get(TOPIC, {"cell": CELL})))


def test_closing_a_cell_by_htmx_gives_the_page_without_it(client: Client, shift: object) -> None:
    page = soup(client.get(TOPIC, {"cell": CELL, "on": "2031-03-01"}))
    fragment = soup(client.get(TOPIC, {"on": "2031-03-01"}, headers=htmx("evidence")))
    assert_same_page(apply_swap(page, fragment, "evidence"), soup(client.get(TOPIC, {"on": "2031-03-01"})))


@pytest.mark.parametrize("query", [{"on": "2031-03-01", "cell": CELL}, {"kind": "fact"}, {"parties": "southland"}])
def test_moving_the_date_or_a_filter_by_htmx_gives_the_page_of_its_address(
    client: Client, shift: object, query: dict[str, str]
) -> None:
    page = soup(client.get(TOPIC))
    fragment = soup(client.get(TOPIC, query, headers=htmx("matrix")))
    assert_same_page(apply_swap(page, fragment, "matrix"), soup(client.get(TOPIC, query)))


def test_page_and_fragment_do_not_mix_in_a_cache(client: Client, shift: object) -> None:
    for headers in ({}, htmx("matrix"), htmx("evidence")):
        assert {"HX-Request", "HX-Target"} <= set(
            client.get(TOPIC, headers=headers)["Vary"].replace(" ", "").split(",")
        )


def test_parties_within_a_party_fold_in_and_out(
    client: Client, valley: Claim, northland: Party, published: Published
) -> None:
    shire = Party.objects.create(name="The Shire", slug="shire", short_name="Shire", parent=northland)
    valley.topic.topic_parties.create(party=shire, rank=9)
    folded = soup(client.get(TOPIC))
    assert [words(head) for head in folded.select("thead th")] == ["Claim", "Northland Show Shire", "Southland party"]
    address = folded.find(id="toggle-northland")["href"]
    assert address == "?parties=northland,shire,southland"
    unfolded = soup(client.get(TOPIC + address))
    assert words(unfolded.select("thead th")[2]) == "Shire within Northland"
    assert unfolded.find(id="toggle-northland")["href"] == TOPIC


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ({"on": "5 May"}, "“on=5 May” is not a date. Write year-month-day, for example on=2024-05-05."),
        ({"on": "2024-02-30"}, "“on=2024-02-30” is not a date. Write year-month-day, for example on=2024-05-05."),
        (
            {"kind": "rumour"},
            "“kind=rumour” is not known here. It can be proposal or fact or direct or indirect or mixed, or be left out.",
        ),
        (
            {"parties": "northland,eastland"},
            "“parties” names “eastland”, which is not a party to this topic. It can be northland, southland.",
        ),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_in_one_clear_line(
    client: Client, valley: Claim, query: dict[str, str], line: str
) -> None:
    answer = client.get(TOPIC, query)
    assert answer.status_code == 400
    assert words(soup(answer).select_one(".standfirst")) == line


@pytest.mark.parametrize("key", ["leave.eastland", "stay.northland", "leave", "."])
def test_a_cell_that_there_is_not_is_not_found(client: Client, valley: Claim, key: str) -> None:
    assert client.get(TOPIC, {"cell": key}).status_code == 404
    assert client.get(TOPIC, {"cell": key}, headers=htmx("evidence")).status_code == 404


def test_a_name_cannot_become_markup(client: Client, valley: Claim, northland: Party, published: Published) -> None:
    northland.short_name = "<b>North</b>"
    northland.save()
    page = client.get(TOPIC).content.decode()
    assert "<b>North</b>" not in page


@pytest.mark.parametrize("claims", [3, 30])
def test_the_matrix_costs_the_same_queries_for_3_claims_and_for_30(
    client: Client,
    shift: object,
    valley: Claim,
    northland: Party,
    claims: int,
    published: Published,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(1, claims):
        more = valley.topic.claims.create(slug=f"c{number}", label=f"Claim {number}", proposition="It is so.")
        published(
            positions=[{"claim": more, "holder": northland, "stance": "supports"}], said_on=datetime.date(2031, 1, 1)
        )
    with django_assert_num_queries(8):
        client.get(TOPIC, {"cell": CELL})
    with django_assert_num_queries(7):
        client.get(TOPIC)
    with django_assert_num_queries(4):
        client.get(TOPIC, {"cell": CELL}, headers=htmx("evidence"))


def test_a_closed_site_asks_for_a_log_in_first(client: Client, valley: Claim, sam, settings) -> None:
    settings.PARLEY_PUBLIC = False
    answer = client.get(TOPIC, {"on": "2031-03-01"})
    assert answer["Location"] == "/admin/login/?next=/topics/valley-talks/%3Fon%3D2031-03-01"
    assert client.get(TOPIC, headers=htmx("matrix"))["HX-Redirect"] == "/admin/login/?next=/topics/valley-talks/"
    client.force_login(sam)
    assert client.get(TOPIC).status_code == 200


def test_only_what_was_quoted_can_be_compared(
    client: Client, published: Published, valley: Claim, northland: Party
) -> None:
    position = {"claim": valley, "holder": northland}
    published(positions=[position | {"stance": "opposes"}], said_on=datetime.date(2031, 3, 2))
    published(
        "We go in spring,",
        kind="direct",
        positions=[position | {"stance": "supports"}],
        said_on=datetime.date(2031, 3, 1),
    )
    stance = {
        kind: soup(client.get(TOPIC, {"kind": kind, "cell": CELL}))
        .select_one("#cell-leave\\.northland .flag span:not(.vh)")
        .text
        for kind in ("", "direct", "indirect", "mixed")
    }
    assert stance == {"": "opposes", "direct": "supports", "indirect": "opposes", "mixed": "silent"}
    evidence = soup(client.get(TOPIC, {"kind": "direct", "cell": "leave.northland"})).select_one("#evidence").text
    assert "We go in spring" in evidence
    assert "Northland will leave" not in evidence
