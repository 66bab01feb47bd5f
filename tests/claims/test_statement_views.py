"""The permalink of a statement: the words in their place, the chain, the readings, and who may open it."""

import datetime
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims.models import Claim, Statement, Utterance
from sources.models import Party, Publisher, Source, Speaker
from tests.conftest import Draft, Published
from tests.html import soup, words


def open_text(source: Source) -> Source:
    source.full_text_public = True
    source.save()
    return source


def test_a_broken_quotation_is_marked_passage_by_passage_in_its_context(
    client: Client, article: Source, published: Published
) -> None:
    open_text(article)
    found = published("We go in spring", "and not before", kind="direct")
    page = soup(client.get(found.get_absolute_url()))
    assert words(page.select_one(".quotation.large")) == "“We go in spring […] and not before”"
    context = page.select_one(".context")
    assert [mark.get_text() for mark in context.select("mark")] == ["We go in spring", "and not before"]
    assert article.newest_revision.text in context.get_text()


def test_without_a_licence_only_the_words_next_to_the_quotation_show(client: Client, published: Published) -> None:
    found = published("Southland doubts it")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "and not before" in page  # within 32 characters
    assert "Northland will leave" not in page
    assert "not ours to show" in page


def test_an_editor_reads_the_context_whatever_the_licence(client: Client, bob: User, published: Published) -> None:
    found = published("Southland doubts it")
    client.force_login(bob)
    assert "Northland will leave" in client.get(found.get_absolute_url()).content.decode()


def test_distant_passages_show_their_own_paragraphs_with_a_gap_between(
    client: Client, article: Source, published: Published
) -> None:
    open_text(article)
    article.add_revision("First she said one thing.\n\nNobody stirred.\n\nThen she said another.")
    page = soup(client.get(published("one thing", "another").get_absolute_url()))
    assert words(page.select_one(".context")) == "First she said one thing . […] Then she said another ."
    assert "Nobody" not in page.get_text()


def test_the_chain_runs_from_the_speaker_to_the_publisher_in_one_sentence(
    client: Client, article: Source, ada: Speaker, published: Published
) -> None:
    herald = Publisher.objects.create(name="The Herald", slug="herald")
    wire = Publisher.objects.create(name="Wire One", slug="wire-one")
    eve = Speaker.objects.create(name="Eve Example", slug="eve-example")
    article.original_publisher, article.medium = herald, Source.Medium.DIGEST
    article.save()
    found = published(
        via=[eve, wire, herald],
        addressee="the envoys",
        occasion="a call",
        said_on=datetime.date(2031, 3, 1),
        said_on_precision="month",
    )
    chain = soup(client.get(found.get_absolute_url())).select_one(".chain")
    assert " ".join(chain.get_text().split()) == (
        "Ada Example, Spokeswoman, said this in March 2031 to the envoys (a call), relayed by Eve Example and Wire One, "
        "as reported by The Herald; digested here by The Gazette."
    )
    assert [link["href"] for link in chain.select("a")] == ["/speakers/ada-example/", "/speakers/eve-example/"]


def test_own_and_ascribed_readings_stand_apart_each_with_its_cell(
    client: Client, valley: Claim, northland: Party, southland: Party, published: Published
) -> None:
    found = published(
        positions=[
            {"claim": valley, "holder": northland, "stance": "conditional", "condition": "spring comes"},
            {"claim": valley, "holder": southland, "stance": "opposes", "rationale": "It doubts it."},
        ]
    )
    page = soup(client.get(found.get_absolute_url()))
    ascribed = page.select_one(".ascriptions").extract()
    own = page.select_one(".reading")
    assert "supports, if" in words(own)
    assert "If: spring comes" in words(own)
    assert words(ascribed.h3) == "What Ada Example says that others hold"
    assert "Why it is read so: It doubts it." in words(ascribed)
    assert own.select_one(".meta").find("a", string="In the comparison")["href"] == (
        "/topics/valley-talks/?cell=leave.northland#evidence"
    )
    for cell in (own, ascribed):
        assert client.get(cell.find("a", string="In the comparison")["href"].split("#")[0]).status_code == 200


def test_a_statement_of_several_parties_tells_each_claim_once(
    client: Client, valley: Claim, northland: Party, published: Published
) -> None:
    shire = Party.objects.create(name="The Shire", slug="shire", short_name="Shire", parent=northland)
    found = published(
        positions=[{"claim": valley, "holder": holder, "stance": "supports"} for holder in (northland, shire)]
    )
    reading = soup(client.get(found.get_absolute_url())).select(".reading")
    assert len(reading) == 1
    assert "position of Republic of Northland , The Shire" in words(reading[0])


def test_other_reports_of_the_same_utterance_are_linked_and_drafts_are_not(
    client: Client, draft: Draft, published: Published
) -> None:
    speech = Utterance.objects.create()
    found, other = (published(w, utterance=speech) for w in ("We go in spring", "and not before"))
    draft("Southland doubts it", utterance=speech)
    page = soup(client.get(found.get_absolute_url()))
    assert [words(q) for q in page.select("[aria-labelledby=also-title] .quotation")] == ["and not before"]
    assert page.select_one(f'a[href="{other.get_absolute_url()}"]')


