"""Names and claims while somebody types, and the missing one made in place by who may."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from claims.models import Claim
from sources.models import Affiliation, Party, Publisher, Source, Speaker
from tests.conftest import TEXT, Draft


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [option.get("name") or option["label"] for option in answer.json()["options"]]


# Speakers


def test_a_speaker_is_found_by_parts_of_name_or_alias_in_any_order(bench: Any, ann: User, ada: Speaker) -> None:
    Speaker.objects.create(name="Bo Sample", slug="bo", aliases=["The Brave", "בו"])
    at = bench(ann)
    found = {typed: names(at.get("speakers/", q=typed)) for typed in ("exam AD", "brav", "בו", "zz", "a", "%")}
    assert found == {
        "exam AD": ["Ada Example"],
        "brav": ["Bo Sample"],
        "בו": ["Bo Sample"],
        "zz": [],
        "a": ["Ada Example", "Bo Sample"],
        "%": [],
    }


def test_party_and_role_are_those_of_the_day(
    bench: Any, ann: User, ada: Speaker, northland: Party, southland: Party
) -> None:
    ada.affiliations.update(until="2030-12-31")
    ada.affiliations.create(party=southland, role="Envoy", since="2031-01-01")
    at = bench(ann)
    told = {on: at.get("speakers/", q="ada", on=on).json()["options"][0] for on in ("2030-12-31", "2031-01-01", "")}
    assert [(told[on]["party"]["name"], told[on]["role"]) for on in told] == [
        ("Northland", "Spokeswoman"),
        ("Southland", "Envoy"),
        ("Southland", "Envoy"),  # of the day on which the source was printed
    ]
    assert at.get("speakers/", id=ada.pk, on="2030-01-01").json()["options"][0]["role"] == "Spokeswoman"
    assert at.get("speakers/", q="a", on="spring").status_code == 422


def test_before_anything_is_typed_the_speakers_of_this_article_come_first(
    bench: Any, ann: User, draft: Draft, ada: Speaker, article: Source
) -> None:
    bo = Speaker.objects.create(name="Bo Sample", slug="bo")
    Speaker.objects.create(name="Zed Unmentioned", slug="zed")
    named = Speaker.objects.create(name="House of Southland", slug="house")
    assert names(bench(ann).get("speakers/")) == [ada.name, named.name]
    draft(speaker=bo)
    assert names(bench(ann).get("speakers/")) == [bo.name, ada.name, named.name]


def test_a_missing_speaker_is_added_in_place(bench: Any, ann: User) -> None:
    answer = bench(ann).post("speakers/", {"name": "  Cy Nobody ", "kind": "person", "aliases": ["C. Nobody", ""]})
    assert answer.status_code == 201
    made = Speaker.objects.get()
    assert (made.name, made.slug, made.aliases, made.is_public) == ("Cy Nobody", "cy-nobody", ["C. Nobody"], False)
    assert answer.json()["id"] == made.pk


def test_slugs_of_like_or_foreign_names_do_not_meet(bench: Any, ann: User) -> None:
    at = bench(ann)
    for name in ("Cy Nobody", "Cy, Nobody", "أحمد", "דוד"):
        assert at.post("speakers/", {"name": name}).status_code == 201
    slugs = set(Speaker.objects.values_list("slug", flat=True))
    assert slugs == {"cy-nobody", "cy-nobody-2", "speaker", "speaker-2"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "ADA EXAMPLE"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "New", "kind": "horse"}, "kind"),
        ({"name": "New", "aliases": "x"}, "aliases"),
    ],
)
def test_a_speaker_that_cannot_be_added_says_why(
    given: dict[str, Any], field: str, bench: Any, ann: User, ada: Speaker
) -> None:
    answer = bench(ann).post("speakers/", given)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert Speaker.objects.get() == ada


def test_only_who_may_says_for_whom_a_new_speaker_speaks(bench: Any, ann: User, cleo: User, northland: Party) -> None:
    given = {"name": "Cy Nobody", "party": {"id": northland.pk}, "role": "Envoy"}
    assert bench(ann).post("speakers/", given).status_code == 403
    assert not Speaker.objects.exists()
    answer = bench(cleo).post("speakers/", given)
    assert (answer.status_code, answer.json()["role"]) == (201, "Envoy")
    assert Affiliation.objects.get().party == northland


# Claims


def test_claims_used_in_this_source_come_first(
    bench: Any, ann: User, draft: Draft, valley: Claim, northland: Party
) -> None:
    other = valley.topic.claims.create(slug="a", label="Another", proposition="It rains.", coding_rule="Rain.", rank=9)
    at = bench(ann)
    assert names(at.get("claims/")) == [valley.label, other.label]
    draft(positions=[{"claim": other, "holder": northland, "stance": "supports"}])
    assert names(at.get("claims/")) == [other.label, valley.label]
    assert names(at.get("claims/", q="rains")) == [other.label]
    assert names(at.get("claims/", q="VALLEY lea")) == [valley.label]
    option = at.get("claims/", q="anoth").json()["options"][0]
    assert (option["coding_rule"], option["kind"], option["topic"]["title"]) == (
        "Rain.",
        "proposal",
        "The valley talks",
    )


def test_a_missing_claim_is_added_by_who_may(bench: Any, ann: User, ray: User, cleo: User, valley: Claim) -> None:
    given = {
        "topic": valley.topic_id,
        "label": "Toll",
        "proposition": "A toll is paid.",
        "kind": "fact",
        "coding_rule": "When paid.",
    }
    for user in (ann, ray):
        assert bench(user).post("claims/", given).status_code == 403
    answer = bench(cleo).post("claims/", given)
    assert answer.status_code == 201
    made = Claim.objects.get(pk=answer.json()["id"])
    assert (made.topic, made.slug, made.kind, made.coding_rule, made.rank) == (
        valley.topic,
        "toll",
        "fact",
        "When paid.",
        1,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"topic": None}, "topic"), ({"proposition": ""}, "proposition"), ({"label": "x" * 121}, "label")],
)
def test_a_claim_that_cannot_be_added_says_why(
    change: dict[str, Any], field: str, bench: Any, cleo: User, valley: Claim
) -> None:
    given = {"topic": valley.topic_id, "label": "Toll", "proposition": "A toll is paid.", **change}
    answer = bench(cleo).post("claims/", given)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert Claim.objects.get() == valley


# Relays, and what the words tell


def test_relays_are_speakers_and_publishers_that_of_the_source_first(
    bench: Any, ann: User, ada: Speaker, article: Source
) -> None:
    Publisher.objects.create(name="A Wire", slug="wire")
    assert names(bench(ann).get("relays/")) == ["The Gazette", "A Wire", "Ada Example"]
    assert names(bench(ann).get("relays/", q="exam")) == ["Ada Example"]


def test_the_words_around_tell_kind_cue_speaker_and_party(bench: Any, ann: User, ada: Speaker, article: Source) -> None:
    at = TEXT.index("Northland will leave the valley")
    told = bench(ann).get("reading/", spans=f"{at}-{at + 31}").json()
    assert (told["kind"], told["cue"], told["speaker"]["name"], told["speaker_as_named"]) == (
        "indirect",
        "said",
        "Ada Example",
        "Ada Example",
    )
    assert (told["party"]["name"], told["role"], told["said_on"], told["sure"]) == (
        "Northland",
        "Spokeswoman",
        "2031-03-02",
        True,
    )
    first, second = (TEXT.index(words) for words in ("We go in spring,", "and not before."))
    told = bench(ann).get("reading/", spans=f"{first}-{first + 16},{second}-{second + 15}").json()
    assert (told["kind"], told["cue"], told["speaker"]["name"]) == ("direct", "added", "Ada Example")


@pytest.mark.parametrize("spans", ["", "x", "5", "9-5", "0-99999", "1-2-3", "-1-4", "1-1_0", "١-٤"])
def test_places_that_are_none_are_refused(spans: str, bench: Any, ann: User) -> None:
    answer = bench(ann).get("reading/", spans=spans)
    assert answer.status_code == 422
    assert answer.json()["error"]
