"""What is not published is not told: not its words, not that it is there."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client

from claims.filters import StatementFilter
from claims.models import Statement
from sources.models import Party, Publisher, Source, Speaker

pytestmark = pytest.mark.django_db

WORDS = "zebrafish"
HIDDEN_TEXT = "Bert Hidden said: the zebrafish treaty is dead. Nobody printed it."


@pytest.fixture
def hidden(db: None, draft: Any, northland: Party, valley: Any) -> Statement:
    """A draft of ann's: its words, speaker and source are in nothing that is published."""
    courier = Publisher.objects.create(name="The Courier", slug="courier")
    source = Source.objects.create(title="zebrafish minutes", publisher=courier, published_on="2031-03-03")
    source.add_revision(HIDDEN_TEXT)
    bert = Speaker.objects.create(name="Bert zebrafish", slug="bert-hidden", aliases=["zebrafish"])
    position = {"claim": valley, "holder": northland, "stance": "opposes", "rationale": "zebrafish"}
    return draft(
        "the zebrafish treaty is dead",
        source=source,
        speaker=bert,
        occasion="zebrafish",
        note="zebrafish",
        positions=[position],
    )


@pytest.fixture(params=["anonymous", "sam", "bob"])
def reader(request: Any, client: Client) -> Client:
    """Nobody, a stranger with a log-in, another annotator."""
    if request.param != "anonymous":
        client.force_login(request.getfixturevalue(request.param))
    return client


def addresses(statement: Statement) -> list[str]:
    asked = [
        "",
        "q=zebrafish",
        "q=bert",
        "state=draft",
        "state=draft,submitted,returned,published,withdrawn",
        "state=draft&q=zebrafish",
        "state=draft&claim=leave",
        "state=submitted",
        "speaker=bert-hidden",
        "publisher=courier",
        f"source={statement.source.public_id}",
        "topic=valley-talks",
        "claim=leave&stance=opposes",
        "holder=northland",
        "said_before=2999-01-01",
    ]
    lists = [f"statements/?{query}" for query in asked]
    exports = [f"statements/export/?format={form}&{query}" for form in ("csv", "jsonl", "jsonld") for query in asked]
    return [*lists, *exports, "topics/valley-talks/matrix/", "topics/", "parties/", "publishers/"]


def body(response: Any) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_no_list_search_export_or_matrix_tells_a_draft(hidden: Statement, reader: Client, ray: Any, state: str) -> None:
    if state != "draft":
        hidden.submit(by=hidden.annotated_by)
    if state == "returned":
        hidden.return_(by=ray, comment="zebrafish again")
    for address in addresses(hidden):
        response = reader.get(f"/api/v1/{address}")
        assert response.status_code == 200, address
        text = body(response)
        assert hidden.public_id not in text, address
        # The query is told again in the addresses of a list, so look where records are.
        assert WORDS not in text.replace("q=zebrafish", ""), address


def test_a_draft_s_own_address_is_as_empty_as_any_other(hidden: Statement, reader: Client) -> None:
    there = reader.get(f"/api/v1/statements/{hidden.public_id}/")
    nowhere = reader.get("/api/v1/statements/222222222222/")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content.replace(b"222222222222", hidden.public_id.encode())
    assert dict(there.headers) | {"Content-Length": ""} == dict(nowhere.headers) | {"Content-Length": ""}


@pytest.mark.parametrize("state", ["", "state=draft&"])
def test_a_filter_by_what_only_drafts_use_answers_as_for_what_does_not_exist(
    hidden: Statement, reader: Client, state: str
) -> None:
    for used, absent in [
        ("speaker=bert-hidden", "speaker=nobody"),
        ("publisher=courier", "publisher=nobody"),
        (f"source={hidden.source.public_id}", "source=222222222222"),
        ("claim=leave", "claim=nothing"),
        ("q=zebrafish", "q=xylophone"),
    ]:
        assert (
            reader.get(f"/api/v1/statements/?{state}{used}").content
            == reader.get(f"/api/v1/statements/?{state}{absent}").content
        )


@pytest.mark.parametrize("name", [None, "sam"])
def test_the_source_and_the_speaker_of_a_draft_are_as_absent(
    hidden: Statement, client: Client, name: str | None, request: Any
) -> None:
    if name:
        client.force_login(request.getfixturevalue(name))
    for address in (f"sources/{hidden.source.public_id}/", f"sources/{hidden.source.public_id}/text/"):
        assert client.get(f"/api/v1/{address}").status_code == 404
    assert client.get("/api/v1/speakers/bert-hidden/").status_code == 404
    for address in ("sources/", "sources/?publisher=courier", "speakers/", "speakers/?kind=person"):
        assert WORDS not in body(client.get(f"/api/v1/{address}"))


def test_a_draft_is_told_to_its_annotator_and_to_reviewers(
    hidden: Statement, client: Client, ann: Any, ray: Any
) -> None:
    for user in (ann, ray):
        client.force_login(user)
        found = client.get("/api/v1/statements/?state=draft&q=zebrafish&claim=leave").json()["results"]
        assert [row["id"] for row in found] == [hidden.public_id]
        assert client.get(f"/api/v1/statements/{hidden.public_id}/").json() == found[0]
        assert client.get("/api/v1/statements/").json()["results"] == []
        assert hidden.public_id in body(client.get("/api/v1/statements/export/?state=draft"))


def test_what_a_person_may_see_is_not_kept_for_others(hidden: Statement, client: Client, ann: Any) -> None:
    assert "Cookie" in client.get("/api/v1/statements/")["Vary"]
    client.force_login(ann)
    response = client.get("/api/v1/statements/?state=draft")
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_a_closed_site_tells_a_visitor_nothing_and_whoever_logged_in_what_is_published(
    settings: Any, client: Client, sam: Any, published: Any, hidden: Statement
) -> None:
    shown = published()
    settings.PARLEY_PUBLIC = False
    for address in [*addresses(hidden), "sources/", "speakers/", f"statements/{shown.public_id}/", "schema/"]:
        response = client.get(f"/api/v1/{address}")
        assert response.status_code == 403, address
        assert response["Content-Type"] == "application/problem+json"
        assert shown.public_id not in response.content.decode().replace(address, "")
    client.force_login(sam)
    found = client.get("/api/v1/statements/").json()["results"]
    assert [row["id"] for row in found] == [shown.public_id]


def test_the_filter_itself_shows_a_visitor_nothing_of_a_closed_site(settings: Any, published: Any, sam: Any) -> None:
    """Whoever uses it: the page, the API, the export."""
    shown = published()
    settings.PARLEY_PUBLIC = False
    assert list(StatementFilter(QueryDict(""), AnonymousUser()).batches()) == []
    assert list(StatementFilter(QueryDict("state=published,withdrawn"), AnonymousUser()).batches()) == []
    assert list(StatementFilter(QueryDict(""), sam).batches()) == [[shown.pk]]
