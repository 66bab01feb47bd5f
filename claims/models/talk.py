"""What annotator and reviewer say to each other about a statement. The public never sees it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from claims.models.statement import Statement
from sources.append_only import append_only


class Comment(models.Model):
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField()

    class Meta:
        ordering = ["statement", "id"]
        constraints = [
            models.CheckConstraint(
                name="comment_says_something",
                condition=~Q(text__regex=r"^\s*$"),
                violation_error_message="Write something.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.by} on {self.statement}"
