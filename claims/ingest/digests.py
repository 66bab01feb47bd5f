"""What a digest file says, in the terms of the models: its words placed, its names looked up, its rules checked."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from claims import anchors
from claims.ingest.names import Names, UnknownName
from claims.ingest.records import DigestFile, PositionRecord, StatementRecord
from claims.ingest.rows import Rows
from claims.models import Statement
from sources.ingest.reading import Document, Loc, shown
from sources.ingest.records import typed
from sources.models import Party, Publisher, Speaker
from sources.models.document import check_text

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """One statement of the file. `fields` are the model's, without those of its place, its utterance and its state."""

    loc: Loc
    external_id: str
    spans: list[anchors.Span]
    quote: str
    fields: dict[str, Any]
    utterance: str | None
    positions: list[dict[str, Any]]
    via: list[Publisher | Speaker]


@dataclass(frozen=True)
class Digest:
    external_id: str
    source: dict[str, Any]
    text: str
    readings: list[Reading]


def read_digest(document: Document, names: Names) -> Digest:
    """Everything that the file says, ready to be written. Raises Rejected with all that is wrong in it."""
    file = typed(DigestFile, document)
    reader = _Reader(document, names, file)
    digest = Digest(file.source.slug, reader.source(), reader.text, reader.statements())
    reader.rows.raise_problems()
    return digest


# Foreign keys, which were looked up, and what the database fills.
NOT_IN_FILE = [
    *("source", "revision", "speaker", "party", "utterance", "annotated_by", "reviewed_by"),
    *("exacts", "prefixes", "suffixes", "place", "search"),
]


class _Reader:
    def __init__(self, document: Document, names: Names, file: DigestFile) -> None:
        self.document = document
        self.names = names
        self.file = file
        self.rows = Rows(document, keep=False)  # for its collection of problems
        self.told: dict[str, tuple[Speaker, datetime.date]] = {}  # by utterance: who and when, where first met
        try:
            self.text = check_text(file.text)
        except ValidationError as error:
            document.reject(["text"], error.messages[0])

    def source(self) -> dict[str, Any]:
        record, original = self.file.source, self.file.source.original
        publisher = self.find(["source", "publisher"], self.names.row, Publisher, record.publisher)
        digested = original and original.publisher
        return {
            "title": record.title,
            "publisher": publisher,
            "url": record.url or None,
            "medium": record.medium,
            "language": record.language,
            "published_on": record.published_on,
            "licence": record.licence or "",
            "note": record.note or "",
            "original_title": (original and original.title) or "",
            "original_publisher": digested
            and self.find(["source", "original", "publisher"], self.names.row, Publisher, digested),
            "original_url": (original and original.address) or "",
            "original_published_on": original and original.date,
        }

    def statements(self) -> list[Reading]:
        self.rows.check_keys("statements", [record.id for record in self.file.statements])
        found = [self.statement(["statements", place], record) for place, record in enumerate(self.file.statements)]
        return [reading for reading in found if reading]

    def statement(self, loc: Loc, record: StatementRecord) -> Reading | None:
        """None where a name or a passage is not to be found, which is a problem of the file then."""
        before = len(self.rows.problems)
        spans = self.passages(loc, record)
        fields = self.fields(loc, record)
        positions = self.positions(loc, record.positions)
        via = [self.find([*loc, "via", place], self.names.relay, slug) for place, slug in enumerate(record.via)]
        if len(self.rows.problems) > before or spans is None:
            return None
        quote = anchors.cut(self.text, spans)
        self.check(loc, Statement(external_id=record.id, spans=spans, quote=quote, **fields))
        self.check_utterance(loc, record, fields["speaker"])
        return Reading(loc, record.id, spans, quote, fields, record.utterance, positions, [who for who in via if who])

    def passages(self, loc: Loc, record: StatementRecord) -> list[anchors.Span] | None:
        passages = [passage.replace("\r\n", "\n").replace("\r", "\n") for passage in record.passages]
        try:
            for place, passage in enumerate(passages):  # one by one, so that the problem has the passage's own line
                loc_of_fault = [*loc, "passages", place]
                anchors.locate(self.text, [passage])
            loc_of_fault = [*loc, "passages"]
            return anchors.locate(self.text, passages)
        except anchors.PassageError as error:
            self.problem(loc_of_fault, str(error))
            return None

    def fields(self, loc: Loc, record: StatementRecord) -> dict[str, Any]:
        if record.said_on > self.file.source.published_on:
            what = f"{record.said_on} is after the day of print, {self.file.source.published_on}: one of them is wrong."
            self.problem([*loc, "said_on"], what)
        return {
            "kind": record.kind,
            "cue": record.cue or "",
            "speaker": self.find([*loc, "speaker"], self.names.row, Speaker, record.speaker),
            "speaker_as_named": record.speaker_as_named or "",
            "party": record.party and self.find([*loc, "party"], self.names.row, Party, record.party),
            "role": record.role or "",
            "addressee": record.addressee or "",
            "occasion": record.occasion or "",
            "said_on": record.said_on,
            "said_on_precision": record.said_on_precision,
            "language": record.language,
            "note": record.note or "",
        }

    def positions(self, loc: Loc, records: list[PositionRecord]) -> list[dict[str, Any]]:
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for place, record in enumerate(records):
            where = [*loc, "positions", place]
            if (record.claim, record.holder) in found:
                self.problem(where, f"a second position of {record.holder} on {record.claim}: leave one.")
            found[record.claim, record.holder] = {
                "claim": self.find([*where, "claim"], self.names.claim, record.claim),
                "holder": self.find([*where, "holder"], self.names.row, Party, record.holder),
                "stance": record.stance,
                "strength": record.strength,
                "condition": record.condition or "",
                "rationale": record.rationale or "",
            }
        return list(found.values())

    def check(self, loc: Loc, statement: Statement) -> None:
        """The models' own rules of the fields: lengths, languages. No query."""
        try:
            statement.clean_fields(exclude=NOT_IN_FILE)
        except ValidationError as error:
            self.rows.refuse(loc, error, {"external_id": "id", "quote": "passages", "spans": "passages"})

    def check_utterance(self, loc: Loc, record: StatementRecord, speaker: Speaker) -> None:
        """The same words are the same speaker's, of the same day, wherever they are told."""
        if not record.utterance:
            return
        elsewhere = Statement.objects.filter(utterance__external_id=record.utterance).select_related("speaker")
        first = elsewhere.exclude(source__external_id=self.file.source.slug).order_by("id").first()
        known = (first.speaker, first.said_on) if first else (speaker, record.said_on)
        who, day = self.told.setdefault(record.utterance, known)
        if (who, day) != (speaker, record.said_on):
            what = (
                f"{shown(record.utterance)} was said by {who.slug} on {day}, this by {speaker.slug} on {record.said_on}"
            )
            self.problem([*loc, "utterance"], f"{what}: not the same words.")

    def find(self, loc: Loc, lookup: Callable[..., T], *key: Any) -> T | None:
        try:
            return lookup(*key)
        except UnknownName as error:
            self.problem(loc, str(error))
            return None

    def problem(self, loc: Loc, what: str) -> None:
        self.rows.problems.append(self.document.problem(loc, what))
