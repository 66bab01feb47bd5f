"""The shapes, by equality: what a program may build on."""

import json
from typing import Any

import pytest

from claims.models import Statement, Topic
from sources.models import Source
from tests.api.conftest import DEMO, Get

pytestmark = pytest.mark.django_db
CLAIM = {
    "full-withdrawal": {
        "topic": "gaza-ceasefire-talks",
        "slug": "full-withdrawal",
        "label": "Full Israeli withdrawal",
        "proposition": "Israeli forces withdraw from the whole of the Gaza Strip as part of a deal.",
    },
}
ISRAEL = {"slug": "israel", "name": "State of Israel"}
DESK = {"slug": "parley-demo-desk", "name": "Parley demonstration desk"}
MAYADEEN = {"slug": "al-mayadeen-english", "name": "Al Mayadeen English"}


def test_a_statement_is_told_as_the_contract_says(corpus: Topic, get: Get) -> None:
    row = Statement.objects.get(external_id="03-09")
    told = get(f"statements/{row.public_id}/")
    positions, reviewed_at = told.pop("positions"), told.pop("reviewed_at")
    assert told == {
        "id": row.public_id,
        "url": f"http://testserver/statements/{row.public_id}/",
        "quote": "Their main demand […] is that we withdraw all our troops from the Gaza Strip, put an end to the war, "
        "and leave Hamas alone. The State of Israel cannot accept these terms",
        "kind": "direct",
        "cue": "said",
        "language": "he",
        "original_quote": None,
        "said_on": "2024-05-05",
        "said_on_precision": "day",
        "said_on_as_printed": None,
        "occasion": "video message",
        "addressee": None,
        "state": "published",
        "version": row.version,
        "speaker": {
            "slug": "benjamin-netanyahu",
            "name": "Benjamin Netanyahu",
            "kind": "person",
            "role": "Prime Minister of Israel",
            "as_named": "he",
        },
        "party": ISRAEL,
        "via": [MAYADEEN],
        "source": {
            "id": row.source.public_id,
            "title": "Hamas team leaves Cairo for Doha; Netanyahu says Israel cannot accept its terms",
            "url": "https://english.almayadeen.net/news/politics/hamas-delegation-leaves-cairo--to-consult-negotiations-in-do",
            "published_on": "2024-05-05",
            "publisher": DESK,
            "original_publisher": MAYADEEN,
            "revision": 1,
        },
        "spans": [
            {
                "start": 956,
                "end": 973,
                "exact": "Their main demand",
                "prefix": "such as a permanent ceasefire. “",
                "suffix": "”, he said, “is that we withdraw",
            },
            {
                "start": 986,
                "end": 1133,
                "exact": "is that we withdraw all our troops from the Gaza Strip, put an end to the war, "
                "and leave Hamas alone. The State of Israel cannot accept these terms",
                "prefix": " “Their main demand”, he said, “",
                "suffix": "”.\n\nWithdrawing would be “a huge",
            },
        ],
        "utterance": "netanyahu-video-2024-05-05-demands",
        "note": "Date inferred. “said” is the original’s verb. Spoken in Hebrew; one of several English translations "
        "that differ in substance, so not his exact words. The original runs on without a break between the two passages.",
        "corrections": [],
    }
    assert reviewed_at is not None
    assert len(positions) == 6
    assert positions[0] == {
        "claim": CLAIM["full-withdrawal"],
        "holder": ISRAEL,
        "stance": "opposes",
        "strength": "strong",
        "condition": None,
        "rationale": "“cannot accept these terms”",
        "ascribed": False,
    }
    assert [(p["claim"]["slug"], p["holder"]["slug"], p["ascribed"]) for p in positions[3:]] == [
        ("full-withdrawal", "hamas", True),
        ("permanent-end", "hamas", True),
        ("hamas-out-of-power", "hamas", True),
    ]


def test_a_list_tells_a_statement_as_its_own_address_does(corpus: Topic, get: Get) -> None:
    rows = get("statements/", page_size=500)["results"]
    assert len(rows) == 98
    for row in rows[::20]:
        assert get(f"statements/{row['id']}/") == row


def test_a_condition_is_told_where_there_is_one_and_null_elsewhere(corpus: Topic, get: Get) -> None:
    rows = get("statements/", page_size=500)["results"]
    positions = [position for row in rows for position in row["positions"]]
    assert len(positions) == 177
    assert all((position["condition"] is None) == (position["stance"] != "conditional") for position in positions)


