"""The corpus loaded once for each file of tests here, the corpus as its JSON says it, and a reader of the API."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from claims.models import Statement, Topic

DEMO = Path(settings.BASE_DIR) / "claims" / "demo"
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: Any) -> Iterator[Topic]:
    """As in tests/conftest.py, but one load for a whole file, so that tests here narrow what they ask for to their own."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield Topic.objects.get()
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def told() -> list[dict[str, Any]]:
    """The statements as the files of the corpus tell them, each with its source: no code of ours has touched them."""
    rows = []
    for path in sorted((DEMO / "sources").glob("*.json")):
        digest = json.loads(path.read_text())
        rows += [{**statement, "source": digest["source"]} for statement in digest["statements"]]
    return rows


@pytest.fixture(scope="session")
def parents() -> dict[str, str | None]:
    """Each party of the corpus and the one that it sits in."""
    topic = json.loads((DEMO / "topic.json").read_text())
    return {party["slug"]: party["parent"] for party in topic["parties"]}


@pytest.fixture
def get(db: None, client: Client) -> Get:
    """`get("statements/", party="hamas")`: the JSON of an answer that has to be a 200."""

    def read(path: str, client: Client = client, **query: Any) -> Any:
        response = client.get(path if path.startswith("http") else f"/api/v1/{path}", query or None)
        assert response.status_code == 200, response.content
        return response.json()

    return read


@pytest.fixture
def names(corpus: Topic) -> dict[str, str]:
    """Public id → its name in the corpus."""
    return dict(Statement.objects.values_list("public_id", "external_id"))
