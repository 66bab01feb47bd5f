"""Duplicates made one: what was moved from which row to which, so that it can be moved back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from claims.models.topic import Claim
from sources.models import Speaker


class Merge(models.Model):
    """A speaker or a claim merged into another. Written by `claims.merging`, which also undoes it."""

    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    into_speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    into_claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moved = models.JSONField(
        default=dict, help_text="Keys of the rows that were moved, by table; and what was dropped."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="merge_is_of_two_speakers_or_two_claims",
                condition=Q(speaker__isnull=False, into_speaker__isnull=False, claim=None, into_claim=None)
                & ~Q(speaker=F("into_speaker"))
                | Q(speaker=None, into_speaker=None, claim__isnull=False, into_claim__isnull=False)
                & ~Q(claim=F("into_claim")),
                violation_error_message="A merge is of two speakers or of two claims.",
            ),
            models.CheckConstraint(
                name="merge_is_undone_by_somebody",
                condition=Q(undone_by=None, undone_at=None) | Q(undone_by__isnull=False, undone_at__isnull=False),
                violation_error_message="Who undid a merge is on record with when.",
            ),
        ]

    def __str__(self) -> str:
        if self.speaker:
            return f"{self.speaker} into {self.into_speaker}"
        return f"{self.claim} into {self.into_claim}"
