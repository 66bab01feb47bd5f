"""The log of a statement's moves: written by `Statement`'s verbs in the same transaction, and never again."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from claims.models.statement import Statement
from claims.workflow import TRANSITIONS, Reason, State
from sources.append_only import append_only

MOVES = Q(pk__in=[])
for _name, _move in TRANSITIONS.items():
    MOVES |= Q(name=_name, from_state__in=sorted(_move.from_states), to_state=_move.to_state)
COMMENTED = sorted(name for name, move in TRANSITIONS.items() if move.needs_comment)


class TransitionQuerySet(models.QuerySet["Transition"]):
    def corrections(self) -> "TransitionQuerySet":
        """What the public is told of: corrections and the withdrawal, oldest first."""
        return self.filter(name__in=["correct", "withdraw"]).order_by("at", "id")

    def last_at(self, name: str) -> Subquery:
        """When each statement of an outer query was last moved so."""
        return Subquery(self.filter(statement=OuterRef("pk"), name=name).order_by("-id").values("at")[:1])

    def inconsistent_last_state(self) -> "TransitionQuerySet":
        """Last moves that did not lead to the state in which their statement is."""
        newest = Transition.objects.filter(statement=OuterRef("statement")).order_by("-id").values("id")[:1]
        return self.filter(id=Subquery(newest)).exclude(to_state=F("statement__state"))


class Transition(models.Model):
    """Who moved a statement from which state to which, when and why."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="transitions")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, choices=State)
    to_state = models.CharField(max_length=20, choices=State)
    # For accountability: who acted is not deleted.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    comment = models.TextField(blank=True)
    reason = models.CharField(
        max_length=20, choices=Reason, blank=True, help_text="Of a return: what most of it is about, for the figures."
    )

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "id"]
        indexes = [models.Index(fields=["name", "-at"], name="transition_newest")]
        constraints = [
            models.CheckConstraint(
                name="transition_is_in_the_table",
                condition=MOVES,
                violation_error_message="A statement does not move from this state to that one.",
            ),
            models.CheckConstraint(
                name="transition_comment_is_given",
                condition=~Q(name__in=COMMENTED) | ~Q(comment__regex=r"^\s*$"),
                violation_error_message="Returning, correcting and withdrawing need a comment.",
            ),
            models.CheckConstraint(
                name="transition_reason_iff_returned",
                condition=Q(name="return", reason__in=sorted(Reason)) | (~Q(name="return") & Q(reason="")),
                violation_error_message="A return, and nothing else, has one of the reasons.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name}: {self.from_state} → {self.to_state}"
