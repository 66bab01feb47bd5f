"""What was published: Source, and the texts that it has had (Revision)."""

import hashlib
import re
import secrets
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from sources.append_only import append_only
from sources.models.people import Publisher

MAX_TEXT = 2_000_000  # code points in one revision: a long book; more is a mistake or an attack
DECIDES = "claims.review_statement"  # the permission of those who say who works on what
ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no character that is read as another

language_validator = RegexValidator(
    r"^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$", "A language is a BCP 47 tag, for example en or ar-EG."
)


def new_public_id() -> str:
    """Twelve random characters (59 bits): safe in a URL, says nothing about how many rows there are."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(12))


def check_text(text: str) -> str:
    """The text with line ends as `\\n` and every other character as it came.

    Raises ValidationError, naming the place, for what cannot be kept: nothing, too much, NUL, half a surrogate pair.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValidationError("The text is empty.", code="empty")
    if len(text) > MAX_TEXT:
        raise ValidationError(f"The text has {len(text):,} characters; the limit is {MAX_TEXT:,}.", code="too_long")
    if bad := re.search("[\0\ud800-\udfff]", text):
        what = "a NUL character" if bad[0] == "\0" else "half of a surrogate pair"
        line = text.count("\n", 0, bad.start()) + 1
        raise ValidationError(f"Line {line} of the text has {what}, which no text may hold.", code="bad_character")
    return text


class SourceQuerySet(models.QuerySet["Source"]):
    def waiting_for(self, user: User) -> "SourceQuerySet":
        """What this editor may take: kept for them first, then for nobody, the oldest print first."""
        free = self.filter(Q(assigned_to=user) | Q(assigned_to=None), queue_state=Source.Queue.WAITING)
        return free.order_by(F("assigned_to").asc(nulls_last=True), "published_on", "id")

    def take_next(self, *, by: User) -> "Source | None":
        """Take the first of those; None where nothing waits. Of many at once, each gets another, and none waits."""
        with transaction.atomic():
            source = self.waiting_for(by).select_for_update(of=("self",), skip_locked=True).first()
            if source is not None:
                source.take(by=by)
            return source

    def visible_to(self, user: User | AnonymousUser) -> "SourceQuerySet":
        """Editors see the whole queue; others what has a published statement or a text open to all.

        Nobody else sees anything on a closed site.
        """
        if user.is_staff:
            return self
        if user.is_authenticated or settings.PARLEY_PUBLIC:
            return self.filter(Q(is_public=True) | Q(full_text_public=True))
        return self.none()


