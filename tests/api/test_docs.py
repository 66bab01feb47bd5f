"""docs/api.md is true: every call in it is made, every answer in it compared."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from claims.filters import FILTERS
from claims.models import Topic

pytestmark = pytest.mark.django_db
PAGE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
CALL = re.compile(r"curl 'http://127\.0\.0\.1:8000([^']+)'")
CALLS = CALL.findall(PAGE)


# Each answer that the page shows, and the call right before it.
ANSWERS = [
    (CALL.findall(PAGE[: block.start()])[-1], json.loads(block[1]))
    for block in re.finditer(r"```json\n(.*?)```", PAGE, re.DOTALL)
]


def agrees(shown: Any, told: Any) -> bool:
    """What is shown is in what is told; "…" stands for anything, and a list or an object may be cut short."""
    if isinstance(shown, dict):
        return isinstance(told, dict) and all(name in told and agrees(shown[name], told[name]) for name in shown)
    if shown == ["…"]:
        return isinstance(told, list) and len(told) > 0
    if isinstance(shown, list):
        return len(shown) <= len(told) and all(map(agrees, shown, told))
    return shown == told


def test_there_are_examples() -> None:
    assert len(CALLS) >= 10
    assert len(ANSWERS) == 4


@pytest.mark.parametrize("address", CALLS)
def test_a_call_of_the_page_finds_something(corpus: Topic, client: Client, address: str) -> None:
    response = client.get(address)
    if "stance=for" in address:
        assert response.status_code == 400
    elif "export" in address:
        assert len(b"".join(response.streaming_content).splitlines()) > 2
    else:
        assert response.status_code == 200
        assert response.json().get("results") or response.json()["cells"]


@pytest.mark.parametrize(("address", "shown"), ANSWERS, ids=[address for address, _ in ANSWERS])
def test_an_answer_of_the_page_is_what_is_told(corpus: Topic, client: Client, address: str, shown: Any) -> None:
    told = client.get(address).json()
    if "quote" in shown:
        [told] = told["results"]
    assert agrees(shown, told)


def test_the_page_tells_of_every_filter_and_every_key_of_a_cell(corpus: Topic, client: Client) -> None:
    table = PAGE.split("## Filters of the statements")[1].split("The first five")[0]
    assert set(re.findall(r"`([a-z_]+)`(?=[^|\n]*\|[^|\n]*\|\n)", table)) >= {parameter.name for parameter in FILTERS}
    cell = client.get("/api/v1/topics/gaza-ceasefire-talks/matrix/").json()["cells"][0]
    told = PAGE.split("## The matrix")[1].split("## Texts")[0]
    assert {name for name in cell if f"`{name}`" not in told} == {"claim", "party"}
