"""Who publishes, who speaks, and for whom: Publisher, Party, Speaker, Affiliation."""

import datetime
import itertools
import re
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.utils.text import slugify

from sources.merged import as_merged

wikidata_id_validator = RegexValidator(r"^Q[1-9]\d*$", "A Wikidata id is Q and a number, for example Q42.")


class Publisher(models.Model):
    """Who put a document before the public."""

    class Kind(models.TextChoices):
        NEWS = "news", "news organisation"
        GOVERNMENT = "government", "government"
        PARTY = "party", "party"
        INTERNATIONAL = "international", "international body"
        OTHER = "other", "other"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.NEWS)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code of two letters, for example EG.")
    homepage = models.URLField(blank=True)

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            models.CheckConstraint(
                name="publisher_country_is_a_code",
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                violation_error_message="A country is a code of two capital letters, for example EG.",
            ),
            models.CheckConstraint(
                name="publisher_kind_is_known",
                condition=Q(kind__in=["news", "government", "party", "international", "other"]),
                violation_error_message="This kind of publisher is not known.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartyQuerySet(models.QuerySet["Party"]):
    def inconsistent_nesting(self) -> "PartyQuerySet":
        """Parties more than one level deep: standings roll up one level only."""
        return self.filter(parent__parent__isnull=False)


class Party(models.Model):
    """A side whose stance is compared. It may sit in one larger party (Egypt in the mediators), and no deeper."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    short_name = models.CharField(max_length=60)
    # A party that others roll up into is not deleted under them.
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    wikidata_id = models.CharField(max_length=20, blank=True, validators=[wikidata_id_validator])

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(
                name="party_is_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message="A party cannot sit within itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def clean(self) -> None:
        if self.parent and (self.parent.parent_id or (self.pk and self.members.exists())):
            raise ValidationError({"parent": "Parties nest one level deep: a party within a party has none within it."})


NAMED_IN = r"""
    regexp_replace(sources_speaker.name, '^.*\s', '') = ANY(%s)
    OR EXISTS (SELECT 1 FROM unnest(sources_speaker.aliases) alias WHERE regexp_replace(alias, '^.*\s', '') = ANY(%s))
"""


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    def unmerged(self) -> "SpeakerQuerySet":
        """Without the duplicates that were merged into others."""
        return self.filter(merged_into=None)

    def in_place_of(self, slug: str) -> "Speaker | None":
        """Whom the duplicate of that slug was merged into, where both are of this set. 1 query."""
        return self.filter(merged__in=self.filter(slug=slug)).first()

    def inconsistent_merge(self) -> "SpeakerQuerySet":
        """Duplicates that something still points to, or that lead to a duplicate."""
        used = Q(statements__isnull=False) | Q(relays__isnull=False) | Q(affiliations__isnull=False)
        used |= Q(merged_into__merged_into__isnull=False)
        return self.exclude(merged_into=None).filter(used).distinct()

    def visible_to(self, user: User | AnonymousUser) -> "SpeakerQuerySet":
        """Editors see every speaker; others those with something published, and nobody on a closed site."""
        if user.is_staff:
            return self
        if user.is_authenticated or settings.PARLEY_PUBLIC:
            return self.filter(is_public=True)
        return self.none()

    def named_like(self, words: str) -> "SpeakerQuerySet":
        """Speakers among whose name and aliases all the words stand, or parts of them, in any case and order."""
        aliases = models.Func(
            F("aliases"), models.Value(" "), function="array_to_string", output_field=models.TextField()
        )
        all_names = Concat("name", models.Value(" "), aliases, output_field=models.TextField())
        found = self.unmerged().annotate(all_names=all_names)
        for word in words.split():
            found = found.filter(all_names__icontains=word)
        return found

    def named_in(self, text: str) -> "SpeakerQuerySet":
        """Speakers that a text may name: the last word of their name or of an alias is a word of it.

        A few too many rather than one too few; who reads the text finds out. 1 query, whatever the text's length.
        """
        tokens = (token.strip(".-’'") for token in re.findall(r"[\w’'\-.]+", text))
        words = sorted({word for token in tokens for word in (token, re.split("[’']", token)[0])})
        return self.unmerged().filter(RawSQL(NAMED_IN, [words, words], output_field=models.BooleanField()))  # noqa: S611 parameters

    def with_affiliation_on(self, day: datetime.date) -> "SpeakerQuerySet":
        """Each with `that_day`: its affiliations on that day as a list, the one that counts first. 1 query more."""
        affiliations = Affiliation.objects.on(day).begun_last_first().select_related("party")
        return self.prefetch_related(models.Prefetch("affiliations", affiliations, to_attr="that_day"))

    def add(self, *, name: str, **fields: Any) -> "Speaker":
        """A new speaker, with a slug made from the name. Raises ValidationError, also where one has that name."""
        if self.filter(Q(name__iexact=name) | Q(aliases__contains=[name])).exists():
            raise ValidationError({"name": f"There is a speaker called “{name}” already."})
        base = slugify(name)[:80] or "speaker"
        taken = set(self.filter(slug__startswith=base).values_list("slug", flat=True))
        slug = next(slug for n in itertools.count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
        speaker = Speaker(name=name, slug=slug, **fields)
        speaker.full_clean()
        speaker.save()
        return speaker


class Speaker(models.Model):
    """Who says something: a person, an organisation, or somebody unnamed ("a correspondent")."""

    class Kind(models.TextChoices):
        PERSON = "person", "person"
        ORGANISATION = "organisation", "organisation"
        UNNAMED = "unnamed", "unnamed"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PERSON)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    wikidata_id = models.CharField(max_length=20, blank=True, validators=[wikidata_id_validator])
    # Set by the database when a statement that names the speaker is first published (claims, statement triggers).
    is_public = models.BooleanField(default=False, editable=False)
    # A duplicate: all that was theirs is the other's. The row stays, so that its address leads there and none takes it.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            models.CheckConstraint(
                name="speaker_kind_is_known",
                condition=Q(kind__in=["person", "organisation", "unnamed"]),
                violation_error_message="A speaker is a person, an organisation or unnamed.",
            ),
            models.CheckConstraint(
                name="speaker_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                violation_error_message="A speaker is not a duplicate of itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def affiliation_on(self, day: datetime.date) -> "Affiliation | None":
        """For whom the speaker spoke on that day; where several roles run at once, the one begun last. 1 query."""
        return self.affiliations.on(day).begun_last_first().select_related("party").first()


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def on(self, day: datetime.date) -> "AffiliationQuerySet":
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day))

    def begun_last_first(self) -> "AffiliationQuerySet":
        return self.order_by(F("since").desc(nulls_last=True), "-id")


class Affiliation(models.Model):
    """A speaker speaks for a party, in a role, from and until a day, both counted in (a Popolo membership)."""

    # Who spoke for whom is evidence: a speaker or a party with affiliations is not deleted.
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="affiliations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="affiliations")
    role = models.CharField(max_length=200)
    since = models.DateField(null=True, blank=True, help_text="Empty: not known, or always.")
    until = models.DateField(null=True, blank=True, help_text="The last day. Empty: still, or not known.")

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["speaker", F("since").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                name="affiliation_begins_before_it_ends",
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")),
                violation_error_message="An affiliation cannot end before it begins.",
            ),
            models.UniqueConstraint(
                fields=["speaker", "party", "role", "since"],
                name="affiliation_is_recorded_once",
                nulls_distinct=False,
                violation_error_message="This speaker has this role from this day already.",
            ),
        ]
        triggers = [
            as_merged("speaker_id", "sources_speaker"),
            # No exclusion constraint can say "another party" without btree_gist, which the embedded server lacks.
            # Locking the speaker's row first makes two simultaneous writers queue up instead of missing each other.
            pgtrigger.Trigger(
                name="one_party_at_a_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    PERFORM 1 FROM sources_speaker WHERE id = NEW.speaker_id FOR NO KEY UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM sources_affiliation a
                        WHERE a.speaker_id = NEW.speaker_id AND a.party_id <> NEW.party_id AND a.id <> NEW.id
                        AND daterange(a.since, a.until, '[]') && daterange(NEW.since, NEW.until, '[]')
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'exclusion_violation',
                            CONSTRAINT = 'affiliation_one_party_at_a_time',
                            MESSAGE = 'A speaker never speaks for two parties at once.';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}, {self.role} ({self.party})"

    def clean(self) -> None:
        if self.speaker_id is None or self.party_id is None:
            return
        others = Affiliation.objects.filter(speaker=self.speaker_id).exclude(party=self.party_id).exclude(pk=self.pk)
        if self.until:
            others = others.filter(Q(since=None) | Q(since__lte=self.until))
        if self.since:
            others = others.filter(Q(until=None) | Q(until__gte=self.since))
        if other := others.first():
            raise ValidationError(f"A speaker never speaks for two parties at once: {other} covers these days already.")
