"""Every filter of the statements, against answers worked out from the corpus's own files."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from claims.filters import FILTERS
from claims.models import Statement, Topic
from tests.api.conftest import Get

pytestmark = pytest.mark.django_db
Told = dict[str, Any]


def ascribed(row: Told, position: Told, parents: dict[str, str | None]) -> bool:
    """The README's second rule: own, if the party is the holder, its parent or its child; else ascribed."""
    party, holder = row["party"], position["holder"]
    return not (party and (party == holder or parents[holder] == party or parents[party] == holder))


def takes(**wanted: str) -> Callable[[Told], bool]:
    """Has one position that meets all of this."""
    return lambda row: any(
        all(position[name] == value for name, value in wanted.items()) for position in row["positions"]
    )


PLAIN: list[tuple[dict[str, Any], Callable[[Told], bool], int]] = [
    ({}, lambda row: True, 98),
    ({"topic": "gaza-ceasefire-talks"}, lambda row: bool(row["positions"]), 76),
    ({"claim": "full-withdrawal"}, takes(claim="full-withdrawal"), 12),
    ({"claim": "gaza-ceasefire-talks/full-withdrawal"}, takes(claim="full-withdrawal"), 12),
    (
        {"claim": "full-withdrawal,hostages-freed-124"},
        lambda row: takes(claim="full-withdrawal")(row) or takes(claim="hostages-freed-124")(row),
        15,
    ),
    ({"holder": "israel"}, takes(holder="israel"), 22),
    ({"holder": ["israel", "hamas"]}, lambda row: takes(holder="israel")(row) or takes(holder="hamas")(row), 38),
    ({"stance": "declined"}, takes(stance="declined"), 1),
    ({"stance": "neutral"}, takes(stance="neutral"), 0),
    (
        {"claim": "full-withdrawal", "holder": "israel", "stance": "opposes"},
        takes(claim="full-withdrawal", holder="israel", stance="opposes"),
        3,
    ),
    ({"holder": "hamas", "stance": "opposes"}, takes(holder="hamas", stance="opposes"), 2),
    ({"party": "mediators"}, lambda row: row["party"] == "mediators", 10),
    ({"party": "egypt,qatar"}, lambda row: row["party"] in ("egypt", "qatar"), 14),
    ({"speaker": "benjamin-netanyahu"}, lambda row: row["speaker"] == "benjamin-netanyahu", 16),
    (
        {"publisher": "al-mayadeen-english"},
        lambda row: row["source"]["original"]["publisher"] == "al-mayadeen-english",
        13,
    ),
    ({"publisher": "parley-demo-desk"}, lambda row: True, 98),
    ({"kind": "direct"}, lambda row: row["kind"] == "direct", 18),
    ({"kind": "direct,mixed"}, lambda row: row["kind"] != "indirect", 44),
    ({"said_after": "2024-08-18"}, lambda row: row["said_on"] >= "2024-08-18", 18),
    ({"said_before": "2023-12-19"}, lambda row: row["said_on"] <= "2023-12-19", 3),
    (
        {"said_after": "2024-05-05", "said_before": "2024-05-05", "holder": "israel"},
        lambda row: row["said_on"] == "2024-05-05" and takes(holder="israel")(row),
        5,
    ),
    ({"published_after": "2024-08-18"}, lambda row: row["source"]["published_on"] >= "2024-08-18", 18),
    ({"language": "he"}, lambda row: row["language"] == "he", 11),
    ({"language": "he,ar"}, lambda row: row["language"] in ("he", "ar"), 44),
    (
        {"party": "united-states", "holder": "israel"},
        lambda row: row["party"] == "united-states" and takes(holder="israel")(row),
        5,
    ),
    (
        {"publisher": "al-mayadeen-english", "kind": "direct", "claim": "permanent-end", "stance": "opposes"},
        lambda row: (
            row["source"]["original"]["publisher"] == "al-mayadeen-english"
            and row["kind"] == "direct"
            and takes(claim="permanent-end", stance="opposes")(row)
        ),
        1,
    ),
]


@pytest.mark.parametrize(("query", "wanted", "count"), PLAIN, ids=[str(case[0]) for case in PLAIN])
def test_a_filter_finds_what_the_corpus_says(
    corpus: Topic, get: Get, told: list[Told], names: dict[str, str], query: Told, wanted: Any, count: int
) -> None:
    found = [names[row["id"]] for row in get("statements/", page_size=500, **query)["results"]]
    assert sorted(found) == sorted(row["id"] for row in told if wanted(row))
    assert len(found) == count


