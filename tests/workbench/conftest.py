"""Calls as the workbench's page makes them."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from claims.models import Claim
from sources.models import Party, Source, Speaker
from tests.conftest import TEXT


class Bench:
    """One person's browser on the workbench of one source."""

    def __init__(self, user: User | None, source: Source) -> None:
        self.client, self.source = Client(), source
        self.base = f"/admin/sources/source/{source.pk}/annotate/"
        if user:
            self.client.force_login(user)

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(self.base + path, query, headers={"X-Requested-With": "fetch"})

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(
            self.base + path,
            json.dumps({} if body is None else body),
            content_type="application/json",
            headers={"X-Requested-With": "fetch"},
        )

    def create(self, values: dict[str, Any], key: str | None = None) -> Any:
        return self.post("statements/", {"key": key or str(uuid.uuid4()), "values": values})


@pytest.fixture
def bench(article: Source) -> Callable[..., Bench]:
    def open_bench(user: User | None, source: Source | None = None) -> Bench:
        return Bench(user, source or article)

    return open_bench


Filled = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(ada: Speaker, northland: Party, valley: Claim) -> Filled:
    """What the form holds: `filled("Northland will leave the valley", cue="said")`."""

    def fill(*passages: str, text: str = TEXT, **changes: Any) -> dict[str, Any]:
        words = passages or ("Northland will leave the valley",)
        return {
            "spans": [[text.index(passage), text.index(passage) + len(passage)] for passage in words],
            "exacts": list(words),
            "kind": "indirect",
            "cue": "said",
            "speaker": {"id": ada.pk, "name": ada.name},
            "party": {"id": northland.pk, "name": "Northland"},
            "role": "Spokeswoman",
            "said_on": "2031-03-02",
            "said_on_precision": "day",
            "language": "en",
            "positions": [
                {"claim": {"id": valley.pk}, "holder": {"id": northland.pk}, "stance": "supports", "strength": "plain"}
            ],
            "via": [],
            **changes,
        }

    return fill
