"""The schema is valid, whole and true: what it says is what is sent."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from claims.filters import FILTERS
from claims.models import Statement, Topic

pytestmark = pytest.mark.django_db
PATHS = {
    "/api/v1/parties/": "/api/v1/parties/",
    "/api/v1/parties/{slug}/": "/api/v1/parties/egypt/",
    "/api/v1/publishers/": "/api/v1/publishers/",
    "/api/v1/publishers/{slug}/": "/api/v1/publishers/al-mayadeen-english/",
    "/api/v1/sources/": "/api/v1/sources/?page_size=500",
    "/api/v1/sources/{id}/": "/api/v1/sources/{source}/",
    "/api/v1/sources/{id}/text/": "/api/v1/sources/{source}/text/",
    "/api/v1/speakers/": "/api/v1/speakers/?page_size=5",
    "/api/v1/speakers/{slug}/": "/api/v1/speakers/john-kirby/",
    "/api/v1/statements/": "/api/v1/statements/?page_size=500",
    "/api/v1/statements/{id}/": "/api/v1/statements/{statement}/",
    "/api/v1/topics/": "/api/v1/topics/",
    "/api/v1/topics/{slug}/": "/api/v1/topics/gaza-ceasefire-talks/",
    "/api/v1/topics/{topic}/claims/": "/api/v1/topics/gaza-ceasefire-talks/claims/",
    "/api/v1/topics/{topic}/claims/{slug}/": "/api/v1/topics/gaza-ceasefire-talks/claims/full-withdrawal/",
    "/api/v1/topics/{topic}/matrix/": "/api/v1/topics/gaza-ceasefire-talks/matrix/?on=2024-06-01",
}
EXPORT = "/api/v1/statements/export/"


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    return client.get("/api/v1/schema/").json()


def closed(node: Any) -> Any:
    """The schema with no room for a key that it does not name."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    shut = {name: closed(value) for name, value in node.items()}
    return shut | {"additionalProperties": False} if node.get("type") == "object" else shut


def check(schema: dict[str, Any], told: Any, status: str, path: str, media_type: str) -> None:
    answer = schema["paths"][path]["get"]["responses"][status]["content"][media_type]["schema"]
    components = closed(schema["components"])
    Draft202012Validator(
        {**answer, "components": components}, format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(told)


def test_the_schema_is_openapi_3_1_and_made_without_a_warning(schema: dict[str, Any], tmp_path: Path) -> None:
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_every_address_of_the_api_is_in_the_schema(schema: dict[str, Any]) -> None:
    assert set(schema["paths"]) == {*PATHS, EXPORT}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_sent_is_what_the_schema_says(corpus: Topic, client: Client, schema: dict[str, Any], path: str) -> None:
    row = Statement.objects.get(external_id="03-09")
    address = PATHS[path].format(statement=row.public_id, source=row.source.public_id)
    response = client.get(address)
    assert response.status_code == 200
    check(schema, response.json(), "200", path, response["Content-Type"])


@pytest.mark.parametrize("path", [*PATHS, EXPORT])
def test_a_problem_is_what_the_schema_says(client: Client, schema: dict[str, Any], path: str) -> None:
    address = path.format(id="222222222222", slug="nothing", topic="nothing")
    problem = client.get(f"{address}?no-such-parameter=1")
    check(schema, problem.json(), "400", path, "application/problem+json")
    if "{" in path:
        absent = client.get(address)
        check(schema, absent.json(), "404", path, "application/problem+json")


def test_every_parameter_is_described(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        operation = operations["get"]
        assert operation["summary"], path
        assert {"200", "400", "403", "406", "503"} <= set(operation["responses"]), path
        assert all(parameter.get("description") for parameter in operation["parameters"] if parameter["in"] == "query")
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/statements/"]["get"]["parameters"]}
    assert names == {parameter.name for parameter in FILTERS} | {"cursor", "page_size"}
    names = {parameter["name"] for parameter in schema["paths"][EXPORT]["get"]["parameters"]}
    assert names == {parameter.name for parameter in FILTERS} | {"format"}


def test_the_documentation_is_served_from_here_and_alone_may_style_itself(client: Client) -> None:
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert "swagger-ui" in text
    assert "//" not in text.replace("<!--", "").replace("http://testserver", "")
    assert "style-src 'self' 'unsafe-inline'" in page["Content-Security-Policy"]
    assert "unsafe" not in client.get("/api/v1/schema/")["Content-Security-Policy"]
    script = client.get("/api/docs/?script=")
    assert "/api/v1/schema/" in script.content.decode()
    assert '"validatorUrl": null' in script.content.decode()
