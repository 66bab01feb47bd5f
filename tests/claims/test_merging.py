"""Duplicates made one, and two again: what moves, what stands against it, and where the old addresses lead."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client

from claims import history
from claims.comparison import compare
from claims.merging import merge_claims, merge_speakers, undo
from claims.models import Assessment, Claim, Position, Relay, Statement, Topic
from sources.models import Affiliation, Party, Publisher, Source, Speaker
from tests.conftest import Draft, Published
from tests.html import soup, words


@pytest.fixture
def twin(northland: Party) -> Speaker:
    """Ada Example once more, under another name."""
    return Speaker.objects.create(name="A. Example", slug="a-example", aliases=["Mrs Example"], wikidata_id="Q7")


@pytest.fixture
def go(valley: Claim) -> Claim:
    """The claim of the valley once more, in other words."""
    return valley.topic.claims.create(slug="go", label="Go away", proposition="Northland goes away.", rank=2)


def held(claim: Claim, holder: Party, stance: str = "supports", **fields: str) -> dict[str, Any]:
    return {"claim": claim, "holder": holder, "stance": stance, **fields}


def matrix() -> list[tuple[Any, ...]]:
    """What every cell of every topic says."""
    cells = [cell for table in compare(Topic.objects.with_parties()) for cell in table.cells]
    return [(c.claim.slug, c.party.slug, c.stance, c.count, c.latest and c.latest.speaker.slug) for c in cells]


def everything() -> dict[str, Any]:
    """All that a merge may touch, as it stands."""
    return {
        "statements": list(Statement.objects.order_by("pk").values_list("pk", "speaker", "state")),
        "relays": list(Relay.objects.order_by("statement", "rank").values_list("statement", "rank", "speaker")),
        "affiliations": sorted(Affiliation.objects.values_list("speaker", "party", "role", "since", "until"), key=repr),
        "positions": sorted(Position.objects.values_list("statement", "claim", "holder", "stance", "rationale")),
        "assessments": list(Assessment.objects.order_by("pk").values_list("pk", "claim")),
        "speakers": list(
            Speaker.objects.order_by("pk").values_list("name", "aliases", "wikidata_id", "is_public", "merged_into")
        ),
        "claims": list(Claim.objects.order_by("pk").values_list("slug", "merged_into")),
        "matrix": matrix(),
    }


# Speakers


def test_all_that_was_the_duplicates_is_the_others_and_its_names_are_aliases(
    ada: Speaker, twin: Speaker, published: Published, draft: Draft, cleo: User, valley: Claim, northland: Party
) -> None:
    twin.affiliations.create(party=northland, role="Envoy", since=datetime.date(2031, 1, 1))
    spoken, unseen = published(speaker=twin, positions=[held(valley, northland)]), draft(speaker=twin)
    relayed = published("Southland doubts it", via=[twin, Publisher.objects.get()])
    merge = merge_speakers(twin, into=ada, by=cleo)
    assert set(Statement.objects.values_list("speaker", flat=True)) == {ada.pk}
    assert [link.who for link in relayed.relays.all()] == [ada, Publisher.objects.get()]
    assert sorted(ada.affiliations.values_list("role", flat=True)) == ["Envoy", "Spokeswoman"]
    ada.refresh_from_db()
    assert (ada.aliases, ada.wikidata_id) == (["A. Example", "Mrs Example"], "Q7")
    assert merge.moved["statements"] == [spoken.pk, unseen.pk]
    assert Statement.objects.search("“Mrs Example”").count() == 3
    assert list(Speaker.objects.unmerged()) == [ada]


def test_undoing_a_merge_puts_everything_back_as_it_was(
    ada: Speaker, twin: Speaker, published: Published, cleo: User, valley: Claim, northland: Party
) -> None:
    twin.affiliations.create(party=northland, role="Envoy")
    twin.affiliations.create(party=northland, role="Spokeswoman")  # both have this one
    published(speaker=twin, positions=[held(valley, northland)])
    published("Southland doubts it", via=[twin, ada, Publisher.objects.get()])  # one person, twice in a chain
    before = everything()
    merge = merge_speakers(twin, into=ada, by=cleo)
    assert everything() != before
    assert matrix()[0] == ("leave", "northland", "supports", 1, "ada-example")
    undo(merge, by=cleo)
    assert everything() == before
    merge.refresh_from_db()
    assert merge.undone_by == cleo


def test_who_was_never_public_is_not_public_after_an_undone_merge(
    ada: Speaker, twin: Speaker, published: Published, cleo: User
) -> None:
    published(speaker=twin)
    merge = merge_speakers(twin, into=ada, by=cleo)
    ada.refresh_from_db()
    assert ada.is_public
    undo(merge, by=cleo)
    ada.refresh_from_db()
    assert not ada.is_public


def test_what_was_changed_since_stays_when_a_merge_is_undone(
    ada: Speaker, twin: Speaker, draft: Draft, ann: User, cleo: User
) -> None:
    eve = Speaker.objects.create(name="Eve Example", slug="eve-example")
    changed, kept, gone = draft(speaker=twin), draft(speaker=twin), draft(speaker=twin)
    merge = merge_speakers(twin, into=ada, by=cleo)
    for statement in (changed, gone):
        statement.refresh_from_db()
    changed.edit(by=ann, speaker=eve)
    gone.discard(by=ann)
    version = changed.version
    undo(merge, by=cleo)
    for statement in (changed, kept):
        statement.refresh_from_db()
    assert (changed.speaker, changed.version, kept.speaker) == (eve, version, twin)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"wikidata_id": "Q8"}, "They are two in Wikidata: Q7 and Q8."),
        ({}, "A speaker never speaks for two parties at once: Envoy (Southland, 2031-01-01 to now), and "),
    ],
)
def test_two_that_cannot_be_one_are_refused_and_nothing_moves(
    fields: dict[str, str], problem: str, ada: Speaker, twin: Speaker, southland: Party, draft: Draft, cleo: User
) -> None:
    Speaker.objects.filter(pk=ada.pk).update(**fields or {"wikidata_id": ""})
    if not fields:
        twin.affiliations.create(party=southland, role="Envoy", since=datetime.date(2031, 1, 1))
    draft(speaker=twin)
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        merge_speakers(twin, into=ada, by=cleo)
    assert refusal.value.messages[0].startswith(problem)
    assert everything() == before


def test_an_affiliation_that_ends_on_another_day_is_named(
    ada: Speaker, twin: Speaker, northland: Party, cleo: User
) -> None:
    twin.affiliations.create(party=northland, role="Spokeswoman", until=datetime.date(2032, 1, 1))
    with pytest.raises(ValidationError, match="ends on another day"):
        merge_speakers(twin, into=ada, by=cleo)


def test_only_a_chief_merges_and_undoes(ada: Speaker, twin: Speaker, ann: User, ray: User, cleo: User) -> None:
    for stranger in (ann, ray):
        with pytest.raises(PermissionDenied):
            merge_speakers(twin, into=ada, by=stranger)
    merge = merge_speakers(twin, into=ada, by=cleo)
    for stranger in (ann, ray):
        with pytest.raises(PermissionDenied):
            undo(merge, by=stranger)


def test_a_duplicate_of_a_duplicate_leads_to_the_last_and_comes_back_in_turn(
    ada: Speaker, twin: Speaker, draft: Draft, cleo: User
) -> None:
    third = Speaker.objects.create(name="Ada E.", slug="ada-e")
    statement = draft(speaker=twin)
    first, second = merge_speakers(twin, into=ada, by=cleo), merge_speakers(ada, into=third, by=cleo)
    twin.refresh_from_db()
    assert twin.merged_into == third
    with pytest.raises(ValidationError, match="undo that first"):
        undo(first, by=cleo)
    undo(second, by=cleo)
    undo(first, by=cleo)
    statement.refresh_from_db()
    assert statement.speaker == twin
    with pytest.raises(ValidationError, match="has undone this merge already"):
        undo(first, by=cleo)
    assert list(Speaker.objects.exclude(merged_into=None)) == []


def test_what_is_merged_is_not_merged_again(ada: Speaker, twin: Speaker, cleo: User) -> None:
    merge_speakers(twin, into=ada, by=cleo)
    for one, into in ((twin, ada), (ada, twin), (ada, ada)):
        with pytest.raises(ValidationError, match=r"already|one and the same"):
            merge_speakers(Speaker.objects.get(pk=one.pk), into=Speaker.objects.get(pk=into.pk), by=cleo)


def test_what_is_written_for_a_duplicate_goes_to_the_other(
    ada: Speaker, twin: Speaker, draft: Draft, cleo: User, valley: Claim, go: Claim, northland: Party
) -> None:
    merge_speakers(twin, into=ada, by=cleo)
    merge_claims(go, into=valley, by=cleo)
    statement = draft(speaker=twin, via=[twin], positions=[held(go, northland)])
    Affiliation.objects.bulk_create([Affiliation(speaker=twin, party=northland, role="Envoy")])
    statement.refresh_from_db()
    assert (statement.speaker, statement.relays.get().speaker) == (ada, ada)
    assert statement.positions.get().claim == valley
    assert not twin.affiliations.exists()


def test_a_merge_makes_a_version_signed_by_the_chief_and_tells_the_public_why(
    ada: Speaker, twin: Speaker, published: Published, cleo: User
) -> None:
    statement = published(speaker=twin)
    merge = merge_speakers(twin, into=ada, by=cleo)
    undo(merge, by=cleo)
    assert [(v.number, v.by) for v in history.versions(statement)][3:] == [(4, cleo), (5, cleo)]
    assert [(c.what, c.note, [(x.before, x.after) for x in c.changes]) for c in history.corrections(statement)] == [
        ("Changed", history.MERGED, [("A. Example", "Ada Example")]),
        ("Changed", history.PARTED, [("Ada Example", "A. Example")]),
    ]


# Claims


def test_claims_are_made_one_and_two_again_and_the_matrix_follows(
    published: Published, draft: Draft, cleo: User, valley: Claim, go: Claim, northland: Party, southland: Party
) -> None:
    published(positions=[held(go, northland), held(valley, southland, "opposes")])
    both = published("We go in spring", positions=[held(go, northland, rationale="a"), held(valley, northland)])
    draft("Southland doubts it", positions=[held(go, southland)])
    before = everything()
    assert [row[:4] for row in before["matrix"]] == [
        ("leave", "northland", "supports", 1),
        ("leave", "southland", None, 0),
        ("go", "northland", "supports", 2),
        ("go", "southland", None, 0),
    ]
    merge = merge_claims(go, into=valley, by=cleo)
    assert [row[:4] for row in matrix()] == [
        ("leave", "northland", "supports", 2),
        ("leave", "southland", None, 0),
    ]
    assert both.positions.count() == 1
    call_command("check_consistency", verbosity=0)
    undo(merge, by=cleo)
    assert everything() == before
    call_command("check_consistency", verbosity=0)


def test_two_stances_of_one_holder_in_one_statement_stand_against_it(
    published: Published, cleo: User, valley: Claim, go: Claim, northland: Party
) -> None:
    found = published(positions=[held(go, northland), held(valley, northland, "opposes")])
    with pytest.raises(ValidationError, match=rf"Northland has “supports” on the one .*{found.public_id}"):
        merge_claims(go, into=valley, by=cleo)
    assert found.positions.count() == 2


def test_claims_of_two_topics_or_kinds_are_not_one(cleo: User, valley: Claim, go: Claim) -> None:
    Claim.objects.filter(pk=go.pk).update(kind="fact", topic=Topic.objects.create(title="Other", slug="other"))
    go.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        merge_claims(go, into=valley, by=cleo)
    assert refusal.value.messages == ["They are claims of two topics.", "One is a proposal and the other a fact."]


def test_verdicts_move_with_their_claim(cleo: User, valley: Claim, go: Claim) -> None:
    Claim.objects.update(kind="fact")
    verdict = Assessment.objects.create(claim=go, rating="true", rationale="Seen.", assessed_by=cleo)
    merge = merge_claims(Claim.objects.get(pk=go.pk), into=Claim.objects.get(pk=valley.pk), by=cleo)
    verdict.refresh_from_db()
    assert verdict.claim == valley
    undo(merge, by=cleo)
    verdict.refresh_from_db()
    assert verdict.claim == go


# Old addresses


@pytest.fixture
def merged(
    ada: Speaker, twin: Speaker, published: Published, cleo: User, valley: Claim, go: Claim, northland: Party
) -> Statement:
    """A published statement whose speaker and claim were duplicates."""
    statement = published(speaker=twin, positions=[held(go, northland)])
    merge_speakers(twin, into=ada, by=cleo)
    merge_claims(go, into=valley, by=cleo)
    return statement


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/speakers/a-example/?cursor=x", "/speakers/ada-example/?cursor=x"),
        ("/topics/valley-talks/claims/go/?on=2031-03-02", "/topics/valley-talks/claims/leave/?on=2031-03-02"),
        ("/api/v1/speakers/a-example/", "/api/v1/speakers/ada-example/"),
        ("/api/v1/topics/valley-talks/claims/go/", "/api/v1/topics/valley-talks/claims/leave/"),
    ],
)
def test_the_old_address_leads_to_the_new_one(old: str, new: str, client: Client, merged: Statement) -> None:
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, new)
    assert answer["Cache-Control"] == "no-cache"  # a merge can be undone
    assert client.get(new.split("?")[0]).status_code == 200


@pytest.mark.parametrize("query", ["speaker=a-example", "claim=go", "claim=valley-talks/go"])
def test_filters_read_the_old_slug_as_the_new_one(query: str, client: Client, merged: Statement) -> None:
    found = client.get(f"/api/v1/statements/?{query}").json()["results"]
    assert [row["id"] for row in found] == [merged.public_id]
    assert len(soup(client.get(f"/search/?{query}")).select(".statement")) == 1


def test_a_cell_opens_by_the_old_slug_of_its_claim(client: Client, merged: Statement) -> None:
    for headers in ({}, {"HX-Request": "true", "HX-Target": "evidence"}):
        page = client.get("/topics/valley-talks/?cell=go.northland", headers=headers)
        assert words(soup(page).select_one("#evidence .quotation")) == merged.quote


def test_duplicates_are_in_no_list_look_up_or_search(
    client: Client, merged: Statement, article: Source, cleo: User
) -> None:
    def names(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    assert "a-example" not in names("/api/v1/speakers/").replace("ada-example", "")
    assert "Go away" not in names("/api/v1/topics/valley-talks/claims/")
    assert "Go away" not in names("/api/v1/topics/valley-talks/matrix/")
    assert "Go away" not in names("/topics/valley-talks/") + names("/search/?q=away") + names("/search/")
    assert "/speakers/a-example/" not in names("/search/?q=Example") + names("/search/")
    client.force_login(cleo)
    people = "/admin/autocomplete/?app_label=claims&model_name=statement&field_name=speaker&term=Example"
    claims = "/admin/autocomplete/?app_label=claims&model_name=position&field_name=claim&term="
    assert [row["text"] for row in client.get(people).json()["results"]] == ["Ada Example"]
    assert [row["text"] for row in client.get(claims).json()["results"]] == ["Leave the valley"]
    bench = f"/admin/sources/source/{article.pk}/annotate"
    for query in ("", "?q=Example"):
        assert [row["name"] for row in options(client, f"{bench}/speakers/{query}")] == ["Ada Example"]
    assert [row["label"] for row in options(client, f"{bench}/claims/")] == ["Leave the valley"]
    assert options(client, f"{bench}/claims/?q=away") == []


def options(client: Client, address: str) -> list[dict[str, Any]]:
    return client.get(address).json()["options"]


def test_nothing_tells_a_stranger_of_a_duplicate_that_was_never_public(
    client: Client, ada: Speaker, twin: Speaker, published: Published, cleo: User
) -> None:
    published()
    merge_speakers(twin, into=ada, by=cleo)
    assert client.get("/speakers/a-example/").status_code == 404
    assert client.get("/api/v1/speakers/a-example/").status_code == 404
    assert client.get("/api/v1/statements/?speaker=a-example").json()["results"] == []


def test_an_import_that_names_duplicates_goes_to_the_others(corpus: Topic, cleo: User) -> None:
    newsroom, correspondent = (
        Speaker.objects.get(slug=f"al-mayadeen-{name}") for name in ("newsroom", "correspondent")
    )
    one, into = (corpus.claims.get(slug=slug) for slug in ("limited-pause", "three-phase-proposal"))
    merge_speakers(newsroom, into=correspondent, by=cleo)
    merge_claims(one, into=into, by=cleo)
    before = everything()
    call_command("load_demo", verbosity=0)
    assert everything() == before
    call_command("check_consistency", verbosity=0)
