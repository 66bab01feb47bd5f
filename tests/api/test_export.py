"""The exports: all that a filter matches, as a stream, in three formats that other programs read."""

import csv
import io
import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from claims.filters import StatementFilter
from claims.models import Statement, Topic
from tests.api.conftest import Get

pytestmark = pytest.mark.django_db


def export(client: Client, **query: str) -> str:
    response = client.get("/api/v1/statements/export/", query)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("query", [{}, {"holder": "israel", "stance": "opposes"}, {"speaker": "nobody"}])
def test_json_lines_are_the_records_of_the_list(corpus: Topic, client: Client, get: Get, query: dict[str, str]) -> None:
    lines = export(client, format="jsonl", **query).splitlines()
    assert [json.loads(line) for line in lines] == get("statements/", page_size=500, **query)["results"]


def test_json_lines_are_what_is_given_where_no_format_is_asked_for(corpus: Topic, client: Client) -> None:
    response = client.get("/api/v1/statements/export/", headers={"Accept": "text/html"})
    assert response["Content-Type"] == "application/jsonl"
    assert response["Content-Disposition"] == 'attachment; filename="statements.jsonl"'


def test_csv_has_a_row_for_each_position_and_for_each_statement_without(
    corpus: Topic, client: Client, told: list[dict[str, Any]], names: dict[str, str]
) -> None:
    found = [
        (names[row["id"]], row["claim"], row["holder"], row["stance"]) for row in rows(export(client, format="csv"))
    ]
    expected = []
    for row in told:
        for position in row["positions"] or [{"claim": "", "holder": "", "stance": ""}]:
            expected.append((row["id"], position["claim"], position["holder"], position["stance"]))
    assert sorted(found) == sorted(expected)
    assert len(found) == 177 + 22


def test_csv_gives_words_as_they_are(
    corpus: Topic, client: Client, told: list[dict[str, Any]], names: dict[str, str]
) -> None:
    quotes = {names[row["id"]]: row["quote"] for row in rows(export(client, format="csv"))}
    assert quotes == {row["id"]: " […] ".join(row["passages"]) for row in told}


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_gives_a_spreadsheet_no_formula_to_run(client: Client, published: Any, formula: str) -> None:
    published(note=formula, occasion="a = b")
    [row] = rows(export(client, format="csv", speaker="ada-example"))
    assert (row["note"], row["occasion"]) == (f"'{formula}", "a = b")


def test_json_ld_is_a_collection_of_web_annotations(corpus: Topic, client: Client, names: dict[str, str]) -> None:
    collection = json.loads(export(client, format="jsonld", publisher="al-mayadeen-english"))
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (collection["type"], collection["first"]["type"]) == ("AnnotationCollection", "AnnotationPage")
    annotations = {names[item["id"].split("/")[-2]]: item for item in collection["first"]["items"]}
    assert len(annotations) == len(collection["first"]["items"]) == 13
    broken = annotations["03-09"]
    assert (broken["type"], len(broken["target"]), len(broken["body"])) == ("Annotation", 2, 7)
    source = Statement.objects.get(external_id="03-09").source
    assert broken["target"][0] == {
        "type": "SpecificResource",
        "source": f"http://testserver/sources/{source.public_id}/",
        "selector": [
            {"type": "TextPositionSelector", "start": 956, "end": 973},
            {
                "type": "TextQuoteSelector",
                "exact": "Their main demand",
                "prefix": "such as a permanent ceasefire. “",
                "suffix": "”, he said, “is that we withdraw",
            },
        ],
    }
    assert broken["body"][0]["value"] == "Benjamin Netanyahu, Prime Minister of Israel, 2024-05-05"
    assert broken["body"][1]["value"] == (
        "State of Israel: opposes: Israeli forces withdraw from the whole of the Gaza Strip as part of a deal."
    )
    assert "(according to Benjamin Netanyahu)" in broken["body"][4]["value"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonld"])
def test_an_export_of_nothing_is_well_formed(client: Client, form: str) -> None:
    text = export(client, format=form, speaker="nobody")
    if form == "csv":
        assert text.startswith("id,url,said_on")
        assert rows(text) == []
    elif form == "jsonl":
        assert text == ""
    else:
        assert json.loads(text)["first"]["items"] == []


def test_a_format_that_there_is_not_is_a_mistake(client: Client) -> None:
    response = client.get("/api/v1/statements/export/?format=xml")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["errors"] == [{"parameter": "format", "detail": "is “xml”: give csv, jsonl or jsonld."}]


@pytest.mark.parametrize("query", ["", "topic=gaza-ceasefire-talks", "q=hamas"])
def test_batches_meet_every_statement_once_in_the_order_of_the_list(
    corpus: Topic, get: Get, admin_user: Any, query: str
) -> None:
    chosen = StatementFilter(QueryDict(query), admin_user)
    batches = list(chosen.batches(size=7))
    assert all(len(batch) == 7 for batch in batches[:-1])
    public = dict(Statement.objects.values_list("pk", "public_id"))
    listed = get(f"statements/?{query}&page_size=500")["results"]
    assert [public[key] for batch in batches for key in batch] == [row["id"] for row in listed]


def test_a_batch_is_read_only_when_the_one_before_it_is_sent(
    corpus: Topic, admin_user: Any, django_assert_num_queries: Any
) -> None:
    """So memory holds one batch, however many there are."""
    batches = StatementFilter(QueryDict(""), admin_user).batches(size=10)
    for _ in range(9):
        with django_assert_num_queries(1):
            assert len(next(batches)) == 10


def test_asking_for_the_head_of_an_export_reads_nothing(
    corpus: Topic, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.head("/api/v1/statements/export/?format=csv")
        assert b"".join(response.streaming_content) == b""
    assert response["Content-Type"] == "text/csv; charset=utf-8"
