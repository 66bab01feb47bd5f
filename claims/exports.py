"""Everything that a filter matches, as one stream: CSV, JSON Lines, JSON-LD. Memory holds one batch at a time."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from claims import records
from claims.records import Record

Batches = Iterable[list[int]]  # serial keys


@dataclass(frozen=True)
class Format:
    name: str
    content_type: str
    write: Callable[[Batches, str, str], Iterator[bytes]]  # keys, the site's address, the export's own address


def write_jsonl(batches: Batches, base: str, _: str) -> Iterator[bytes]:
    """The records of the API, one on a line."""
    for keys in batches:
        found = records.statements(keys, base=base).values()
        yield b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in found)


# CSV: one row for each position, so that a pivot table needs no more; one row too for a statement without any.

Getter = Callable[[Record, Record], Any]  # of the statement and of the position ({} where there is none)


def of(*path: str) -> Getter:
    return lambda statement, _: dig(statement, path)


def of_position(*path: str) -> Getter:
    return lambda _, position: dig(position, path)


def dig(record: Record, path: Iterable[str]) -> Any:
    value: Any = record
    for name in path:
        value = value.get(name) if value else None
    return value


COLUMNS: dict[str, Getter] = {
    "id": of("id"),
    "url": of("url"),
    "said_on": of("said_on"),
    "said_on_precision": of("said_on_precision"),
    "speaker": of("speaker", "name"),
    "speaker_slug": of("speaker", "slug"),
    "role": of("speaker", "role"),
    "party": of("party", "slug"),
    "kind": of("kind"),
    "cue": of("cue"),
    "quote": of("quote"),
    "language": of("language"),
    "original_quote": of("original_quote"),
    "occasion": of("occasion"),
    "addressee": of("addressee"),
    "via": lambda statement, _: " > ".join(link["name"] for link in statement["via"]),
    "topic": of_position("claim", "topic"),
    "claim": of_position("claim", "slug"),
    "proposition": of_position("claim", "proposition"),
    "holder": of_position("holder", "slug"),
    "stance": of_position("stance"),
    "condition": of_position("condition"),
    "ascribed": lambda _, position: {True: "true", False: "false", None: None}[position.get("ascribed")],
    "strength": of_position("strength"),
    "rationale": of_position("rationale"),
    "utterance": of("utterance"),
    "source_id": of("source", "id"),
    "source_title": of("source", "title"),
    "source_url": of("source", "url"),
    "published_on": of("source", "published_on"),
    "publisher": of("source", "publisher", "name"),
    "original_publisher": of("source", "original_publisher", "name"),
    "state": of("state"),
    "version": of("version"),
    "reviewed_at": lambda statement, _: statement["reviewed_at"] and statement["reviewed_at"].isoformat(),
    "note": of("note"),
}


def write_csv(batches: Batches, base: str, _: str) -> Iterator[bytes]:
    yield _csv([list(COLUMNS)])
    for keys in batches:
        found = records.statements(keys, base=base).values()
        yield _csv(
            [
                [harmless(getter(record, position)) for getter in COLUMNS.values()]
                for record in found
                for position in record["positions"] or [{}]
            ]
        )


def _csv(rows: list[list[Any]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def harmless(value: Any) -> Any:
    """A spreadsheet runs a cell that begins so as a formula; behind an apostrophe it is text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


# JSON-LD: a W3C Web Annotation collection whose one page holds an annotation for each statement.

ANNOTATIONS = "http://www.w3.org/ns/anno.jsonld"


def write_jsonld(batches: Batches, base: str, address: str) -> Iterator[bytes]:
    head = {"@context": ANNOTATIONS, "id": address, "type": "AnnotationCollection", "label": "Statements"}
    first = {"id": f"{address}#page", "type": "AnnotationPage", "partOf": address, "startIndex": 0}
    yield orjson.dumps(head)[:-1] + b',"first":' + orjson.dumps(first)[:-1] + b',"items":[\n'
    comma = b""
    for keys in batches:
        for record in records.statements(keys, base=base).values():
            yield comma + orjson.dumps(annotation(record, base))
            comma = b",\n"
    yield b"\n]}}\n"


def annotation(statement: Record, base: str) -> Record:
    """Each passage is a target; who said it and each position taken are bodies, in words."""
    speaker, source = statement["speaker"], f"{base}/sources/{statement['source']['id']}/"
    who = ", ".join(filter(None, [speaker["name"], speaker["role"]]))
    bodies = [_body("describing", f"{who}, {statement['said_on']}")]
    for position in statement["positions"]:
        condition = f" if {position['condition']}" if position["condition"] else ""
        stance = f"{position['holder']['name']}: {position['stance']}{condition}"
        ascribed = f" (according to {speaker['name']})" if position["ascribed"] else ""
        bodies.append(_body("classifying", f"{stance}{ascribed}: {position['claim']['proposition']}"))
    told = {
        "id": statement["url"],
        "type": "Annotation",
        "motivation": "classifying",
        "body": bodies,
        "target": [_target(source, span) for span in statement["spans"]],
    }
    return told | ({"created": _utc(statement["reviewed_at"])} if statement["reviewed_at"] else {})


def _utc(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(purpose: str, value: str) -> Record:
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "language": "en", "value": value}


def _target(source: str, span: Record) -> Record:
    quote = {"type": "TextQuoteSelector", "exact": span["exact"], "prefix": span["prefix"], "suffix": span["suffix"]}
    place = {"type": "TextPositionSelector", "start": span["start"], "end": span["end"]}
    return {"type": "SpecificResource", "source": source, "selector": [place, quote]}


FORMATS = {
    "csv": Format("csv", "text/csv; charset=utf-8", write_csv),
    "jsonl": Format("jsonl", "application/jsonl", write_jsonl),
    "jsonld": Format("jsonld", f'application/ld+json; profile="{ANNOTATIONS}"', write_jsonld),
}
MEDIA_TYPES = [written.content_type.split(";")[0] for written in FORMATS.values()]
