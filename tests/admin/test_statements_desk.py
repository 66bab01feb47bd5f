"""A statement is made at the desk from pasted words, and goes its whole way through the verbs of the model."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from claims.forms import pasted_passages, read_places
from claims.models import Claim, Statement
from sources.models import Publisher, Source, Speaker
from tests.admin.conftest import Desk, form_of
from tests.conftest import Draft
from tests.html import soup, words

ADD = "/admin/claims/statement/add/"
PARAGRAPH = (
    "Delegate {n} 👩‍🚀 spoke of the valley; “لَن نَقْبَلَ البند {n}”, and then: “לֹא נְקַבֵּל סְעִיף {n}”. "
    "The cafe\u0301 was\u00a0full, the inter\u00adpreters tired, and nothing in paragraph {n} was settled before the "
    "evening, when the twelve envoys of both sides went home by the river road without a word to anybody who waited there."
)
LONG = "\n\n".join(PARAGRAPH.format(n=n) for n in range(1, 61)) + "\n\nNothing more. Nothing more."


@pytest.fixture
def long(db: None) -> Source:
    gazette = Publisher.objects.create(name="The Long Gazette", slug="long-gazette")
    source = Source.objects.create(title="A long day", publisher=gazette, published_on="2031-03-05")
    source.add_revision(LONG)
    return source


def inlines(positions: list[dict[str, Any]] = [], relays: list[dict[str, Any]] = []) -> dict[str, Any]:  # noqa: B006
    data: dict[str, Any] = {}
    for prefix, rows in (("positions", positions), ("relays", relays)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        data |= {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return data


def fields(source: Source, speaker: Speaker, passages: str = "", **given: Any) -> dict[str, Any]:
    own = {"source": source.pk, "speaker": speaker.pk, "passages": passages, "kind": "direct", "language": "en"}
    return {**own, "said_on_precision": "day", "_save": "Save", **inlines(), **given}


def add(client: Client, *args: Any, **given: Any) -> Statement:
    response = client.post(ADD, fields(*args, **given))
    assert response.status_code == 302, response.context["errors"]
    return Statement.objects.order_by("-pk")[0]


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["adminform"].form.errors.items()}


# The words


def test_the_text_is_as_long_as_an_article() -> None:
    assert len(LONG.split()) > 3000


@pytest.mark.parametrize("n", [1, 33, 60])
def test_a_quotation_of_pasted_words_is_cut_exactly_from_a_long_text_of_many_scripts(
    desk: Desk, ann: User, long: Source, ada: Speaker, n: int
) -> None:
    paragraph = PARAGRAPH.format(n=n)
    start = LONG.index(paragraph)
    first = (start, start + paragraph.index(";"))
    second = (start + paragraph.index("“לֹא"), start + paragraph.index("The cafe") - 2)
    pasted = f"{LONG[slice(*first)]}\r\n \r\n{LONG[slice(*second)]}\r\n"
    statement = add(desk(ann), long, ada, pasted)
    assert statement.spans == [list(first), list(second)]
    assert statement.quote == f"{LONG[slice(*first)]} […] {LONG[slice(*second)]}"
    assert statement.annotated_by == ann
    assert statement.state == "draft"


def test_words_that_run_over_a_paragraph_break_stay_one_passage(
    desk: Desk, ann: User, long: Source, ada: Speaker
) -> None:
    start = LONG.index("waited there.")
    end = LONG.index("Delegate 2 ") + len("Delegate 2 👩‍🚀")
    statement = add(desk(ann), long, ada, LONG[start:end].replace("\n", "\r\n"))
    assert statement.spans == [[start, end]]


def test_what_is_left_empty_is_taken_from_affiliation_and_source(
    desk: Desk, ann: User, article: Source, ada: Speaker, northland: Any
) -> None:
    statement = add(desk(ann), article, ada, "We go in spring,")
    assert (statement.party, statement.role) == (northland, "Spokeswoman")
    assert str(statement.said_on) == article.published_on


def test_a_passage_that_is_absent_or_stands_twice_is_a_clear_error(
    desk: Desk, ann: User, long: Source, ada: Speaker
) -> None:
    client, twice = desk(ann), "Nothing more."
    first, second = LONG.index(twice), LONG.rindex(twice)
    assert errors(client.post(ADD, fields(long, ada, "Nothing less."))) == {
        "passages": [
            (
                "The passage is not in the text: “Nothing less.”. Copy it from the text to the character: spaces, quotation "
                "marks and line breaks count."
            )
        ]
    }
    assert errors(client.post(ADD, fields(long, ada, twice))) == {
        "passages": [
            (
                f"The passage stands 2 times in the text, not once: “Nothing more.”. It is at {first}-{first + 13}, "
                f"{second}-{second + 13}: write the one that you mean under “Places”."
            )
        ]
    }
    statement = add(client, long, ada, twice, places=f"{second}-{second + 13}")
    assert statement.spans == [[second, second + 13]]
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({}, "passages", "A statement needs at least one passage."),
        ({"places": "12 to 20"}, "places", "“12 to 20” is not a place. Write start-end, for example 120-168, 200-230."),
        ({"places": "20-12"}, "places", "The passage 20–12 is empty."),
        ({"places": "5-9, 7-12"}, "places", "The passage 7–12 overlaps the one before it, or stands out of order."),
        ({"places": "5-99999999"}, "places", "The passage 5–99999999 reaches beyond the text, which has"),
        (
            {"places": "0-9", "passages": "will leave"},
            "places",
            "At these places stands “Northland”, which is not what",
        ),
        ({"passages": "She\r\n\r\nNorthland will"}, "passages", "The passage is not in the text: “She”. Copy it"),
        ({"passages": "leave\r\n\r\nNorthland will"}, "passages", "The passage 0–14 overlaps the one before it, or"),
    ],
)
def test_a_place_that_cannot_be_is_an_error_of_its_field(
    desk: Desk, ann: User, article: Source, ada: Speaker, given: dict[str, Any], field: str, message: str
) -> None:
    found = errors(desk(ann).post(ADD, fields(article, ada, **given)))
    assert list(found) == [field]
    assert found[field][0].startswith(message)
    assert not Statement.objects.exists()


def test_passages_and_places_are_read_as_they_are_typed() -> None:
    assert pasted_passages("a\n\nb c", " a\r\n\r\nb ") == ["a\n\nb"]
    assert pasted_passages("a b", "a\r\n \r\n\r\nb\n") == ["a", "b"]
    assert pasted_passages("a b", " \n") == []
    assert read_places("1-2") == [(1, 2)]
    assert read_places(" 1 - 2 , 5–9;11-12 ") == [(1, 2), (5, 9), (11, 12)]


def test_a_source_without_a_text_says_so(desk: Desk, ann: User, article: Source, ada: Speaker) -> None:
    bare = Source.objects.create(title="Bare", publisher=article.publisher, published_on="2031-03-02")
    response = desk(ann).post(ADD, fields(bare, ada, "words"))
    assert errors(response) == {"__all__": ["This source has no text yet: give it one on its own page first."]}


# Its positions, relays and corrections of a draft


def test_positions_and_relays_are_saved_with_the_statement(
    desk: Desk, ann: User, article: Source, ada: Speaker, valley: Claim, northland: Any
) -> None:
    position = {"claim": valley.pk, "holder": northland.pk, "stance": "conditional", "strength": "plain"}
    relays = [{"rank": 2, "publisher": article.publisher_id}, {"rank": 1, "speaker": ada.pk}]
    given = inlines([{**position, "condition": "in spring"}], relays)
    statement = add(desk(ann), article, ada, "We go in spring,", **given)
    assert list(statement.positions.values_list("claim", "holder", "stance", "condition", "ascribed")) == [
        (valley.pk, northland.pk, "conditional", "in spring", False)
    ]
    assert [relay.who for relay in statement.relays.all()] == [ada, article.publisher]


@pytest.mark.parametrize(
    ("positions", "relays", "message"),
    [
        ([{"stance": "conditional"}], [], "A condition goes with a conditional stance, and only with it."),
        ([{"stance": "opposes"}, {"stance": "supports"}], [], "Please correct the duplicate data"),
        ([], [{"rank": 1}], "Each link of the chain is one speaker or one publisher."),
    ],
    ids=["no-condition", "twice", "relay-of-nobody"],
)
def test_a_wrong_position_or_relay_is_an_error_and_nothing_is_written(
    desk: Desk,
    ann: User,
    article: Source,
    ada: Speaker,
    valley: Claim,
    northland: Any,
    positions: Any,
    relays: Any,
    message: str,
) -> None:
    rows = [{"claim": valley.pk, "holder": northland.pk, "strength": "plain", **row} for row in positions]
    response = desk(ann).post(ADD, fields(article, ada, "We go in spring,", **inlines(rows, relays)))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Statement.objects.exists()


def test_a_rule_that_only_the_verb_knows_is_shown_on_the_form_with_all_that_was_typed(
    desk: Desk, ann: User, article: Source, ada: Speaker
) -> None:
    """Empty, the date becomes that of the source: the second of March, which is no first of the month."""
    given = fields(article, ada, "We go in spring,", said_on_precision="month", occasion="A dinner")
    response = desk(ann).post(ADD, given)
    assert errors(response) == {"__all__": ["A date known to the month or the year stands on its first day."]}
    assert form_of(response)["occasion"] == "A dinner"
    assert not Statement.objects.exists()


def test_a_draft_saved_unchanged_stays_the_same_version(
    desk: Desk, ann: User, article: Source, ada: Speaker, valley: Claim, northland: Any
) -> None:
    position = {"claim": valley.pk, "holder": northland.pk, "stance": "supports", "strength": "plain"}
    given = inlines([position], [{"rank": 1, "speaker": ada.pk}])
    client = desk(ann)
    statement = add(client, article, ada, "We go in spring,\r\n\r\nand not before.", note="one\r\ntwo", **given)
    before = Statement.objects.values().get()
    kept = list(statement.positions.values()), list(statement.relays.values())
    address = f"/admin/claims/statement/{statement.pk}/change/"
    assert client.post(address, form_of(client.get(address))).status_code == 302
    assert Statement.objects.values().get() == before
    assert (list(statement.positions.values()), list(statement.relays.values())) == kept
    assert before["version"] == 1


def test_an_orphaned_draft_is_placed_in_the_newest_text_when_its_annotator_says_so(
    desk: Desk, ann: User, article: Source, draft: Any
) -> None:
    statement, client = draft("and not before."), desk(ann)
    article.add_revision("Later that day. " + article.newest_revision.text)
    address = f"/admin/claims/statement/{statement.pk}/change/"
    page = client.get(address)
    assert "Orphaned" in page.content.decode()
    assert [s.pk for s in client.get("/admin/claims/statement/?orphaned=yes").context["cl"].result_list] == [
        statement.pk
    ]
    client.post(address, {**form_of(page), "occasion": "A dinner"})
    statement.refresh_from_db()
    assert (statement.revision.number, statement.occasion) == (1, "A dinner")
    client.post(address, {**form_of(client.get(address)), "newest_text": "on"})
    statement = Statement.objects.get()
    assert (statement.revision.number, statement.quote) == (2, "and not before.")
    assert "Orphaned" not in client.get(address).content.decode()


def test_a_form_opened_before_another_change_shows_both_and_overwrites_only_when_saved_again(
    desk: Desk, ann: User, draft: Draft
) -> None:
    statement, client = draft(), desk(ann)
    address = f"/admin/claims/statement/{statement.pk}/change/"
    data = form_of(client.get(address)) | {"cue": "whispered"}
    statement.edit(by=ann, cue="told")
    response = client.post(address, data)
    assert response.status_code == 200
    page = soup(response)
    assert "Version 2 of this statement was saved after you had opened it" in words(page)
    assert "with “told”" in words(page.select_one(".desk-review"))
    assert page.find("input", {"name": "cue"})["value"] == "whispered"
    statement.refresh_from_db()
    assert (statement.cue, statement.version) == ("told", 2)
    assert client.post(address, form_of(response)).status_code == 302
    statement.refresh_from_db()
    assert (statement.cue, statement.version) == ("whispered", 3)
