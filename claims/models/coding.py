"""Two coders on one source, blind to each other: what each of them makes is compared, and one result is settled."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from claims.roles import may_review
from sources.models import Source

OTHERS_CODE = "Two people code this source, blind to each other. Until both are done, nobody else annotates it."
DONE = "You have said that your coding is done, so nothing of it changes any more."


class CodingQuerySet(models.QuerySet["Coding"]):
    def begin(self, *, source: Source, coders: tuple[User, User]) -> list[Coding]:
        """Have two people code a source. Raises ValidationError where work on it has begun in the usual way."""
        if len({coder.pk for coder in coders}) != 2:
            raise ValidationError("Two codings need two people.")
        for coder in coders:
            if not coder.is_active or not coder.has_perm("claims.add_statement"):
                raise ValidationError(f"{coder} has no part in annotating.")
        with transaction.atomic():
            row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
            if self.filter(source=source).exists():
                raise ValidationError("Two people code this source already.")
            if source.statements.exists():
                raise ValidationError(
                    "Statements have been made of this source already, so nobody could be blind to them."
                )
            row.queue_state, row.assigned_to = Source.Queue.IN_PROGRESS, None  # nobody takes the next and gets this one
            row.save(update_fields=["queue_state", "assigned_to"])
            return [self.create(source=source, coder=coder, slot=slot) for slot, coder in enumerate(coders, 1)]

    def call_off(self, *, source: Source, by: User) -> None:
        """Have the source annotated in the usual way after all. Raises ValidationError where either has begun."""
        with transaction.atomic():
            hold(source.pk)
            codings = self.filter(source=source)
            if not may_review(by) or codings.filter(coder=by).exists():
                raise ValidationError("Only a reviewer who is neither of the two calls it off.")
            if codings.exclude(statements=None).exists():
                raise ValidationError("Something has been made already, so it is not called off any more.")
            codings.delete()
            source.put_back(by=by)

    def unfinished(self) -> CodingQuerySet:
        """Of sources where at least one of the two is not done."""
        return self.filter(source__in=Coding.objects.filter(done_at=None).values("source"))

    def blind_to(self, user: User) -> CodingQuerySet:
        """The codings of others that this person may not see yet: those unfinished.

        A reviewer sees them all the same, unless it is a source that they code too.
        """
        theirs = self.unfinished().exclude(coder=user)
        own = Coding.objects.filter(coder=user)
        return theirs.filter(source__in=own.values("source")) if may_review(user) else theirs

    def at_the_bench(self, user: User) -> CodingQuerySet:
        """Whose statements stand beside the text: once both are done, they have a page of their own."""
        return self.unfinished().exclude(pk__in=Coding.objects.blind_to(user).values("pk"))

    def for_a_new_statement(self, *, source: Source, by: User) -> Coding | None:
        """The coding that it becomes part of; none where the source is annotated in the usual way.

        In a transaction, to the end of which nobody begins or ends a coding of this source. Raises ValidationError.
        """
        hold(source.pk)
        codings = list(self.filter(source=source))
        if all(coding.done_at for coding in codings):
            return None
        mine = next((coding for coding in codings if coding.coder_id == by.pk), None)
        if mine is None:
            raise ValidationError(OTHERS_CODE)
        if mine.done_at:
            raise ValidationError(DONE)
        return mine


def hold(source_key: int) -> None:
    """Let no coding of this source begin, end or be settled by anybody else until the transaction ends."""
    Source.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=source_key)


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
        """Done: no statement of it changes from now on. For a coder who has left, a reviewer says so."""
        if by.pk != self.coder_id and (self.coder.is_active or not may_review(by)):
            raise ValidationError("Only who codes says that it is done.")
        with transaction.atomic():
            hold(self.source_id)  # who saves at this moment is waited for
            if not Coding.objects.filter(pk=self.pk, done_at=None).update(done_at=timezone.now()):
                raise ValidationError("This coding is done already.")
        self.refresh_from_db()


class PassedOver(models.Model):
    """A coded statement of which the adjudicator made nothing: neither of the two was right, or nothing was said."""

    statement = models.OneToOneField("claims.Statement", on_delete=models.PROTECT, related_name="passed_over")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "passed over"

    def __str__(self) -> str:
        return f"{self.statement}, passed over by {self.by}"
