"""What was said: Statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Func, When
from django.utils import timezone

from claims import anchors
from claims.models import statement_rules
from claims.models.coding import DONE, hold
from claims.models.statement_query import StatementQuerySet
from claims.models.utterance import Utterance
from claims.roles import may_review
from claims.workflow import EDITABLE, TRANSITIONS, Reason, Stale, State, TransitionNotAllowed
from sources.append_only import append_only
from sources.models import Party, Publisher, Revision, Source, Speaker
from sources.models.document import language_validator, new_public_id


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    pghistory.DeleteEvent("deleted", row=pghistory.Old),
    exclude=statement_rules.NOT_HISTORY,
    context_field=None,  # type: ignore[arg-type] # as its documentation has it
    meta={"triggers": append_only()},
)
class Statement(models.Model):
    """One utterance as reported in one source, anchored to the exact words."""

    class Kind(models.TextChoices):
        DIRECT = "direct", "quoted"
        INDIRECT = "indirect", "reported"
        MIXED = "mixed", "reported, with quoted words"

    class Precision(models.TextChoices):
        DAY = "day", "day"
        MONTH = "month", "month"
        YEAR = "year", "year"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    external_id = models.CharField(  # noqa: DJ001 null, because "" would not be unique
        max_length=200, null=True, blank=True, help_text="Its name in the file that it was imported from."
    )

    # Where it stands. Nothing that a statement rests on can be deleted under it.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="statements")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="statements")
    spans = ArrayField(
        ArrayField(models.IntegerField(), size=2),
        help_text="[[start, end], …]: half-open ranges of code points into the revision’s text.",
    )
    quote = models.TextField(help_text="What the spans cut, passages joined by “ […] ”.")

    # Who said it, how
    kind = models.CharField(max_length=20, choices=Kind)
    cue = models.CharField(max_length=100, blank=True, help_text="The reporting verb as printed: “affirmed”, “said”.")
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="statements")
    speaker_as_named = models.CharField(max_length=300, blank=True, help_text="As this text names the speaker there.")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="statements", help_text="Spoke for."
    )
    role = models.CharField(max_length=200, blank=True, help_text="As what: the role on that day.")
    addressee = models.CharField(max_length=300, blank=True)
    occasion = models.CharField(max_length=300, blank=True)

    # When, in which language
    said_on = models.DateField(help_text="A month or a year stands on its first day.")
    said_on_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    said_on_as_printed = models.CharField(max_length=100, blank=True, help_text="Vague words: “early May”.")
    language = models.CharField(
        max_length=35, default="en", validators=[language_validator], help_text="In which it was said: a BCP 47 tag."
    )
    original_quote = models.TextField(blank=True, help_text="The words in the language in which they were said.")
    utterance = models.ForeignKey(
        Utterance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        help_text="Told elsewhere too.",
    )
    note = models.TextField(blank=True)

    # State - moved by the verbs below only
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT, editable=False)
    annotated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annotated_statements"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reviewed_statements",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who made this version; empty: the annotator, by an import.",
    )
    # Two coders - see Coding
    coding = models.ForeignKey(
        "claims.Coding",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="statements",
        help_text="The blind coding that it is part of: it is never submitted, its adjudicated result is.",
    )
    adjudicates = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="adjudicated",
        help_text="The coded statement that this one was settled from.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    # Filled by the database
    said_on_latest = models.GeneratedField(
        expression=Case(
            When(
                said_on_precision="month",
                then=Func(F("said_on"), template="(%(expressions)s + interval '1 month' - interval '1 day')::date"),
            ),
            When(
                said_on_precision="year",
                then=Func(F("said_on"), template="(%(expressions)s + interval '1 year' - interval '1 day')::date"),
            ),
            default=F("said_on"),
            output_field=models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
        help_text="The last day on which it can have been said.",
    )
    exacts = ArrayField(models.TextField(), editable=False, blank=True, help_text="The words of each passage.")
    prefixes = ArrayField(models.TextField(), editable=False, blank=True, help_text="Up to 32 characters before each.")
    suffixes = ArrayField(models.TextField(), editable=False, blank=True, help_text="Up to 32 characters after each.")
    place = models.IntegerField(editable=False, blank=True, help_text="Where the first passage begins.")
    search = SearchVectorField(editable=False, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-said_on_latest", "-id"]
        permissions = [("review_statement", "Can publish, return, correct and withdraw others’ statements")]
        indexes = statement_rules.INDEXES
        constraints = statement_rules.CONSTRAINTS
        triggers = statement_rules.TRIGGERS

    def __str__(self) -> str:
        return f"{self.speaker}: {anchors.shorten(self.quote)}"

    def get_absolute_url(self) -> str:
        return f"/statements/{self.public_id}/"

    def clean(self) -> None:
        """The rules of the text, which the database holds too: with words that an editor can act on."""
        if self.revision_id is None or self.source_id is None:
            return
        if self.revision.source_id != self.source_id:
            raise ValidationError({"revision": "This revision is of another source."})
        try:
            words = anchors.cut(self.revision.text, [(start, end) for start, end in self.spans])
        except (anchors.PassageError, ValueError) as error:
            raise ValidationError({"spans": str(error)}) from error
        if self.quote != words:
            raise ValidationError({"quote": "The quotation is not what the passages cut from the text."})

    # Verbs: the one way in for every change. Each names its actor, locks the row, and checks what is stored.

    def submit(self, *, by: User, version: int | None = None) -> None:
        """Hand one's own draft, or a mended return, to the reviewers. Stale as in `edit`."""
        self._move("submit", by=by, version=version)

    def publish(self, *, by: User, version: int | None = None) -> None:
        """Put somebody else's submitted statement before the public. Stale as in `edit`."""
        self._move("publish", by=by, version=version, reviewed_by=by, reviewed_at=timezone.now())

    def return_(self, *, by: User, comment: str, reason: str = Reason.OTHER, version: int | None = None) -> None:
        """Send somebody else's submitted statement back, saying what is to be mended. Stale as in `edit`."""
        self._move("return", by=by, comment=comment, reason=reason, version=version)

    def withdraw(self, *, by: User, comment: str) -> None:
        """Take a published statement out of every list and cell; its permalink stays, with the public reason."""
        self._move("withdraw", by=by, comment=comment)

    def correct(
        self,
        *,
        by: User,
        comment: str,
        version: int | None = None,
        positions: Iterable[Mapping[str, Any]] | None = None,
        via: Iterable[Publisher | Speaker] | None = None,
        **changes: Any,
    ) -> None:
        """Mend a published statement, with a note that the public sees. Stale as in `edit`."""
        self._move("correct", by=by, comment=comment, version=version, positions=positions, via=via, **changes)

    def edit(
        self,
        *,
        by: User,
        version: int | None = None,
        positions: Iterable[Mapping[str, Any]] | None = None,
        via: Iterable[Publisher | Speaker] | None = None,
        **changes: Any,
    ) -> None:
        """Change one's own draft or return; where a version is given, only if that is the one that is stored.

        Raises Stale, TransitionNotAllowed, PassageError or ValidationError.
        """
        with transaction.atomic():
            row = self._locked(version)
            if not row.is_editable_by(by):
                only = "Only its annotator changes a statement, while it is a draft or returned."
                raise TransitionNotAllowed(DONE if row.is_coded_for_good else only)
            row._write(positions, via, by=by, **changes)
        self.refresh_from_db()

    def discard(self, *, by: User, version: int | None = None) -> None:
        """Delete one's own draft that was never submitted. Raises Stale or TransitionNotAllowed."""
        with transaction.atomic():
            row = self._locked(version)
            if not row.is_deletable_by(by):
                only = "Only its annotator deletes a statement, while it is a draft."
                raise TransitionNotAllowed(DONE if row.is_coded_for_good else only)
            if row.comments.exists():
                raise TransitionNotAllowed("There are comments on this draft, so it stays.")
            row.delete()

    def is_editable_by(self, user: User) -> bool:
        return self.state in EDITABLE and self.annotated_by_id == user.pk and not self.is_coded_for_good

    def is_deletable_by(self, user: User) -> bool:
        """One's own draft that nobody else has seen. What was ever submitted stays (trigger `only_drafts_go`)."""
        return self.state == State.DRAFT and self.annotated_by_id == user.pk and not self.is_coded_for_good

    @property
    def is_coded_for_good(self) -> bool:
        """Part of a blind coding that its coder has said to be done. Needs `coding` where it has one."""
        return self.coding is not None and self.coding.done_at is not None

    def moves_open_to(self, user: User) -> list[str]:
        """The names of the transitions that this person may make now, in the order of the table."""
        return [name for name in TRANSITIONS if self._why_not(name, by=user) is None]

    def _locked(self, version: int | None = None) -> Statement:
        """The row as stored, not as loaded, held until the transaction ends; raises Stale where it is another version."""
        if self.coding_id:
            hold(self.source_id)  # nothing changes after its coder has said done
        row = Statement.objects.select_for_update(of=("self",)).filter(pk=self.pk).first()
        if row is None:
            raise TransitionNotAllowed("This draft has been deleted meanwhile.")
        if version not in (None, row.version):
            raise Stale("Somebody has saved another version of this statement since it was opened here.")
        return row

    def _why_not(self, name: str, *, by: User) -> str | None:
        move = TRANSITIONS[name]
        if self.coding_id:
            return "This statement is part of a blind coding: what is settled from it is submitted, not it."
        if self.state not in move.from_states:
            return f"A statement that is {self.get_state_display()} cannot be moved by “{name}”."
        if not move.by_reviewer:
            return None if self.annotated_by_id == by.pk else "Only its annotator submits a statement."
        if self.annotated_by_id == by.pk:
            return "Nobody reviews their own statement."
        return None if may_review(by) else f"Only a reviewer may {name} a statement."

    def _move(
        self,
        name: str,
        *,
        by: User,
        comment: str = "",
        reason: str = "",
        version: int | None = None,
        positions: Iterable[Mapping[str, Any]] | None = None,
        via: Iterable[Publisher | Speaker] | None = None,
        **changes: Any,
    ) -> None:
        """Make one transition and log it, or change nothing.

        Raises Stale, TransitionNotAllowed (wrong state, wrong person) or ValidationError (a rule, in its own words).
        """
        move = TRANSITIONS[name]
        if move.needs_comment and not comment.strip():
            raise ValidationError({"comment": move.needs_comment})
        with transaction.atomic():
            row = self._locked(version)
            if refusal := row._why_not(name, by=by):
                raise TransitionNotAllowed(refusal)
            from_state = row.state
            row._write(positions, via, by=by, state=move.to_state, **changes)
            log = row.transitions.model(
                statement=row, name=name, from_state=from_state, to_state=move.to_state, by=by, reason=reason
            )
            log.comment = comment.strip()
            log.full_clean()
            log.save()
        self.refresh_from_db()

    def _write(
        self,
        positions: Iterable[Mapping[str, Any]] | None = None,
        via: Iterable[Publisher | Speaker] | None = None,
        *,
        by: User,
        **changes: Any,
    ) -> None:
        """Set the fields, cut the quotation anew where its place changed, and save all of it. In a transaction."""
        for name, value in changes.items():
            setattr(self, name, value)
        if {"spans", "revision"} & changes.keys():
            self.spans = [list(span) for span in self.spans]
            self.quote = anchors.cut(self.revision.text, [(start, end) for start, end in self.spans])
        self.changed_by = by
        if not self._state.adding:
            self.version += 1
            self.updated_at = timezone.now()
        self.full_clean(exclude=statement_rules.FILLED_BY_DATABASE)
        self.save()
        if positions is not None:
            self._set_positions(positions)
        if via is not None:
            self._set_via(via)

    def _set_positions(self, positions: Iterable[Mapping[str, Any]]) -> None:
        """Those that are said again stay the rows that they were, so that the history tells only what changed."""
        before = {(row.claim_id, row.holder_id): row for row in self.positions.all()}
        gone = dict(before)
        for number, fields in enumerate(positions):
            key = (fields["claim"].pk, fields["holder"].pk)
            gone.pop(key, None)
            position = before.get(key) or self.positions.model(statement=self)
            for name, value in fields.items():
                setattr(position, name, value)
            try:
                position.full_clean()
            except ValidationError as error:
                which = {f"positions.{number}.{field}": problems for field, problems in error.error_dict.items()}
                raise ValidationError(which) from error
            position.save()
        self.positions.filter(pk__in=[row.pk for row in gone.values()]).delete()

    def _set_via(self, via: Iterable[Publisher | Speaker]) -> None:
        chain = list(via)
        if chain == [row.who for row in self.relays.select_related("speaker", "publisher").order_by("rank")]:
            return
        self.relays.all().delete()
        relay = self.relays.model
        relay.objects.bulk_create(relay.of(self, rank, who) for rank, who in enumerate(chain, 1))
