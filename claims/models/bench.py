"""What the annotation workbench keeps beside the record: forms that nobody has finished, and who is at work where."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from claims.models.statement import Statement
from sources.models import Source

MAX_BODY = 400_000  # characters of JSON in ASCII for one kept form: more than anybody types
STILL_HERE = datetime.timedelta(seconds=75)  # a page that nobody looks at says so every 30 seconds


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    def unfinished(self, *, by: User, source: Source) -> KeptFormQuerySet:
        """The newest last: the one that its editor was at."""
        return self.filter(user=by, source=source, statement=None).exclude(body="").order_by("saved_at", "id")


class KeptForm(models.Model):
    """One form of one editor, by the key that their browser gave it: first as typed, then as the statement it made.

    That a key makes one statement, whatever is sent twice, is what lets a browser send again when no answer came.
    """

    # Nobody but its editor ever sees it; it goes with them.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    body = models.TextField(blank=True, help_text="The form as JSON; empty once it is saved.")
    statement = models.OneToOneField(
        Statement, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="Made from it."
    )
    saved_at = models.DateTimeField(default=timezone.now)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                name="kept_form_key_is_unique",
                violation_error_message="This form is kept already.",
            ),
            models.CheckConstraint(
                name="kept_form_is_of_a_size",
                condition=LessThanOrEqual(Length("body"), MAX_BODY),
                violation_error_message="This form holds too much to be kept.",
            ),
        ]

    def __str__(self) -> str:
        return f"a form of {self.user} on {self.source}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now(self, *, at: Source, but: User) -> PresenceQuerySet:
        """The others who have this source open, by name. Needs no query more for their names."""
        recent = self.filter(source=at, seen_at__gte=timezone.now() - STILL_HERE, user__is_active=True)
        return recent.exclude(user=but).select_related("user").order_by("user__username")


class Presence(models.Model):
    """Who had a source open when, and which of its statements they were editing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    editing = models.CharField(max_length=12, blank=True, help_text="The public id of a statement.")

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "user"],
                name="presence_is_one_for_each",
                violation_error_message="This editor is at this source already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.source}"
