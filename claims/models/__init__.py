"""The interpretation: what was said, on which claim, with what stance, and who passed it."""

from claims.models.alert import Alert
from claims.models.assessment import Assessment
from claims.models.bench import KeptForm, Presence
from claims.models.coding import Coding, PassedOver
from claims.models.merge import Merge
from claims.models.position import Position
from claims.models.relay import Relay
from claims.models.statement import Statement
from claims.models.talk import Comment
from claims.models.topic import Claim, Topic, TopicParty
from claims.models.transition import Transition
from claims.models.upstream import NamedSpeaker, NestedParty, PrintedSource
from claims.models.utterance import Utterance

__all__ = [
    "Alert",
    "Assessment",
    "Claim",
    "Coding",
    "Comment",
    "KeptForm",
    "Merge",
    "NamedSpeaker",
    "NestedParty",
    "PassedOver",
    "Position",
    "Presence",
    "PrintedSource",
    "Relay",
    "Statement",
    "Topic",
    "TopicParty",
    "Transition",
    "Utterance",
]
