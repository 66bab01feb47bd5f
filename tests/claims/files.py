"""Import files to start from, with invented people, and what is asked of every import of them."""

import copy
from typing import Any

from claims.ingest.report import LoadReport
from claims.models import Claim, Position, Statement, Topic, Transition, Utterance
from sources.models import Party, Publisher, Revision, Source, Speaker

TEXT = "Northland will leave the valley, said Ada Example.\n\n“We go in spring,” she added, “and not before.” Bo said Bo doubts it."

TOPIC: dict[str, Any] = {
    "topic": {"slug": "valley-talks", "title": "The valley talks", "opened_on": "2031-01-01"},
    "parties": [
        {"slug": "northland", "name": "Republic of Northland", "short_name": "Northland", "role": "party"},
        {"slug": "hosts", "name": "The hosts", "short_name": "Hosts", "role": "mediator"},
        {"slug": "eastland", "name": "Eastland", "short_name": "Eastland", "parent": "hosts", "role": "mediator"},
    ],
    "speakers": [
        {
            "slug": "ada-example",
            "name": "Ada Example",
            "aliases": ["A. Example"],
            "affiliations": [{"party": "northland", "role": "Spokeswoman"}],
        }
    ],
    "publishers": [{"slug": "gazette", "name": "The Gazette", "country": "GB"}],
    "claims": [
        {
            "slug": "leave",
            "label": "Leave",
            "proposition": "Northland leaves the valley.",
            "kind": "proposal",
            "rank": 1,
        },
        {"slug": "talk", "label": "Talk", "proposition": "The talks go on.", "kind": "proposal", "rank": 2},
    ],
}

DIGEST: dict[str, Any] = {
    "source": {
        "slug": "valley-opens",
        "title": "Valley talks open",
        "publisher": "gazette",
        "published_on": "2031-03-02",
        "url": "https://gazette.example/valley",
        "original": {"title": None, "publisher": "gazette", "address": "https://wire.example/1", "date": "2031-03-01"},
    },
    "text": TEXT,
    "statements": [
        {
            "id": "1-01",
            "passages": ["Northland will leave the valley"],
            "kind": "indirect",
            "cue": "said",
            "speaker": "ada-example",
            "party": "northland",
            "via": ["gazette"],
            "said_on": "2031-03-01",
            "utterance": "ada-on-leaving",
            "positions": [
                {"claim": "leave", "holder": "northland", "stance": "supports", "rationale": "Says so."},
                {"claim": "talk", "holder": "hosts", "stance": "conditional", "condition": "in spring"},
            ],
        },
        {
            "id": "1-02",
            "passages": ["We go in spring,", "and not before."],
            "kind": "direct",
            "speaker": "ada-example",
            "said_on": "2031-03-01",
        },
    ],
}


def changed(record: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """A deep copy of the record with another value at the end of the path."""
    record = copy.deepcopy(record)
    *way, last = path
    inner: Any = record
    for part in way:
        inner = inner[part]
    inner[last] = to
    return record


def rows() -> dict[str, int]:
    models = (Topic, Party, Publisher, Speaker, Claim, Source, Revision, Statement, Position, Transition, Utterance)
    return {model.__name__: model._default_manager.count() for model in models}


def only_problem(report: LoadReport) -> str:
    assert (len(report.rejected), report.files) == (1, 0)
    return str(report.rejected[0])