def test_a_correction_and_a_withdrawal_are_told_with_their_public_notes(get: Get, published: Any, ray: Any) -> None:
    statement = published()
    statement.correct(by=ray, comment="The verb was wrong.", cue="announced")
    statement.withdraw(by=ray, comment="Not said by her.")
    told = get(f"statements/{statement.public_id}/")
    assert (told["state"], told["cue"], told["version"]) == ("withdrawn", "announced", statement.version)
    assert [(note["kind"], note["note"]) for note in told["corrections"]] == [
        ("correct", "The verb was wrong."),
        ("withdraw", "Not said by her."),
    ]
    assert all(set(note) == {"at", "kind", "note"} for note in told["corrections"])


@pytest.mark.parametrize("on", sorted(json.loads((DEMO / "expected.json").read_text())))
def test_the_matrix_gives_the_answers_of_the_corpus(corpus: Topic, get: Get, on: str) -> None:
    expected = json.loads((DEMO / "expected.json").read_text())[on]
    told = get("topics/gaza-ceasefire-talks/matrix/", on=on)
    compared = ("stance", "count", "ascribed_count", "last_said_on", "shifted")
    found: dict[str, Any] = {}
    for cell in told["cells"]:
        found.setdefault(cell["claim"], {})[cell["party"]] = {name: cell[name] for name in compared}
    assert found == expected
    assert (told["topic"], told["on"]) == ("gaza-ceasefire-talks", on)


def test_the_matrix_has_the_contract_s_shape_and_its_silent_cells(corpus: Topic, get: Get) -> None:
    told = get("topics/gaza-ceasefire-talks/matrix/", on="2024-05-05")
    assert set(told) == {"topic", "on", "parties", "claims", "cells"}
    assert [(party["slug"], party["parent"]) for party in told["parties"]] == [
        ("hamas", None),
        ("israel", None),
        ("mediators", None),
        ("egypt", "mediators"),
        ("qatar", "mediators"),
        ("united-states", "mediators"),
    ]
    assert len(told["claims"]) == 11
    assert len(told["cells"]) == 66
    cells = {(cell["claim"], cell["party"]): cell for cell in told["cells"]}
    newest = Statement.objects.get(external_id="03-10")  # of the same day and digest as 03-09, and after it
    assert cells["full-withdrawal", "israel"] == {
        "claim": "full-withdrawal",
        "party": "israel",
        "stance": "opposes",
        "count": 2,  # 03-09 and 03-10
        "ascribed_count": 0,
        "first_said_on": "2024-05-05",
        "last_said_on": "2024-05-05",
        "shifted": False,
        "was": None,
        "contested": False,
        "stances": [{"stance": "opposes", "count": 2}],
        "ascribed": [],
        "latest": {
            "id": newest.public_id,
            "url": f"http://testserver/statements/{newest.public_id}/",
            "quote": "Withdrawing would be “a huge victory for Hamas, Iran”, he said; his cabinet held to its military "
            "aims.",
            "kind": "mixed",
            "speaker": {"slug": "benjamin-netanyahu", "name": "Benjamin Netanyahu"},
            "said_on": "2024-05-05",
            "said_on_precision": "day",
        },
    }
    silent = cells["full-withdrawal", "egypt"]
    assert (silent["stance"], silent["count"], silent["latest"], silent["last_said_on"]) == (None, 0, None, None)


def test_the_matrix_can_be_narrowed_and_leave_out_what_others_ascribe(corpus: Topic, get: Get) -> None:
    told = get("topics/gaza-ceasefire-talks/matrix/", parties="israel,hamas", kind="fact", ascribed="hide")
    assert [party["slug"] for party in told["parties"]] == ["israel", "hamas"]
    assert {claim["kind"] for claim in told["claims"]} == {"fact"}
    assert len(told["cells"]) == 2 * 3
    assert [(cell["ascribed_count"], cell["ascribed"]) for cell in told["cells"]] == [(0, [])] * 6


def test_a_source_and_its_text_are_told(corpus: Topic, get: Get, told: list[dict[str, Any]]) -> None:
    source = Statement.objects.get(external_id="03-09").source
    digest = json.loads((DEMO / "sources" / "03-al-mayadeen-hamas-leaves-cairo.json").read_text())
    assert get(f"sources/{source.public_id}/") == {
        "id": source.public_id,
        "permalink": f"http://testserver/sources/{source.public_id}/",
        "title": digest["source"]["title"],
        "url": digest["source"]["url"],
        "medium": "digest",
        "language": "en",
        "byline": None,
        "published_on": "2024-05-05",
        "licence": digest["source"]["licence"],
        "full_text_public": True,
        "note": digest["source"]["note"],
        "publisher": DESK,
        "original": {
            "title": "Hamas delegation leaves Cairo to consult negotiations in Doha",
            "url": digest["source"]["original"]["address"],
            "published_on": "2024-05-05",
            "publisher": MAYADEEN,
        },
    }
    text = get(f"sources/{source.public_id}/text/")
    assert (text["text"], text["revision"], text["id"]) == (digest["text"], 1, source.public_id)
    assert get(f"sources/{source.public_id}/text/", revision=1) == text


