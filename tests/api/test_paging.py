"""Walking a list: every row once, in order, both ways, whatever arrives meanwhile; at a fixed number of queries."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from claims.models import Statement, Topic
from tests.api.conftest import Get

pytestmark = pytest.mark.django_db


def walk(get: Get, page: Any, side: str) -> Iterator[Any]:
    while page:
        yield page
        page = get(page[side]) if page[side] else None


def ids(pages: list[Any]) -> list[str]:
    return [row["id"] for page in pages for row in page["results"]]


@pytest.mark.parametrize(
    "query", [{}, {"topic": "gaza-ceasefire-talks"}, {"q": "hamas"}, {"state": "published,withdrawn"}]
)
def test_a_walk_meets_every_row_once_and_back_again(corpus: Topic, get: Get, query: dict[str, str]) -> None:
    everything = get("statements/", page_size=500, **query)
    assert (everything["next"], everything["previous"]) == (None, None)
    pages = list(walk(get, get("statements/", page_size=7, **query), "next"))
    assert ids(pages) == ids([everything])
    assert all(len(page["results"]) == 7 for page in pages[:-1])
    assert pages[0]["previous"] is None
    back = list(walk(get, pages[-1], "previous"))
    assert ids(back[::-1]) == ids([everything])
    assert [page["results"] for page in back[::-1]] == [page["results"] for page in pages]


def test_a_walk_of_all_98_is_newest_first(corpus: Topic, get: Get) -> None:
    rows = [row for page in walk(get, get("statements/", page_size=7), "next") for row in page["results"]]
    assert len({row["id"] for row in rows}) == 98
    assert [row["said_on"] for row in rows] == sorted((row["said_on"] for row in rows), reverse=True)


@pytest.mark.parametrize(
    "path", ["sources/", "speakers/", "publishers/", "parties/", "topics/gaza-ceasefire-talks/claims/"]
)
def test_the_other_lists_are_walked_alike(corpus: Topic, get: Get, path: str) -> None:
    everything = get(path, page_size=500)["results"]
    pages = list(walk(get, get(path, page_size=3), "next"))
    assert [row for page in pages for row in page["results"]] == everything
    back = list(walk(get, pages[-1], "previous"))
    assert [row for page in back[::-1] for row in page["results"]] == everything
    assert len(everything) > 3


@pytest.mark.parametrize("said_on", ["2031-01-01", "2024-05-05", "2020-01-01"])
def test_rows_that_arrive_meanwhile_move_no_other(corpus: Topic, get: Get, published: Any, said_on: str) -> None:
    """Newer than all, of a day in the middle (which many rows share), older than all."""
    before = ids([get("statements/", page_size=500)])
    passages = iter(["Northland will", "leave the valley", "said Ada Example", "she added", "Southland doubts it"] * 4)
    met: list[str] = []
    page = get("statements/", page_size=7)
    while page:
        met += [row["id"] for row in page["results"]]
        published(next(passages), said_on=said_on)
        page = get(page["next"]) if page["next"] else None
    assert len(met) == len(set(met))
    assert [public_id for public_id in met if public_id in before] == before


def test_a_row_that_is_withdrawn_meanwhile_moves_no_other(corpus: Topic, get: Get, ray: Any) -> None:
    first = get("statements/", page_size=7)
    expected = ids([get(first["next"])])
    edge = Statement.objects.get(public_id=first["results"][-1]["id"])
    edge.withdraw(by=ray, comment="To see whether the next page minds.")
    assert ids([get(first["next"])]) == expected


def test_a_cursor_holds_no_serial_key(corpus: Topic, get: Get) -> None:
    page = get("statements/", page_size=7)
    cursor = page["next"].split("cursor=")[1]
    said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    last = page["results"][-1]
    assert said == ["next", last["said_on"], last["id"]]


def test_a_draft_that_goes_meanwhile_costs_no_row(
    get: Get, client: Client, draft: Any, published: Any, ann: Any
) -> None:
    kept = [draft("Northland will", said_on="2031-02-01"), draft("leave the valley", said_on="2031-02-01")]
    going = draft("she added", said_on="2031-02-01")
    client.force_login(ann)
    page = get("statements/", state="draft", page_size=1)
    assert ids([page]) == [going.public_id]
    going.delete()
    rest = [row for found in walk(get, get(page["next"]), "next") for row in found["results"]]
    assert {row["id"] for row in rest} == {statement.public_id for statement in kept}


def test_page_size_is_50_and_500_at_most(corpus: Topic, get: Get, client: Client) -> None:
    assert len(get("statements/")["results"]) == 50
    assert client.get("/api/v1/statements/?page_size=501").status_code == 400


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("path", "query", "queries"),
    [
        ("statements/", {}, 3),  # keys, statements, positions
        ("statements/", {"q": "hamas"}, 3),
        (
            "statements/",
            {"topic": "gaza-ceasefire-talks", "party": "hamas", "said_after": "2024-05-01"},
            4,
        ),  # and names
        ("statements/", {"state": "published,withdrawn", "holder": "hamas"}, 4),
        ("sources/", {}, 1),
        ("speakers/", {}, 2),
        ("publishers/", {}, 1),
        ("parties/", {}, 1),
        ("topics/gaza-ceasefire-talks/claims/", {}, 2),
    ],
)
def test_a_list_costs_the_same_queries_whatever_its_size(
    corpus: Topic, get: Get, django_assert_num_queries: Any, path: str, query: Any, queries: int, size: int
) -> None:
    with django_assert_num_queries(queries):
        assert len(get(path, page_size=size, **query)["results"]) == size
    second = get(path, page_size=size, **query)["next"]
    with django_assert_num_queries(queries):
        get(second)


def test_a_statement_a_topic_and_a_matrix_have_their_price(
    corpus: Topic, get: Get, django_assert_num_queries: Any
) -> None:
    public_id = Statement.objects.get(external_id="03-09").public_id
    with django_assert_num_queries(3):
        get(f"statements/{public_id}/")
    with django_assert_num_queries(2):
        get("topics/")
    with django_assert_num_queries(6):
        get("topics/gaza-ceasefire-talks/matrix/")


def test_no_page_counts_or_skips_rows(corpus: Topic, get: Get, django_assert_max_num_queries: Any) -> None:
    page = get("statements/", page_size=7, topic="gaza-ceasefire-talks")
    with django_assert_max_num_queries(4) as asked:
        get(page["next"])
    sql = " ".join(query["sql"] for query in asked.captured_queries)
    assert "OFFSET" not in sql
    assert "COUNT(" not in sql
    assert "EXISTS" not in sql  # positions are asked themselves
    assert "ROW(" in sql  # and the page begins by one comparison of rows