def test_the_history_tells_public_moves_and_no_comment_of_a_return(
    client: Client, draft: Draft, ann: User, ray: User
) -> None:
    found = draft()
    found.submit(by=ann)
    found.return_(by=ray, comment="Zucchini is misspelt")
    found.submit(by=ann)
    found.publish(by=ray)
    found.correct(by=ray, comment="The role was wrong.", role="Envoy")
    page = client.get(found.get_absolute_url())
    history = [words(event).split(" ", 3)[3] for event in soup(page).select(".history li")]
    assert history == ["Recorded", "Published", "Corrected : The role was wrong."]
    assert "Zucchini" not in page.content.decode()
    assert "eturned" not in page.content.decode()


def test_a_withdrawn_statement_keeps_its_page_its_words_and_its_reason(
    client: Client, ray: User, published: Published
) -> None:
    found = published("We go in spring", kind="direct")
    found.withdraw(by=ray, comment="The Gazette took it back.")
    answer = client.get(found.get_absolute_url())
    page = soup(answer)
    assert answer.status_code == 200
    assert "Withdrawn on" in words(page.select_one(".notice.warn"))
    assert "Reason: The Gazette took it back." in words(page.select_one(".notice.warn"))
    assert words(page.select_one("del .quotation")) == "“We go in spring”"
    assert page.select_one('meta[name="robots"]')["content"] == "noindex"
    assert page.select_one('script[type="application/ld+json"]') is None
    assert "(withdrawn): http" in page.select_one("#citation").get_text()


def test_a_draft_is_to_others_as_if_it_were_not_there(
    client: Client, draft: Draft, ann: User, bob: User, ray: User, sam: User
) -> None:
    found = draft("Southland doubts it")
    for stranger in (None, sam, bob):
        if stranger:
            client.force_login(stranger)
        absent, hidden = client.get("/statements/222222222222/"), client.get(found.get_absolute_url())
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    for insider in (ann, ray):
        client.force_login(insider)
        answer = client.get(found.get_absolute_url())
        assert answer.status_code == 200
        assert "Not published (draft)." in words(soup(answer))


def test_a_quotation_keeps_its_language_and_direction_and_its_original(
    client: Client, article: Source, published: Published
) -> None:
    article.language = "ar"
    article.save()
    article.add_revision("قالت آدا: «سنغادر الوادي في الربيع».")
    found = published("سنغادر الوادي في الربيع", kind="direct", language="fr", original_quote="Nous partirons")
    page = soup(client.get(found.get_absolute_url()))
    quotation = page.select_one(".quotation.large")
    assert (quotation["lang"], quotation["dir"]) == ("ar", "auto")
    assert page.select_one(".context")["lang"] == "ar"
    original = page.find(string="Nous partirons").parent
    assert (original["lang"], original["dir"]) == ("fr", "auto")
    assert "French; the words here are in Arabic, so a translation" in words(page)


def test_the_citation_and_the_linked_data_lead_back_to_the_permalink(client: Client, published: Published) -> None:
    found = published("We go in spring", kind="direct", said_on=datetime.date(2031, 3, 1))
    page = soup(client.get(found.get_absolute_url()))
    link = f"http://testserver{found.get_absolute_url()}"
    citation = page.select_one("#citation")
    assert citation.has_attr("readonly")
    assert citation.get_text() == (
        "Ada Example (Spokeswoman), 1 March 2031, quoted: “We go in spring” In: Valley talks open. The Gazette, "
        f"2 March 2031. Parley, statement {found.public_id}, version {found.version}: {link}"
    )
    assert page.select_one("link[rel=canonical]")["href"] == link
    data = json.loads(page.select_one('script[type="application/ld+json"]').string)
    assert (data["@type"], data["text"], data["url"]) == ("Quotation", "We go in spring", link)


def test_hostile_words_cannot_become_markup(
    client: Client, article: Source, ada: Speaker, published: Published
) -> None:
    hostile = "</script><script>alert(1)</script>"
    open_text(article)
    article.title = f"Title {hostile}"
    article.save()
    article.add_revision(f"She said {hostile} twice.")
    ada.name = f"Ada {hostile}"
    ada.save()
    found = published(hostile, kind="direct", occasion=hostile, cue=hostile, note=hostile, role=hostile)
    for address in (found.get_absolute_url(), f"/sources/{article.public_id}/", "/speakers/ada-example/", "/search/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "alert(1)" in page, address
    data = soup(client.get(found.get_absolute_url())).select_one('script[type="application/ld+json"]').string
    assert json.loads(data)["text"] == hostile


@pytest.mark.parametrize("rows", [1, 3])
def test_a_statement_costs_the_same_queries_for_1_row_of_everything_and_for_3(
    client: Client,
    article: Source,
    valley: Claim,
    northland: Party,
    southland: Party,
    published: Published,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    open_text(article)
    speech = Utterance.objects.create()
    claims = [valley.topic.claims.create(slug=f"c{n}", label=f"C{n}", proposition="It is so.") for n in range(rows)]
    found: Statement = published(
        utterance=speech,
        via=[Publisher.objects.create(name=f"P{n}", slug=f"p{n}") for n in range(rows)],
        positions=[{"claim": claim, "holder": party, "stance": "supports"} for claim in claims for party in (northland, southland)],
    )  # fmt: skip
    for _ in range(rows):
        published("We go in spring", utterance=speech)
    with django_assert_num_queries(10):
        client.get(found.get_absolute_url())