@pytest.mark.parametrize("asked", ["true", "false"])
@pytest.mark.parametrize("more", [{}, {"holder": "israel"}, {"claim": "permanent-end", "stance": "opposes"}])
def test_ascribed_and_own_are_told_apart_position_by_position(
    corpus: Topic, get: Get, told: list[Told], names: dict[str, str], parents: Any, asked: str, more: dict[str, str]
) -> None:
    def wanted(row: Told) -> bool:
        return any(
            ascribed(row, position, parents) is (asked == "true")
            and all(position[name] == value for name, value in more.items())
            for position in row["positions"]
        )

    found = {names[row["id"]] for row in get("statements/", page_size=500, ascribed=asked, **more)["results"]}
    assert found == {row["id"] for row in told if wanted(row)}
    assert found


def test_position_filters_speak_of_one_and_the_same_position(
    corpus: Topic, get: Get, told: list[Told], names: dict[str, str]
) -> None:
    """03-09 opposes (Israel, full withdrawal) and supports (Hamas, full withdrawal): not Hamas opposes it."""
    query = {"claim": "full-withdrawal", "holder": "hamas", "stance": "opposes"}
    assert "03-09" not in {names[row["id"]] for row in get("statements/", **query)["results"]}
    query["stance"] = "supports"
    assert "03-09" in {names[row["id"]] for row in get("statements/", **query)["results"]}


def test_a_source_filter_finds_its_statements(corpus: Topic, get: Get, told: list[Told], names: dict[str, str]) -> None:
    source = Statement.objects.get(external_id="03-09").source
    found = {names[row["id"]] for row in get("statements/", source=source.public_id)["results"]}
    assert found == {row["id"] for row in told if row["id"].startswith("03-")}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ('"huge victory"', {"03-10"}),
        ("netanyahu huge victory", {"03-10"}),
        ('"leave Hamas alone" -victory', {"03-09"}),
        ("UNRWA or unsourced", {"03-12", "03-13"}),
        ("zzyzx", set()),
        ("!!! ((", set()),
    ],
)
def test_words_are_searched_as_on_the_web(
    corpus: Topic, get: Get, names: dict[str, str], q: str, expected: set[str]
) -> None:
    assert {names[row["id"]] for row in get("statements/", q=q)["results"]} == expected


def test_a_month_counts_as_said_on_its_last_day(get: Get, published: Any) -> None:
    published(said_on="2031-02-01", said_on_precision="month")
    get = partial(get, speaker="ada-example")
    assert len(get("statements/", said_after="2031-02-28")["results"]) == 1
    assert len(get("statements/", said_before="2031-02-27")["results"]) == 0
    assert len(get("statements/", said_before="2031-02-28")["results"]) == 1


def test_a_language_filter_finds_its_varieties_in_any_case(get: Get, published: Any) -> None:
    published(language="ar-EG")
    get = partial(get, speaker="ada-example")
    assert len(get("statements/", language="AR")["results"]) == 1
    assert len(get("statements/", language="ar-eg")["results"]) == 1
    assert len(get("statements/", language="ar-LB")["results"]) == 0


def test_what_does_not_exist_finds_nothing(corpus: Topic, get: Get) -> None:
    nothing = {"next": None, "previous": None, "results": []}
    for name in ("topic", "claim", "holder", "party", "speaker", "publisher"):
        assert get("statements/", **{name: "nobody-of-that-name"}) == nothing
    assert get("statements/", source="222222222222") == nothing
    assert get("statements/", claim="another-topic/full-withdrawal") == nothing
    # An absent name beside a present one takes nothing away.
    assert len(get("statements/", claim="nobody,full-withdrawal", page_size=500)["results"]) == 12


def test_an_empty_value_is_no_filter(corpus: Topic, get: Get) -> None:
    assert len(get("statements/", party="", said_after="", q=" ", page_size=500)["results"]) == 98


def test_withdrawn_statements_are_listed_where_they_are_asked_for(get: Get, published: Any, ray: Any) -> None:
    gone, stays = published(), published("Southland doubts it")
    gone.withdraw(by=ray, comment="Not said by her.")
    get = partial(get, speaker="ada-example")
    assert [row["id"] for row in get("statements/")["results"]] == [stays.public_id]
    assert [row["id"] for row in get("statements/", state="withdrawn")["results"]] == [gone.public_id]
    both = get("statements/", state="withdrawn,published")["results"]
    assert {row["id"] for row in both} == {gone.public_id, stays.public_id}


def test_every_filter_is_tried_here() -> None:
    tried = {name for query, _, _ in PLAIN for name in query} | {"ascribed", "source", "q", "state"}
    assert tried == {parameter.name for parameter in FILTERS}