def test_spans_cut_the_words_from_the_text_by_code_points(corpus: Topic, get: Get) -> None:
    for row in get("statements/", page_size=500, publisher="al-mayadeen-english")["results"]:
        text = get(f"sources/{row['source']['id']}/text/")["text"]
        for span in row["spans"]:
            assert text[span["start"] : span["end"]] == span["exact"]
            assert text[: span["start"]].endswith(span["prefix"])
            assert text[span["end"] :].startswith(span["suffix"])


def test_speakers_parties_publishers_topics_and_claims_are_told(corpus: Topic, get: Get) -> None:
    assert get("speakers/ismail-haniyeh/") == {
        "slug": "ismail-haniyeh",
        "name": "Ismail Haniyeh",
        "kind": "person",
        "aliases": ["Ismail Haniya", "Ismail Haneyya"],
        "wikidata_id": None,
        "affiliations": [
            {
                "party": {"slug": "hamas", "name": "Hamas (Islamic Resistance Movement)"},
                "role": "Head of the political bureau of Hamas",
                "since": "2017-05-06",
                "until": "2024-07-31",
            }
        ],
    }
    assert get("parties/egypt/") == {
        "slug": "egypt",
        "name": "Arab Republic of Egypt",
        "short_name": "Egypt",
        "parent": "mediators",
        "wikidata_id": "Q79",
    }
    publisher = get("publishers/al-mayadeen-english/")
    assert set(publisher) == {"slug", "name", "kind", "country", "homepage"}
    topic = get("topics/gaza-ceasefire-talks/")
    assert topic["title"] == "Gaza ceasefire talks, December 2023 to September 2024"
    assert topic["parties"][3] == {
        "slug": "egypt",
        "name": "Arab Republic of Egypt",
        "short_name": "Egypt",
        "parent": "mediators",
        "role": "mediator",
    }
    claims = get("topics/gaza-ceasefire-talks/claims/")["results"]
    assert [claim["slug"] for claim in claims] == [
        claim["slug"] for claim in json.loads((DEMO / "topic.json").read_text())["claims"]
    ]
    claim = get("topics/gaza-ceasefire-talks/claims/full-withdrawal/")
    assert claim.items() >= CLAIM["full-withdrawal"].items()
    assert claim in claims


@pytest.mark.parametrize(
    ("path", "query", "slugs"),
    [
        ("parties/", {"parent": "mediators"}, ["egypt", "qatar", "united-states"]),
        ("parties/", {"parent": "nobody"}, []),
        ("speakers/", {"party": "egypt"}, ["badr-abdelatty", "egypt-foreign-ministry"]),
        ("topics/gaza-ceasefire-talks/claims/", {"kind": "fact", "page_size": "1"}, None),
    ],
)
def test_the_other_lists_have_filters_too(
    corpus: Topic, get: Get, path: str, query: Any, slugs: list[str] | None
) -> None:
    rows = get(path, **query)["results"]
    if slugs is None:
        assert [row["kind"] for row in rows] == ["fact"]
    else:
        assert [row["slug"] for row in rows] == slugs


def test_sources_can_be_narrowed_by_publisher_and_day(corpus: Topic, get: Get, told: list[dict[str, Any]]) -> None:
    def titles(**query: str) -> set[str]:
        return {row["title"] for row in get("sources/", page_size="500", **query)["results"]}

    sources = {row["source"]["slug"]: row["source"] for row in told}.values()
    assert titles() == {source["title"] for source in sources}
    assert titles(publisher="al-mayadeen-english") == {
        "Hamas team leaves Cairo for Doha; Netanyahu says Israel cannot accept its terms"
    }
    assert titles(published_after="2024-05-05", published_before="2024-05-06") == {
        source["title"] for source in sources if source["published_on"] in ("2024-05-05", "2024-05-06")
    }
    assert titles(medium="video") == set()
    assert titles(publisher="parley-demo-desk", language="en") == titles()


def test_a_text_that_its_licence_keeps_is_for_editors_alone(get: Get, client: Any, ann: Any, published: Any) -> None:
    source: Source = published().source
    refused = client.get(f"/api/v1/sources/{source.public_id}/text/")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "valley" not in refused.content.decode()
    client.force_login(ann)
    assert get(f"sources/{source.public_id}/text/")["text"].startswith("Northland will leave the valley")
    assert client.get(f"/api/v1/sources/{source.public_id}/text/?revision=2").status_code == 404
