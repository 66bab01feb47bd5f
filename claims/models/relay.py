"""The chain that relayed a statement, from nearest the speaker to the publisher."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from claims.models import triggers
from claims.models.statement import Statement
from sources.append_only import append_only
from sources.merged import as_merged
from sources.models import Publisher, Speaker


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    pghistory.DeleteEvent("deleted", row=pghistory.Old),
    exclude=["id"],
    context_field=None,  # type: ignore[arg-type] # as its documentation has it
    attrs=triggers.ended_in_version(),
    meta={"triggers": [*append_only(), triggers.until_version()]},
)
class Relay(models.Model):
    """One link of the chain that relayed a statement: a publisher, or a speaker (a correspondent, an official)."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="relays")
    rank = models.PositiveSmallIntegerField(help_text="1 is nearest the speaker; the last is the publisher.")
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="relays")
    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, null=True, blank=True, related_name="relays")

    # History: filled by the database with the statement's version when the chain was set so.
    since = models.PositiveIntegerField(editable=False, blank=True, default=1)

    class Meta:
        ordering = ["statement", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "rank"],
                name="relay_rank_is_unique",
                violation_error_message="This place in the chain is taken.",
            ),
            models.CheckConstraint(
                name="relay_is_speaker_or_publisher",
                condition=Q(speaker=None, publisher__isnull=False) | Q(speaker__isnull=False, publisher=None),
                violation_error_message="Each link of the chain is one speaker or one publisher.",
            ),
        ]
        triggers = [
            as_merged("speaker_id", "sources_speaker"),
            pgtrigger.Trigger(
                name="since_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("rank", "speaker_id", "publisher_id"),
                func=triggers.SINCE_VERSION,
            ),
            pgtrigger.Trigger(
                name="open_to_public",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=triggers.OPEN_RELAY_TO_PUBLIC,
            ),
        ]

    def __str__(self) -> str:
        return self.who.name

    @property
    def who(self) -> Speaker | Publisher:
        who = self.speaker or self.publisher
        assert who is not None  # relay_is_speaker_or_publisher
        return who

    @classmethod
    def of(cls, statement: Statement, rank: int, who: Publisher | Speaker) -> Relay:
        return cls(statement=statement, rank=rank, **{"speaker" if isinstance(who, Speaker) else "publisher": who})
