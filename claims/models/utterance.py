"""The same words told by several sources."""

from django.db import models


class Utterance(models.Model):
    """The same words told by several sources: they count once, and the earliest print leads."""

    external_id = models.SlugField(max_length=200, unique=True, null=True, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.external_id or f"utterance {self.pk}"
