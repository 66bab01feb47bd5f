"""The questions asked of statements: who may see which, what they say, in which order, with what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.search import SearchQuery
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from claims import anchors
from claims.models.coding import Coding
from claims.roles import may_review
from claims.workflow import PUBLIC, State
from sources.models import Publisher, Revision, Source, Speaker

if TYPE_CHECKING:
    from claims.models.statement import Statement

TYPOGRAPHIC = str.maketrans("“”„«»", '"' * 5)  # as phones and word processors write them: they hold a phrase too
SEARCH_CONFIG = "parley"  # English stems, no stop words, any script: made by the first migration


class StatementQuerySet(models.QuerySet["Statement"]):
    # Who may see what

    def published(self) -> StatementQuerySet:
        return self.filter(state=State.PUBLISHED)

    def visible_to(self, user: User | AnonymousUser) -> StatementQuerySet:
        """All to reviewers; one's own, and what was ever published, to annotators; the latter alone to others.

        Whoever codes a source does not see what the other coder makes of it, before both are done.
        """
        if may_review(user):
            return self.exclude(coding__in=Coding.objects.blind_to(user))  # type: ignore[arg-type]
        if not user.is_authenticated and not settings.PARLEY_PUBLIC:
            return self.none()
        public = Q(state__in=sorted(PUBLIC))
        return self.filter(public | Q(annotated_by=user.pk)) if user.is_authenticated else self.filter(public)

    def reviewable_by(self, user: User) -> StatementQuerySet:
        """What waits for this reviewer: submitted, by somebody else."""
        return self.filter(state=State.SUBMITTED).exclude(annotated_by=user)

    # What it says

    def search(self, words: str) -> StatementQuerySet:
        """Web search syntax over the words and the names: phrases in quotes, `or`, `-` to exclude. English stems."""
        plain = words.translate(TYPOGRAPHIC)
        return self.filter(search=SearchQuery(plain, config=SEARCH_CONFIG, search_type="websearch"))

    def orphaned(self) -> StatementQuerySet:
        """Anchored in a revision that is no longer the newest of its source."""
        newer = Revision.objects.filter(source=OuterRef("source"), number__gt=OuterRef("revision__number"))
        return self.filter(Exists(newer))

    def at_the_bench(self, source: Source, user: User) -> StatementQuerySet:
        """What is made from this source, whoever's: what its editors see of each other's work, in text order.

        Of a blind coding, what this person may see of it while it goes on.
        """
        coded = Q(coding__in=Coding.objects.at_the_bench(user))
        return self.filter(Q(coding=None) | coded, source=source).in_text_order()

    def in_the_usual_way(self) -> StatementQuerySet:
        """Without what is coded blind: that is compared, and never submitted."""
        return self.filter(coding=None)

    # In which order, with what

    def newest_first(self) -> StatementQuerySet:
        """The order of every list; `Position` rows can drive it. Ends in the key."""
        return self.order_by("-said_on_latest", "-id")

    def in_text_order(self) -> StatementQuerySet:
        return self.order_by("place", "id")

    def with_attribution(self) -> StatementQuerySet:
        """Speaker, party, source and publishers in the same query; relays and positions in 1 query each."""
        from claims.models.position import Position  # they know statements, not the other way round
        from claims.models.relay import Relay

        return self.select_related(
            "speaker", "party", "source__publisher", "source__original_publisher"
        ).prefetch_related(
            models.Prefetch("relays", Relay.objects.select_related("speaker", "publisher")),
            models.Prefetch("positions", Position.objects.select_related("claim__topic", "holder").order_by("id")),
        )

    # What no constraint can say; run by `manage.py check_consistency`

    def inconsistent_log(self) -> StatementQuerySet:
        """Moved without a word in the log: not a draft, and no transition."""
        return self.exclude(state=State.DRAFT).filter(transitions=None)

    def inconsistent_dates(self) -> StatementQuerySet:
        """Said after it was printed."""
        return self.filter(said_on__gt=F("source__published_on"))

    def inconsistent_utterance(self) -> StatementQuerySet:
        """Told as one utterance, yet another speaker's or of another day than the utterance's first statement."""
        first = self.model._default_manager.filter(utterance=OuterRef("utterance")).order_by("id")
        return self.filter(utterance__isnull=False).exclude(
            speaker=models.Subquery(first.values("speaker")[:1]), said_on=models.Subquery(first.values("said_on")[:1])
        )

    def record(
        self,
        *,
        by: User,
        revision: Revision,
        spans: Sequence[anchors.Span],
        speaker: Speaker,
        positions: Iterable[Mapping[str, Any]] = (),
        via: Iterable[Publisher | Speaker] = (),
        **fields: Any,
    ) -> Statement:
        """A new draft by `by`: the quotation cut from the revision, and what is not given filled in.

        The date is then the source's; party and role are those of the speaker's affiliation on that day.
        Where its source is coded by two, it becomes part of what this person codes.
        Raises PassageError or ValidationError; nothing half-written stays behind.
        """
        fields.setdefault("said_on", revision.source.published_on)
        if "party" not in fields:
            affiliation = speaker.affiliation_on(fields["said_on"])
            fields["party"] = affiliation and affiliation.party
            fields.setdefault("role", affiliation.role if affiliation else "")
        statement = self.model(source=revision.source, speaker=speaker, annotated_by=by)
        with transaction.atomic():
            statement.coding = Coding.objects.for_a_new_statement(source=revision.source, by=by)
            statement._write(positions, via, by=by, revision=revision, spans=spans, **fields)
        return statement
