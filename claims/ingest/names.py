"""Slugs to rows, each looked up once per import; a slug that is not known raises UnknownName, with the nearest ones."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import models

from claims.models import Claim, Topic
from sources.ingest.reading import shown
from sources.ingest.records import listed, nearest
from sources.models import Publisher, Speaker

M = TypeVar("M", bound=models.Model)


def in_place_of(row: Any) -> Any:
    """The row that counts: where this one is a duplicate, what it was merged into."""
    return getattr(row, "merged_into", None) or row


class UnknownName(LookupError):
    """The message says which slug, of what, and what comes near."""


class Names:
    def __init__(self, topics: Sequence[Topic] = ()) -> None:
        self.topics = topics  # claims are theirs, before anybody's
        self.row = cache(self._row)
        self.relay = cache(self._relay)
        self.claim = cache(self._claim)

    def _row(self, model: type[M], slug: str) -> M:
        found = model._default_manager.filter(slug=slug).first()
        if found is None:
            raise self._unknown(model, slug, model._default_manager.all())
        return in_place_of(found)

    def _relay(self, slug: str) -> Publisher | Speaker:
        """Who passed the words on: a publisher or a speaker."""
        found = [who for model in (Publisher, Speaker) if (who := model._default_manager.filter(slug=slug).first())]
        if len(found) == 2:
            raise UnknownName(f"{shown(slug)} is a publisher and a speaker: give one of them another slug.")
        if not found:
            near = nearest(slug, [*_slugs(Publisher.objects.all()), *_slugs(Speaker.objects.all())])
            raise UnknownName(f"no publisher or speaker is called {shown(slug)}.{near or HOW_TO_MEND}")
        return in_place_of(found[0])

    def _claim(self, slug: str) -> Claim:
        """Of the topics at hand; else of the one topic that has such a claim."""
        every = Claim.objects.select_related("topic")
        at_hand = every.filter(topic__in=self.topics)
        found = list(at_hand.filter(slug=slug)) or list(every.filter(slug=slug)[:10])
        if not found:
            raise self._unknown(Claim, slug, at_hand if self.topics else every)
        if len(found) > 1:
            topics = listed([claim.topic.slug for claim in found])
            raise UnknownName(f"the claim {shown(slug)} is in several topics: choose {topics} with --topic.")
        return in_place_of(found[0])

    def _unknown(self, model: type[models.Model], slug: str, among: Any) -> UnknownName:
        return UnknownName(
            f"no {model._meta.verbose_name} is called {shown(slug)}.{nearest(slug, _slugs(among)) or HOW_TO_MEND}"
        )


HOW_TO_MEND = " Make it first, in the topic file or in the admin."


def _slugs(rows: Any) -> list[str]:
    return list(rows.values_list("slug", flat=True)[:5_000])