class Source(models.Model):
    """One document: an article, a transcript, a release, a letter, a video. Its words are in its revisions."""

    class Medium(models.TextChoices):
        ARTICLE = "article", "article"
        TRANSCRIPT = "transcript", "transcript"
        RELEASE = "release", "release"
        LETTER = "letter", "letter"
        VIDEO = "video", "video"
        DIGEST = "digest", "digest of another document"
        OTHER = "other", "other"

    class Queue(models.TextChoices):
        WAITING = "waiting", "waiting"
        IN_PROGRESS = "in_progress", "in progress"
        DONE = "done", "done"
        SET_ASIDE = "set_aside", "set aside"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    external_id = models.SlugField(
        max_length=200, unique=True, null=True, blank=True, help_text="Its name in the file that it was imported from."
    )
    title = models.CharField(max_length=500)
    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="sources")
    url = models.URLField("address", max_length=1000, unique=True, null=True, blank=True)
    medium = models.CharField(max_length=20, choices=Medium, default=Medium.ARTICLE)
    language = models.CharField(max_length=35, default="en", validators=[language_validator], help_text="BCP 47 tag.")
    byline = models.CharField(max_length=300, blank=True)
    published_on = models.DateField()
    licence = models.CharField(max_length=200, blank=True)
    full_text_public = models.BooleanField(default=False, help_text="The licence lets anyone read the whole text here.")
    note = models.TextField(blank=True)

    # The document that a digest or a translation was made from.
    original_title = models.CharField(max_length=500, blank=True)
    original_publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, null=True, blank=True, related_name="originals"
    )
    original_url = models.URLField(max_length=1000, blank=True)
    original_published_on = models.DateField(null=True, blank=True)

    # The queue of the editors.
    queue_state = models.CharField(max_length=20, choices=Queue, default=Queue.WAITING)
    # Somebody who leaves does not take the source along.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned_sources"
    )
    # Set by the database whenever one of the two is another: a form or SQL tells the time as the verbs below do.
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    # Set by the database when a statement made from it is first published (claims, statement triggers).
    is_public = models.BooleanField(default=False, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-id"]
        indexes = [
            models.Index(F("published_on").desc(), F("id").desc(), name="source_newest"),
            models.Index(fields=["queue_state", "published_on"], name="source_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                name="source_title_is_given",
                condition=~Q(title=""),
                violation_error_message="A source needs a title.",
            ),
            models.CheckConstraint(
                name="source_queue_state_is_known",
                condition=Q(queue_state__in=["waiting", "in_progress", "done", "set_aside"]),
                violation_error_message="This queue state is not known.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="queued_at_is_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("queue_state", "assigned_to"),
                func="NEW.queued_at := clock_timestamp(); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def newest_revision(self) -> "Revision | None":
        """1 query, with the text."""
        return self.revisions.order_by("-number").first()

    # Verbs of the queue. Each locks the row, so that no two editors get the same source.

    def take(self, *, by: User) -> None:
        """Assign to `by` and begin. Raises ValidationError where somebody else is at work on it."""
        with transaction.atomic():
            row = Source.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if row.queue_state == self.Queue.IN_PROGRESS and row.assigned_to_id not in (None, by.pk):
                raise ValidationError(f"{row.assigned_to} is at work on “{row}”.")
            if row.queue_state == self.Queue.WAITING and row.assigned_to_id not in (None, by.pk):
                raise ValidationError(f"“{row}” is kept for {row.assigned_to}.")
            self._queue(self.Queue.IN_PROGRESS, assigned_to=by)

    def assign(self, *, to: User) -> None:
        """Keep for `to`, who begins when they take it; from whoever is at work on it, too."""
        if not to.is_active or not to.has_perm("claims.add_statement"):
            raise ValidationError(f"{to} has no part in annotating.")
        self._queue(self.Queue.WAITING, assigned_to=to)

    def put_back(self, *, by: User) -> None:
        """Waiting again, for anybody."""
        self._leave(self.Queue.WAITING, by=by, assigned_to=None)

    def mark_done(self, *, by: User) -> None:
        self._leave(self.Queue.DONE, by=by)

    def set_aside(self, *, by: User) -> None:
        self._leave(self.Queue.SET_ASIDE, by=by)

    def is_held_by(self, user: User) -> bool:
        """Nobody’s, one’s own, or anybody’s for those who say who works on what."""
        return self.assigned_to_id in (None, user.pk) or user.has_perm(DECIDES)

    def _leave(self, state: str, *, by: User, **changes: Any) -> None:
        """Raises ValidationError where it is somebody else’s."""
        with transaction.atomic():
            row = Source.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if not row.is_held_by(by):
                raise ValidationError(f"“{row}” is with {row.assigned_to}.")
            self._queue(state, **changes)

    def _queue(self, state: str, **changes: Any) -> None:
        for name, value in {"queue_state": state, **changes}.items():
            setattr(self, name, value)
        self.save(update_fields=["queue_state", *changes])

    def add_revision(self, text: str) -> "Revision":
        """Keep this text as the newest revision; the same text again is the revision there was.

        Raises ValidationError for a text that cannot be kept (see `check_text`).
        """
        text = check_text(text)
        with transaction.atomic():
            Source.objects.select_for_update(of=("self",)).get(pk=self.pk)
            newest = self.newest_revision
            if newest and newest.text == text:
                return newest
            return self.revisions.create(number=newest.number + 1 if newest else 1, text=text)


class Revision(models.Model):
    """One text of a source, for ever: every character as published, only line ends made `\\n`."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64, editable=False, help_text="Of the text in UTF-8.")
    retrieved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["source", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"],
                name="revision_number_is_unique",
                violation_error_message="This source has a revision of that number.",
            ),
            models.CheckConstraint(
                name="revision_text_is_not_empty",
                condition=~Q(text=""),
                violation_error_message="The text is empty.",
            ),
            models.CheckConstraint(
                name="revision_hash_is_of_the_text",
                condition=Q(
                    sha256=models.Func(
                        models.Func(
                            models.Func(F("text"), models.Value("UTF8"), function="convert_to"), function="sha256"
                        ),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                violation_error_message="The hash is not that of the text.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.source}, revision {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The hash is a function of the text, and no caller can be trusted to think of it.
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)
