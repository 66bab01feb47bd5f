"""An editor's verdict on a claim of fact, with its evidence."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from claims.models.topic import Claim
from sources.models import Source


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def inconsistent_claim_kind(self) -> "AssessmentQuerySet":
        """Verdicts on what is not a fact: a proposal has no truth to rate."""
        return self.exclude(claim__kind=Claim.Kind.FACT)


class Assessment(models.Model):
    class Rating(models.TextChoices):
        TRUE = "true", "true"
        PARTLY_TRUE = "partly_true", "partly true"
        UNPROVEN = "unproven", "unproven"
        MISLEADING = "misleading", "misleading"
        FALSE = "false", "false"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="assessments")
    rating = models.CharField(max_length=20, choices=Rating)
    rationale = models.TextField()
    evidence = models.ManyToManyField(Source, blank=True, related_name="+")
    # For accountability: who gave a verdict is not deleted under it.
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_on = models.DateField(default=timezone.localdate)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="assessment_rating_is_known",
                condition=Q(rating__in=["true", "partly_true", "unproven", "misleading", "false"]),
                violation_error_message="This rating is not known.",
            ),
            models.CheckConstraint(
                name="assessment_has_a_rationale",
                condition=~Q(rationale=""),
                violation_error_message="Say why: a rating without a rationale is an opinion.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_rating_display()}"

    def clean(self) -> None:
        if self.claim_id and self.claim.kind != Claim.Kind.FACT:
            raise ValidationError(
                {"claim": "Only a claim of fact can be assessed; a proposal is neither true nor false."}
            )
