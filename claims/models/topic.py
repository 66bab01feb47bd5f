"""What is compared: a Topic, its parties (the columns) and its claims (the rows)."""

from django.db import models
from django.db.models import F, Q

from sources.models import Party


class TopicQuerySet(models.QuerySet["Topic"]):
    def with_parties(self) -> "TopicQuerySet":
        """Each topic's parties in order, with their parents: 1 query more."""
        return self.prefetch_related(
            models.Prefetch("topic_parties", TopicParty.objects.select_related("party__parent"))
        )


class Topic(models.Model):
    """One debate."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    summary = models.TextField(blank=True)
    parties = models.ManyToManyField(Party, through="TopicParty", related_name="topics")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = [F("opened_on").desc(nulls_last=True), "slug"]
        constraints = [
            models.CheckConstraint(
                name="topic_opens_before_it_closes",
                condition=Q(opened_on=None) | Q(closed_on=None) | Q(opened_on__lte=F("closed_on")),
                violation_error_message="A topic cannot close before it opens.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/topics/{self.slug}/"

    def ordered_parties(self) -> list[Party]:
        """The columns in order. No query after `with_parties`, else 1."""
        return [row.party for row in self.topic_parties.all()]


class TopicParty(models.Model):
    """A party as a column of a topic, and its part in it."""

    class Role(models.TextChoices):
        PARTY = "party", "party"
        MEDIATOR = "mediator", "mediator"
        OBSERVER = "observer", "observer"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="topic_parties")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role, default=Role.PARTY)
    rank = models.PositiveIntegerField(default=0, help_text="Order of the columns, from the left.")

    class Meta:
        ordering = ["topic", "rank", "id"]
        verbose_name = "party to a topic"
        verbose_name_plural = "parties to a topic"
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "party"],
                name="topic_has_a_party_once",
                violation_error_message="This topic has this party already.",
            ),
            models.CheckConstraint(
                name="topic_party_role_is_known",
                condition=Q(role__in=["party", "mediator", "observer"]),
                violation_error_message="A party to a topic is a party, a mediator or an observer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} in {self.topic}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def unmerged(self) -> "ClaimQuerySet":
        """Without the duplicates that were merged into others."""
        return self.filter(merged_into=None)

    def in_place_of(self, slug: str) -> "Claim | None":
        """What the duplicate of that slug was merged into, where both are of this set. 1 query."""
        return self.filter(merged__in=self.filter(slug=slug)).first()

    def inconsistent_merge(self) -> "ClaimQuerySet":
        """Duplicates that something still points to, or that lead to a duplicate."""
        used = Q(positions__isnull=False) | Q(assessments__isnull=False) | Q(merged_into__merged_into__isnull=False)
        return self.exclude(merged_into=None).filter(used).distinct()


class Claim(models.Model):
    """A neutral sentence that a party can support or oppose (a proposal) or affirm or deny (a fact)."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", "proposal"
        FACT = "fact", "fact"

    # A claim carries positions, and they carry the record: neither goes with its topic.
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="claims")
    slug = models.SlugField(max_length=100)
    label = models.CharField(max_length=120, help_text="A few words: the head of the row.")
    proposition = models.TextField(help_text="A full, neutral sentence.")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PROPOSAL)
    coding_rule = models.TextField(blank=True, help_text="When it applies and when not, with an example.")
    rank = models.PositiveIntegerField(default=0, help_text="Order of the rows, from the top.")
    # A duplicate: its positions are the other's. The row stays, so that its address leads there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "rank", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "slug"],
                name="claim_slug_is_unique_in_its_topic",
                violation_error_message="This topic has a claim of that slug already.",
            ),
            models.CheckConstraint(
                name="claim_kind_is_known",
                condition=Q(kind__in=["proposal", "fact"]),
                violation_error_message="A claim is a proposal or a fact.",
            ),
            models.CheckConstraint(
                name="claim_proposition_is_given",
                condition=~Q(proposition=""),
                violation_error_message="A claim needs its proposition: a full, neutral sentence.",
            ),
            models.CheckConstraint(
                name="claim_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                violation_error_message="A claim is not a duplicate of itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """Needs `topic` selected, else 1 query."""
        return f"/topics/{self.topic.slug}/claims/{self.slug}/"
