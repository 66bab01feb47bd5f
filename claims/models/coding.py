"""Two coders on one source, blind to each other: what each of them makes is compared, and one result is settled."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from sources.models import Source


class CodingQuerySet(models.QuerySet["Coding"]):
    def begin(self, *, source: Source, coders: tuple[User, User]) -> list[Coding]:
        """Have two people code a source. Raises ValidationError where work on it has begun in the usual way."""
        if len({coder.pk for coder in coders}) != 2:
            raise ValidationError("Two codings need two people.")
        for coder in coders:
            if not coder.is_active or not coder.has_perm("claims.add_statement"):
                raise ValidationError(f"{coder} has no part in annotating.")
        with transaction.atomic():
            Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
            if self.filter(source=source).exists():
                raise ValidationError("Two people code this source already.")
            if source.statements.exists():
                raise ValidationError(
                    "Statements have been made of this source already, so nobody could be blind to them."
                )
            return [self.create(source=source, coder=coder, slot=slot) for slot, coder in enumerate(coders, 1)]

    def blind_to(self, user: User) -> CodingQuerySet:
        """The codings of others that this person may not see yet: theirs of the same source is not compared before both are done."""
        own = Coding.objects.filter(coder=user)
        unfinished = Coding.objects.filter(done_at=None)
        return (
            self.filter(source__in=own.values("source"))
            .exclude(coder=user)
            .filter(source__in=unfinished.values("source"))
        )


class Coding(models.Model):
    """One person's part."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="codings")
    slot = models.PositiveSmallIntegerField(help_text="First or second coder.")
    begun_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CodingQuerySet.as_manager()

    class Meta:
        ordering = ["source", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "coder"],
                name="coding_is_one_for_each_coder",
                violation_error_message="This person codes this source already.",
            ),
            models.UniqueConstraint(
                fields=["source", "slot"],
                name="coding_slot_is_taken_once",
                violation_error_message="This source has a coder in this place already.",
            ),
            models.CheckConstraint(
                name="coding_is_first_or_second",
                condition=Q(slot__in=[1, 2]),
                violation_error_message="A source has two coders.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coder} codes {self.source}"

    def finish(self, *, by: User) -> None:
        """Done: no statement of it changes from now on."""
        if by.pk != self.coder_id:
            raise ValidationError("Only who codes says that it is done.")
        if not Coding.objects.filter(pk=self.pk, done_at=None).update(done_at=timezone.now()):
            raise ValidationError("This coding is done already.")
        self.refresh_from_db()
