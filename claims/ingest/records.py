"""The two kinds of import file, typed: a topic with its people and claims, and a source with its statements.

The format is that of the demonstration corpus, which its README describes (claims/demo/README.md).
"""

from typing import Annotated, Self

from pydantic import model_validator

from claims.models import Claim, Position, Statement, TopicParty
from sources.ingest.records import (
    Day,
    PartyRecord,
    PublisherRecord,
    Record,
    Slug,
    SourceRecord,
    SpeakerRecord,
    one_of,
)


class TopicRecord(Record):
    slug: Slug
    title: str
    summary: str | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None


class PartyToTopicRecord(PartyRecord):
    role: Annotated[str, one_of(TopicParty.Role)]


class ClaimRecord(Record):
    slug: Slug
    label: str
    proposition: str
    kind: Annotated[str, one_of(Claim.Kind)] = Claim.Kind.PROPOSAL.value
    coding_rule: str | None = None
    rank: int


class TopicFile(Record):
    topic: TopicRecord
    parties: list[PartyToTopicRecord]
    speakers: list[SpeakerRecord] = []
    publishers: list[PublisherRecord] = []
    claims: list[ClaimRecord]


class PositionRecord(Record):
    claim: Slug
    holder: Slug
    stance: Annotated[str, one_of(Position.Stance)]
    strength: Annotated[str, one_of(Position.Strength)] = Position.Strength.PLAIN.value
    condition: str | None = None
    rationale: str | None = None

    @model_validator(mode="after")
    def condition_goes_with_conditional(self) -> Self:
        if self.stance == "conditional" and not (self.condition or "").strip():
            raise ValueError("the stance is conditional and the condition is missing: say on what it depends.")
        if self.stance != "conditional" and self.condition:
            raise ValueError(f"a condition goes with the stance conditional alone, and this is {self.stance}.")
        return self


class StatementRecord(Record):
    id: str
    passages: list[str]
    kind: Annotated[str, one_of(Statement.Kind)]
    cue: str | None = None
    speaker: Slug
    speaker_as_named: str | None = None
    party: Slug | None = None
    role: str | None = None
    addressee: str | None = None
    via: list[Slug] = []
    occasion: str | None = None
    said_on: Day
    said_on_precision: Annotated[str, one_of(Statement.Precision)] = Statement.Precision.DAY.value
    language: str = "en"
    utterance: Slug | None = None
    positions: list[PositionRecord] = []
    note: str | None = None

    @model_validator(mode="after")
    def date_fits_its_precision(self) -> Self:
        first = {
            "day": self.said_on,
            "month": self.said_on.replace(day=1),
            "year": self.said_on.replace(month=1, day=1),
        }
        if (expected := first[self.said_on_precision]) != self.said_on:
            raise ValueError(f"a date known to the {self.said_on_precision} stands on its first day: write {expected}.")
        return self


class DigestFile(Record):
    source: SourceRecord
    text: str
    statements: list[StatementRecord] = []
