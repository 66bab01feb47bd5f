"""The interpretation: what was said, on which claim, with what stance, and who passed it."""

from claims.models.assessment import Assessment
from claims.models.position import Position
from claims.models.relay import Relay
from claims.models.statement import Statement, Utterance
from claims.models.topic import Claim, Topic, TopicParty
from claims.models.transition import Transition
from claims.models.upstream import NamedSpeaker, NestedParty, PrintedSource

__all__ = [
    "Assessment",
    "Claim",
    "NamedSpeaker",
    "NestedParty",
    "Position",
    "PrintedSource",
    "Relay",
    "Statement",
    "Topic",
    "TopicParty",
    "Transition",
    "Utterance",
]
