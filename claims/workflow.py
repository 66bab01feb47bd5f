"""The states of a statement and the moves between them. Pure data: `Statement`'s verbs are the only ones to act on it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "draft"
    SUBMITTED = "submitted", "submitted"
    RETURNED = "returned", "returned"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"


class Reason(models.TextChoices):
    """What a return is about."""

    PASSAGE = "passage", "the passage"
    ATTRIBUTION = "attribution", "who said it, to whom, when"
    POSITION = "position", "a position or its holder"
    MISSING = "missing", "something is missing"
    OTHER = "other", "something else"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})  # by the annotator
PUBLIC = frozenset({State.PUBLISHED, State.WITHDRAWN})  # a withdrawn statement keeps its permalink and its reason
REVIEWED = PUBLIC  # has a reviewer and a time


@dataclass(frozen=True)
class Move:
    """One row of the transition table."""

    from_states: frozenset[State]
    to_state: State
    by_reviewer: bool  # somebody else with the permission to review; otherwise the annotator
    needs_comment: str = ""  # what to ask for when the comment is missing


TRANSITIONS: dict[str, Move] = {
    "submit": Move(frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED, by_reviewer=False),
    "publish": Move(frozenset({State.SUBMITTED}), State.PUBLISHED, by_reviewer=True),
    "return": Move(
        frozenset({State.SUBMITTED}), State.RETURNED, by_reviewer=True, needs_comment="Say what is to be mended."
    ),
    "correct": Move(
        frozenset({State.PUBLISHED}), State.PUBLISHED, by_reviewer=True, needs_comment="Say in public what was wrong."
    ),
    "withdraw": Move(
        frozenset({State.PUBLISHED}), State.WITHDRAWN, by_reviewer=True, needs_comment="Give the public reason."
    ),
}


class TransitionNotAllowed(ValidationError):
    """The statement is not in a state from which this move starts, or this person may not make it."""


class Stale(ValidationError):
    """The statement has been changed since the version that this change was made from."""
