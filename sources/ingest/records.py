"""The record part of an import file, typed: parties, speakers, publishers, sources. Strict, and no field too many."""

import datetime
import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

import pydantic
from django.db.models import TextChoices
from pydantic import AfterValidator, BeforeValidator, ConfigDict

from sources.ingest.reading import Document, Rejected, shown
from sources.models import Publisher, Source, Speaker

MAX_PROBLEMS = 50  # of one file: who has more has made the same mistake throughout


class Record(pydantic.BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def read_day(value: object) -> datetime.date:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"{shown(value)} is not a date: write YYYY-MM-DD, for example 2024-05-06.")


def check_slug(value: str) -> str:
    if re.fullmatch(r"[-a-zA-Z0-9_]{1,100}", value):
        return value
    raise ValueError(f"{shown(value)} is not a slug: write up to 100 letters a–z, digits and hyphens.")


def one_of(choices: type[TextChoices]) -> AfterValidator:
    def check(value: str) -> str:
        if value in choices.values:
            return value
        raise ValueError(f"{shown(value)} is not known here: write {listed(choices.values)}.")

    return AfterValidator(check)


def listed(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} or {last}" if before else last


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint for a name that is not known; empty where nothing comes near."""
    near = difflib.get_close_matches(word, words, n=3, cutoff=0.6)
    return f" Did you mean {listed(near)}?" if near else ""


Day = Annotated[datetime.date, BeforeValidator(read_day)]
Slug = Annotated[str, AfterValidator(check_slug)]


class PartyRecord(Record):
    slug: Slug
    name: str
    short_name: str
    parent: Slug | None = None
    wikidata_id: str | None = None


class AffiliationRecord(Record):
    party: Slug
    role: str
    since: Day | None = None
    until: Day | None = None


class SpeakerRecord(Record):
    slug: Slug
    name: str
    kind: Annotated[str, one_of(Speaker.Kind)] = Speaker.Kind.PERSON.value
    aliases: list[str] = []
    wikidata_id: str | None = None
    affiliations: list[AffiliationRecord] = []


class PublisherRecord(Record):
    slug: Slug
    name: str
    kind: Annotated[str, one_of(Publisher.Kind)] = Publisher.Kind.NEWS.value
    country: str | None = None
    homepage: str | None = None


class OriginalRecord(Record):
    """The document that a digest or a translation was made from."""

    title: str | None = None
    publisher: Slug | None = None
    address: str | None = None
    date: Day | None = None


class SourceRecord(Record):
    slug: Slug
    title: str
    publisher: Slug
    medium: Annotated[str, one_of(Source.Medium)] = Source.Medium.ARTICLE.value
    language: str = "en"
    published_on: Day
    url: str | None = None
    original: OriginalRecord | None = None
    licence: str | None = None
    note: str | None = None


R = TypeVar("R", bound=Record)


def typed(record: type[R], document: Document) -> R:
    """The document as that record. Raises Rejected with every field that is wrong, in plain words."""
    try:
        return record.model_validate(document.data)
    except pydantic.ValidationError as failed:
        errors = failed.errors(include_url=False)
    problems = [document.problem(error["loc"], in_words(record, error)) for error in errors[:MAX_PROBLEMS]]
    if more := len(errors) - len(problems):
        problems.append(document.problem([], f"and {more:,} problems more."))
    raise Rejected(*problems)


KINDS_OF_VALUE: dict[str, str] = {
    "string_type": "text",
    "list_type": "a list",
    "int_type": "a whole number",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}


def in_words(record: type[Record], error: Any) -> str:
    kind = error["type"]
    if kind == "missing":
        return "is missing."
    if kind == "extra_forbidden":
        *within, field = error["loc"]
        return f"is not a field here.{nearest(str(field), _fields(record, within))}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in KINDS_OF_VALUE:
        return f"must be {KINDS_OF_VALUE[kind]}, not {_kind_of(error['input'])}."
    return f"{error['msg']}."


def _fields(record: type[Record], within: list[str | int]) -> list[str]:
    """The names of the fields of the record that the keys lead to."""
    for key in within:
        if isinstance(key, str):
            inner = _record_in(record.model_fields[key].annotation)
            record = inner or record
    return list(record.model_fields)


def _record_in(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    found = (_record_in(inner) for inner in getattr(annotation, "__args__", ()))
    return next((inner for inner in found if inner), None)


def _kind_of(value: object) -> str:
    names: dict[type, str] = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
