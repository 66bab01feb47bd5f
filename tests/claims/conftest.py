"""Import files on disk, and what they start from."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from claims.ingest.desk import Desk
from claims.ingest.load import load
from claims.models import Topic
from tests.claims.files import TOPIC

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Put a record, text or bytes into a file, and give its path."""

    def write(content: Any, name: str = "digest.json") -> str:
        path = tmp_path / name
        if not isinstance(content, bytes):
            content = (
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
            ).encode()
        path.write_bytes(content)
        return str(path)

    return write


@pytest.fixture
def topic(write: Write, ann: User) -> Topic:
    report = load([write(TOPIC, "topic.json")], Desk(ann))
    assert report.rejected == []
    return Topic.objects.get()
