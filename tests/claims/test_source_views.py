"""The page of a source: its text to the character with its passages marked, or only its passages."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim
from claims.views.passages import annotated, segments, surroundings
from sources.models import Party, Source
from tests.conftest import TEXT, Draft, Published
from tests.html import soup, words

ODD = "  Ada said 👩‍👩‍👧 “na\u0301\u200fme”\u200b\n\n\n\tשלום — «سلامٌ» &amp; <b>&\u00a0two  spaces \nend "


@pytest.fixture
def readable(article: Source) -> Source:
    article.full_text_public = True
    article.save()
    return article


def address(source: Source) -> str:
    return f"/sources/{source.public_id}/"


def test_the_text_is_shown_to_the_character(client: Client, readable: Source, published: Published) -> None:
    readable.add_revision(ODD)
    published("👩‍👩‍👧 “na\u0301\u200fme", "سلامٌ")
    published("שלום — «سلامٌ» &amp; <b>")
    text = soup(client.get(address(readable))).select_one(".source-text")
    assert text.get_text() == ODD
    assert (text["lang"], text["dir"]) == ("en", "auto")


def test_every_passage_is_marked_and_leads_to_its_statement(
    client: Client, readable: Source, published: Published
) -> None:
    broken = published("We go in spring", "and not before", kind="direct")
    page = soup(client.get(address(readable)))
    marks = page.select(".source-text mark")
    assert [mark.get_text() for mark in marks] == ["We go in spring", "and not before"]
    assert {mark.a["href"] for mark in marks} == {broken.get_absolute_url()}


def test_overlapping_and_nested_passages_all_show(client: Client, readable: Source, published: Published) -> None:
    outer = published("We go in spring,” she added, “and not before")
    inner = published("and not before", kind="direct")
    across = published("not before.” Southland")
    marks = soup(client.get(address(readable))).select(".source-text mark")
    assert [(mark.get_text(), mark.a["href"]) for mark in marks] == [
        ("We go in spring,” she added, “", outer.get_absolute_url()),
        ("and ", inner.get_absolute_url()),
        ("not before", across.get_absolute_url()),
        (".” Southland", across.get_absolute_url()),
    ]
    numbers = soup(client.get(address(readable))).select(".source-text .ref")
    assert [number["data-number"] for number in numbers] == ["1", "2", "3"]


def test_one_statement_can_be_pointed_out_and_jumped_to(client: Client, readable: Source, published: Published) -> None:
    outer = published("We go in spring,” she added, “and not before")
    inner = published("and not before", kind="direct")
    page = soup(client.get(address(readable), {"statement": outer.public_id}))
    assert [mark.get_text() for mark in page.select("mark.chosen")] == [
        "We go in spring,” she added, “",
        "and not before",
    ]
    assert {mark.a["href"] for mark in page.select("mark.chosen")} == {outer.get_absolute_url()}
    assert page.select_one(f"#statement-{inner.public_id}")["href"] == f"#told-{inner.public_id}"
    assert "chosen" in page.select_one(f"#told-{outer.public_id}")["class"]


def test_without_a_licence_no_word_outside_the_passages_shows(
    client: Client, article: Source, sam: User, published: Published
) -> None:
    published("We go in spring")
    for reader in (None, sam):
        if reader:
            client.force_login(reader)
        page = client.get(address(article)).content.decode()
        assert "We go in spring" in page
        assert "its licence does not let us show the whole text" in page
        for outside in ("Southland", "she added", "will leave the valley"):
            assert outside not in page


def test_editors_read_the_text_whatever_the_licence(client: Client, article: Source, bob: User) -> None:
    client.force_login(bob)
    assert soup(client.get(address(article))).select_one(".source-text").get_text() == TEXT


def test_drafts_and_withdrawn_statements_are_not_marked_for_strangers(
    client: Client, readable: Source, ray: User, bob: User, sam: User, draft: Draft, published: Published
) -> None:
    hidden = draft("Southland doubts it", note="Unseen")
    published("We go in spring").withdraw(by=ray, comment="Mistaken.")
    for reader in (None, sam, bob):
        if reader:
            client.force_login(reader)
        page = soup(client.get(address(readable), {"statement": hidden.public_id}))
        assert page.select("mark") == []
        assert "Nothing in this text is published" in words(page)
    client.force_login(hidden.annotated_by)
    assert words(soup(client.get(address(readable))).select_one("mark")) == "Southland doubts it"


def test_a_source_without_anything_public_is_not_found(
    client: Client, article: Source, sam: User, draft: Draft
) -> None:
    draft()
    absent = client.get("/sources/222222222222/").content
    assert (client.get(address(article)).status_code, client.get(address(article)).content) == (404, absent)
    client.force_login(sam)
    assert client.get(address(article)).status_code == 404


def test_statements_of_an_earlier_text_are_listed_apart(client: Client, readable: Source, published: Published) -> None:
    old = published("We go in spring", kind="direct")
    readable.add_revision("Northland leaves.")
    new = published("Northland leaves")
    page = soup(client.get(address(readable)))
    assert [words(mark) for mark in page.select(".source-text mark")] == ["Northland leaves"]
    assert [item["id"] for item in page.select(".told li.statement")] == [
        f"told-{new.public_id}",
        f"told-{old.public_id}",
    ]
    assert "In an earlier text of it" in words(page)
    assert "newer text since" in words(soup(client.get(old.get_absolute_url())))


def test_segments_cover_the_stretch_once_and_name_every_owner() -> None:
    assert list(segments((0, 10), [((2, 8), 1), ((4, 6), 2), ((6, 9), 3)])) == [
        ((0, 2), []),
        ((2, 4), [1]),
        ((4, 6), [1, 2]),
        ((6, 8), [1, 3]),
        ((8, 9), [3]),
        ((9, 10), []),
    ]


def test_a_paragraph_without_end_is_shown_around_its_passage_only() -> None:
    text = "a" * 5000 + "words" + "b" * 5000
    assert surroundings(text, [(5000, 5005)]) == [(4400, 5605)]


def test_every_passage_of_a_very_long_text_is_marked(readable: Source, published: Published) -> None:
    text = "".join(f"Line {number} of the report.\n" for number in range(70_000))
    found = published()
    told = [
        (n, type(found)(public_id=f"p{n:011}", speaker=found.speaker, spans=[[n * 300, n * 300 + 200]]))
        for n in range(5000)
    ]
    markup = annotated(text, told)
    assert markup.count("<mark") == 5000


@pytest.mark.parametrize("rows", [1, 3])
def test_a_source_costs_the_same_queries_for_1_statement_and_for_3(
    client: Client,
    readable: Source,
    valley: Claim,
    northland: Party,
    published: Published,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        published(
            said_on=datetime.date(2031, 1, 1 + number),
            positions=[{"claim": valley, "holder": northland, "stance": "supports"}],
        )
    with django_assert_num_queries(5):
        client.get(address(readable))
