"""Whatever goes wrong, the answer is a problem document (RFC 9457) that says what and where; never a trace."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from claims.models import Topic
from config.api_views import ApiView
from config.paging import Cursor

pytestmark = pytest.mark.django_db
LISTS = ["statements/", "sources/", "speakers/", "publishers/", "parties/", "topics/"]


def problem(response: Any, status: int) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    told = response.json()
    assert set(told) - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    assert told["instance"] == response.request["PATH_INFO"]
    assert "Traceback" not in told["detail"]
    return told


@pytest.mark.parametrize(
    ("query", "name", "line"),
    [
        ("said_after=2024-13-01", "said_after", "is “2024-13-01”: give a day as YYYY-MM-DD, for example 2024-05-05."),
        ("said_before=20240505", "said_before", "is “20240505”: give a day as YYYY-MM-DD, for example 2024-05-05."),
        ("published_after=May", "published_after", "is “May”: give a day as YYYY-MM-DD, for example 2024-05-05."),
        ("stance=for", "stance", "is “for”: give supports, conditional, neutral, opposes or declined."),
        ("stance=supports,for", "stance", "is “for”: give supports, conditional, neutral, opposes or declined."),
        ("kind=quoted", "kind", "is “quoted”: give direct, indirect or mixed."),
        ("state=deleted", "state", "is “deleted”: give draft, submitted, returned, published or withdrawn."),
        ("ascribed=1", "ascribed", "is “1”: give true or false."),
        ("language=e", "language", "is “e”: give a BCP 47 tag, for example en or ar-EG."),
        ("source=../../etc", "source", "is “../../etc”: give an id: twelve letters and digits."),
        ("party=a%20b", "party", "is “a b”: give a slug: letters, digits, hyphens and underscores."),
        ("page_size=abc", "page_size", "is “abc”: give a whole number from 1 to 500."),
        ("page_size=0", "page_size", "is “0”: give a whole number from 1 to 500."),
        ("page_size=-1", "page_size", "is “-1”: give a whole number from 1 to 500."),
        ("page_size=٣", "page_size", "is “٣”: give a whole number from 1 to 500."),
        ("q=%00", "q", "has a NUL character, which nothing here can hold."),
        ("party=%00", "party", "has a NUL character, which nothing here can hold."),
        ("q=" + "a" * 201, "q", "has 201 characters; the limit is 200."),
        ("said_after=2024-05-05&said_after=2024-05-06", "said_after", "is given more than once; give it once."),
    ],
)
def test_a_value_that_cannot_be_read_is_named(client: Client, query: str, name: str, line: str) -> None:
    told = problem(client.get(f"/api/v1/statements/?{query}"), 400)
    assert told["errors"] == [{"parameter": name, "detail": line}]
    assert told["detail"] == f"The query string cannot be read: {name}: {line}"


def test_all_that_is_wrong_is_told_at_once(client: Client) -> None:
    told = problem(client.get("/api/v1/statements/?stance=x&page_size=y&stanse=z"), 400)
    assert [mistake["parameter"] for mistake in told["errors"]] == ["stance", "page_size", "stanse"]


@pytest.mark.parametrize("address", [*LISTS, "statements/export/"])
def test_an_unknown_parameter_is_a_mistake_because_a_typo_would_return_everything(client: Client, address: str) -> None:
    [mistake] = problem(client.get(f"/api/v1/{address}?partty=hamas"), 400)["errors"]
    assert mistake["parameter"] == "partty"
    assert mistake["detail"].startswith("is not a parameter here; there are: ")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        "abc",
        "%FF",
        "W10",  # []
        "bnVsbA",  # null
        "WyJuZXh0Il0",  # ["next"]
        str(Cursor(True, ("1' OR 1=1", "x", "y"))),
        str(Cursor(True, ("2024-05-05", "no such thing", "y"))),
        str(Cursor(False, ("\ud800", "\0"))).replace("=", ""),
        "W1tbW1tbW1tbW1tb" * 200,
    ],
)
def test_a_cursor_that_is_none_is_a_mistake(client: Client, address: str, cursor: str) -> None:
    [mistake] = problem(client.get(f"/api/v1/{address}?cursor={cursor}"), 400)["errors"]
    assert mistake["parameter"] == "cursor"


def test_a_cursor_of_another_list_is_a_mistake(corpus: Topic, client: Client) -> None:
    cursor = client.get("/api/v1/speakers/?page_size=1").json()["next"].split("cursor=")[1]
    assert problem(client.get(f"/api/v1/statements/?cursor={cursor}"), 400)["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("query", "name"),
    [("on=yesterday", "on"), ("kind=x", "kind"), ("ascribed=x", "ascribed"), ("parties=atlantis", "parties")],
)
def test_a_matrix_of_what_there_is_not_is_a_mistake(corpus: Topic, client: Client, query: str, name: str) -> None:
    told = problem(client.get(f"/api/v1/topics/gaza-ceasefire-talks/matrix/?{query}"), 400)
    assert [mistake["parameter"] for mistake in told["errors"]] == [name]


@pytest.mark.parametrize(
    "address",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/statements/",
        "/api/v1/nothing/",
        "/api/v1/statements/nothing/",
        "/api/v1/statements/222222222222/",
        "/api/v1/statements/%00/",
        "/api/v1/statements/222222222222/text/",
        "/api/v1/sources/222222222222/",
        "/api/v1/sources/222222222222/text/",
        "/api/v1/speakers/nobody/",
        "/api/v1/topics/nothing/",
        "/api/v1/topics/nothing/matrix/",
        "/api/v1/topics/nothing/claims/",
        "/api/v1/topics/nothing/claims/nothing/",
    ],
)
def test_what_there_is_not_is_a_404(client: Client, address: str) -> None:
    problem(client.get(address), 404)


def test_an_address_without_its_slash_leads_to_the_one_with_it(client: Client) -> None:
    assert client.get("/api/v1/statements?kind=direct")["Location"] == "/api/v1/statements/?kind=direct"


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_a_verb_that_is_not_served_is_a_405_that_names_those_that_are(client: Client, verb: str) -> None:
    response = getattr(client, verb)("/api/v1/statements/")
    problem(response, 405)
    assert response["Allow"] == client.options("/api/v1/statements/")["Allow"] == "GET, HEAD, OPTIONS"


def test_what_is_not_json_cannot_be_asked_for(client: Client) -> None:
    problem(client.get("/api/v1/statements/", headers={"Accept": "text/html"}), 406)
    assert client.get("/api/v1/statements/", headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 200


# What goes wrong on our side, provoked by views of the test's own


class Breaks(ApiView):
    def get(self, request: Request) -> Response:
        raise RuntimeError("the secret is 12345")


class HasNoDatabase(ApiView):
    def get(self, request: Request) -> Response:
        raise OperationalError("connection to server at 10.0.0.1 failed")


class Takes(ApiView):
    def post(self, request: Request) -> Response:
        return Response(request.data)


urlpatterns = [
    path("api/breaks/", Breaks.as_view()),
    path("api/away/", HasNoDatabase.as_view()),
    path("api/takes/", Takes.as_view()),
    path("", include("config.urls")),
]


@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_is_a_500_that_tells_nothing_and_is_logged(client: Client, caplog: Any) -> None:
    client.raise_request_exception = False
    told = problem(client.get("/api/breaks/"), 500)
    assert "12345" not in str(told)
    assert "RuntimeError" in caplog.text


@pytest.mark.urls(__name__)
def test_a_database_that_is_away_is_a_503_to_try_again(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/api/away/")
    assert "10.0.0.1" not in str(problem(response, 503))
    assert int(response["Retry-After"]) > 0


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a":' * 100_000, b"{", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"1e999999"], ids=repr
)
def test_a_body_that_is_not_json_is_a_400(client: Client, body: bytes) -> None:
    problem(client.post("/api/takes/", body, content_type="application/json"), 400)


@pytest.mark.urls(__name__)
def test_a_body_that_is_too_large_is_refused(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = b'"' + b"a" * 2000 + b'"'
    problem(client.post("/api/takes/", body, content_type="application/json"), 413)


@pytest.mark.urls(__name__)
def test_a_body_of_another_kind_is_a_415(client: Client) -> None:
    problem(client.post("/api/takes/", b"<a/>", content_type="application/xml"), 415)
