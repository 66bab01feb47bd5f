"""The editor's reading: the stance that a statement takes on a claim, and whose stance it is."""

import datetime
from collections.abc import Iterable

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce

from claims.models import triggers
from claims.models.statement import Statement
from claims.models.topic import Claim, Topic
from sources.append_only import append_only
from sources.merged import as_merged
from sources.models import Party


class Stance(models.TextChoices):
    SUPPORTS = "supports", "supports"
    CONDITIONAL = "conditional", "supports, on a condition"
    NEUTRAL = "neutral", "takes no side"
    OPPOSES = "opposes", "opposes"
    DECLINED = "declined", "declines to say"


# Newest first. Two of one day: the one printed later; of one print day, the later source and then the later place.
# claims/comparison.py and the index below follow the same order.
STANDING_ORDER = ("-said_on", "-printed_on", "-source_id", "-place", "-statement_id")


COPIES = ["said_on", "printed_on", "source_id", "place", "unit", "published", "ascribed"]


class PositionQuerySet(models.QuerySet["Position"]):
    def published(self) -> "PositionQuerySet":
        return self.filter(published=True)

    def of_kind(self, kinds: Iterable[str]) -> "PositionQuerySet":
        """Read from statements of these kinds (direct, indirect, mixed); of any, where there is none of these."""
        wanted = sorted(set(kinds) & set(Statement.Kind.values))
        return self.filter(statement__kind__in=wanted) if wanted else self

    def own(self) -> "PositionQuerySet":
        return self.filter(ascribed=False)

    def as_of(self, day: datetime.date | None) -> "PositionQuerySet":
        """Said on or before that day, whenever it was printed. A month or a year counts as said on its last day."""
        return self if day is None else self.filter(said_on__lte=day)

    def on_topic(self, topic: Topic) -> "PositionQuerySet":
        return self.filter(claim__topic=topic)

    def days(self) -> list[datetime.date]:
        """The days on which something was said, oldest first: those on which a matrix can change. 1 query."""
        return list(self.order_by("said_on").values_list("said_on", flat=True).distinct())

    def held_by(self, party: Party) -> "PositionQuerySet":
        """Held by the party or by a party within it. One nesting level: see `Party`."""
        return self.filter(holder__in=Party.objects.filter(Q(pk=party.pk) | Q(parent=party.pk)))

    def newest_first(self) -> "PositionQuerySet":
        return self.order_by(*STANDING_ORDER)

    def inconsistent_copies(self) -> "PositionQuerySet":
        """Positions whose copies differ from the statement, the source and the parties that they copy."""
        speaks_for = F("statement__party_id")
        own = Q(holder_id=speaks_for) | Q(holder_id=F("statement__party__parent_id")) | Q(holder__parent_id=speaks_for)
        return self.annotate(
            is_own=Case(When(own, then=True), default=False),
            is_published=Case(When(statement__state="published", then=True), default=False),
        ).exclude(
            said_on=F("statement__said_on_latest"),
            printed_on=F("statement__source__published_on"),
            source_id=F("statement__source_id"),
            place=F("statement__place"),
            unit=Coalesce("statement__utterance_id", -F("statement_id")),
            published=F("is_published"),
            ascribed=Case(When(is_own=True, then=False), default=True),
        )


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    pghistory.DeleteEvent("deleted", row=pghistory.Old),
    exclude=["id", *COPIES],
    context_field=None,  # type: ignore[arg-type] # as its documentation has it
    attrs=triggers.ended_in_version(),
    meta={"triggers": [*append_only(), triggers.until_version()]},
)
class Position(models.Model):
    """One stance of one holder on one claim, read out of one statement."""

    Stance = Stance

    class Strength(models.TextChoices):
        PLAIN = "plain", "plain"
        STRONG = "strong", "strong"

    # Goes with its statement only while that is a draft: a statement that was ever submitted cannot be deleted.
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="positions")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="positions")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="positions")
    stance = models.CharField(max_length=20, choices=Stance)
    strength = models.CharField(max_length=20, choices=Strength, default=Strength.PLAIN)
    condition = models.TextField(blank=True, help_text="With “supports, on a condition”, and only then: if what?")
    rationale = models.TextField(blank=True, help_text="Why the words were read so.")

    # History: filled by the database with the statement's version when the reading was made or last changed.
    since = models.PositiveIntegerField(editable=False, blank=True, default=1)

    # Copies, so that a matrix or a list never has to join. Filled by the database on every write, by whoever.
    said_on = models.DateField(editable=False, blank=True, help_text="The last day on which it can have been said.")
    printed_on = models.DateField(editable=False, blank=True)
    source_id = models.BigIntegerField(editable=False, blank=True)
    place = models.IntegerField(editable=False, blank=True, help_text="Where its statement begins in the text.")
    unit = models.BigIntegerField(
        editable=False,
        blank=True,
        help_text="What counts once: its utterance, or minus its statement where it has none.",
    )
    published = models.BooleanField(editable=False, blank=True)
    ascribed = models.BooleanField(
        editable=False, blank=True, help_text="The holder is not whom the speaker spoke for, nor its parent or child."
    )

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "id"]
        indexes = [
            # The standing of a cell is the first row of a range of this index.
            models.Index(
                fields=["claim", "holder", "ascribed", *STANDING_ORDER],
                name="position_standing",
                condition=Q(published=True),
                include=["stance", "unit"],
            ),
            # Lists filtered by what is said of positions are driven from here, in the order of the list.
            models.Index(fields=["-said_on", "-statement"], name="position_newest", condition=Q(published=True)),
            models.Index(
                fields=["claim", "-said_on", "-statement"], name="position_by_claim", condition=Q(published=True)
            ),
            models.Index(
                fields=["holder", "claim", "-said_on", "-statement"],
                name="position_by_holder",
                condition=Q(published=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "claim", "holder"],
                name="position_is_taken_once",
                violation_error_message="This statement has a position of this holder on this claim already.",
            ),
            models.CheckConstraint(
                name="position_stance_is_known",
                condition=Q(stance__in=["supports", "conditional", "neutral", "opposes", "declined"]),
                violation_error_message="This stance is not known.",
            ),
            models.CheckConstraint(
                name="position_strength_is_known",
                condition=Q(strength__in=["plain", "strong"]),
                violation_error_message="A strength is plain or strong.",
            ),
            models.CheckConstraint(
                name="position_condition_iff_conditional",
                condition=(Q(stance="conditional") & ~Q(condition__regex=r"^\s*$"))
                | (~Q(stance="conditional") & Q(condition="")),
                violation_error_message="A condition goes with a conditional stance, and only with it.",
            ),
        ]
        triggers = [
            as_merged("claim_id", "claims_claim"),
            pgtrigger.Trigger(
                name="copy_from_statement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("spoke_for", "bigint"), ("version", "integer")],
                func=triggers.COPY_TO_POSITION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.stance} {self.claim}"
