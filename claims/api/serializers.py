"""The shapes of the interpretation, for the schema. What is sent is made by claims/records.py; a test compares them."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    IntegerField,
    Serializer,
    SlugField,
    URLField,
)

from claims.models import Claim, Position, Statement, TopicParty
from claims.models.position import Stance
from claims.workflow import State
from sources.api.serializers import Named, id_field
from sources.models import Speaker as SpeakerModel

STANCE_HELP = (
    "Silence is none of these. On a claim of fact they read: affirms, affirms with reservations, takes no side, "
    "denies, declines to say."
)


class TopicColumn(Serializer):
    slug = SlugField()
    name = CharField()
    short_name = CharField()
    parent = SlugField(allow_null=True, help_text="The party that it sits in.")
    role = ChoiceField(TopicParty.Role.choices)


class TopicRecord(Serializer):
    slug = SlugField()
    url = URLField()
    title = CharField()
    summary = CharField(allow_null=True)
    opened_on = DateField(allow_null=True)
    closed_on = DateField(allow_null=True)
    parties = TopicColumn(many=True, help_text="The columns of the matrix, in order.")

    class Meta:
        ref_name = "Topic"


class ClaimRecord(Serializer):
    topic = SlugField()
    slug = SlugField()
    url = URLField()
    label = CharField(help_text="A few words.")
    proposition = CharField(help_text="A full, neutral sentence.")
    kind = ChoiceField(Claim.Kind.choices)
    coding_rule = CharField(allow_null=True, help_text="When it applies, with an example.")

    class Meta:
        ref_name = "Claim"


class SpeakerOfStatement(Named):
    kind = ChoiceField(SpeakerModel.Kind.choices)
    role = CharField(allow_null=True, help_text="As what they spoke, on that day.")
    as_named = CharField(allow_null=True, help_text="As the text names them there.")


class SourceOfStatement(Serializer):
    id = id_field()
    title = CharField()
    url = URLField(allow_null=True, help_text="Where it was published.")
    published_on = DateField()
    publisher = Named()
    original_publisher = Named(allow_null=True, help_text="Of the document that a digest was made from.")
    revision = IntegerField(help_text="The number of the text that the spans count in.")


class SpanRecord(Serializer):
    """A passage: a half-open range of Unicode code points into the source’s text."""

    start = IntegerField()
    end = IntegerField()
    exact = CharField()
    prefix = CharField(help_text="Up to 32 characters before it.")
    suffix = CharField(help_text="Up to 32 characters after it.")

    class Meta:
        ref_name = "Span"


class ClaimOfPosition(Serializer):
    topic = SlugField()
    slug = SlugField()
    label = CharField()
    proposition = CharField()


class PositionRecord(Serializer):
    claim = ClaimOfPosition()
    holder = Named()
    stance = ChoiceField(Stance.choices, help_text=STANCE_HELP)
    strength = ChoiceField(Position.Strength.choices)
    condition = CharField(allow_null=True, help_text="With `conditional`, and only then.")
    rationale = CharField(allow_null=True, help_text="Why the words were read so.")
    ascribed = BooleanField(help_text="The holder is not whom the speaker spoke for.")

    class Meta:
        ref_name = "Position"


class CorrectionRecord(Serializer):
    at = DateTimeField()
    kind = ChoiceField(["correct", "withdraw"])
    note = CharField()

    class Meta:
        ref_name = "Correction"


class StatementRecord(Serializer):
    id = id_field()
    url = URLField(help_text="The permalink.")
    quote = CharField(help_text="The exact words in the source; broken passages joined by “ […] ”.")
    kind = ChoiceField(Statement.Kind.choices)
    cue = CharField(allow_null=True, help_text="The reporting verb as printed.")
    language = CharField(help_text="In which it was said.")
    original_quote = CharField(allow_null=True, help_text="The words in that language.")
    said_on = DateField(help_text="A month or a year stands on its first day, and counts as said on its last.")
    said_on_precision = ChoiceField(Statement.Precision.choices)
    said_on_as_printed = CharField(allow_null=True)
    occasion = CharField(allow_null=True)
    addressee = CharField(allow_null=True)
    state = ChoiceField(State.choices)
    version = IntegerField()
    speaker = SpeakerOfStatement()
    party = Named(allow_null=True, help_text="For whom they spoke.")
    via = Named(many=True, help_text="Who relayed it, from nearest the speaker to the publisher.")
    source = SourceOfStatement()
    spans = SpanRecord(many=True)
    positions = PositionRecord(many=True)
    utterance = CharField(allow_null=True, help_text="Shared by statements that report the same words.")
    note = CharField(allow_null=True)
    reviewed_at = DateTimeField(allow_null=True)
    corrections = CorrectionRecord(many=True, help_text="What was corrected since, or why it was withdrawn.")

    class Meta:
        ref_name = "Statement"


class MatrixParty(Serializer):
    slug = SlugField()
    name = CharField()
    short_name = CharField()
    parent = SlugField(allow_null=True)


class MatrixClaim(Serializer):
    slug = SlugField()
    label = CharField()
    proposition = CharField()
    kind = ChoiceField(Claim.Kind.choices)


class LatestRecord(Serializer):
    id = id_field()
    url = URLField()
    quote = CharField()
    kind = ChoiceField(Statement.Kind.choices)
    speaker = Named()
    said_on = DateField()
    said_on_precision = ChoiceField(Statement.Precision.choices)

    class Meta:
        ref_name = "LatestStatement"


class StanceCount(Serializer):
    stance = ChoiceField(Stance.choices)
    count = IntegerField()


class Ascription(Serializer):
    by = CharField(help_text="According to this party, or this speaker where they spoke for none.")
    stance = ChoiceField(Stance.choices)


class CellRecord(Serializer):
    claim = SlugField()
    party = SlugField()
    stance = ChoiceField(Stance.choices, allow_null=True, help_text="Of the newest own statement; null: silent.")
    count = IntegerField(help_text="Own utterances; one that three sources report counts once.")
    ascribed_count = IntegerField(help_text="Utterances of others that ascribe a stance to the party.")
    first_said_on = DateField(allow_null=True)
    last_said_on = DateField(allow_null=True)
    shifted = BooleanField(help_text="Some earlier own stance differs from the one that stands.")
    was = ChoiceField(Stance.choices, allow_null=True, help_text="The newest of those.")
    contested = BooleanField(help_text="Own statements of the 30 days up to the last disagree.")
    stances = StanceCount(many=True, help_text="Own utterances by stance, the one that stands first.")
    ascribed = Ascription(many=True, help_text="What others say it holds.")
    latest = LatestRecord(allow_null=True, help_text="The statement that the stance stands on.")

    class Meta:
        ref_name = "Cell"


@extend_schema_serializer(many=False)
class MatrixRecord(Serializer):
    topic = SlugField()
    on = DateField(allow_null=True, help_text="As of the end of this day; null: all that is on record.")
    parties = MatrixParty(many=True)
    claims = MatrixClaim(many=True)
    cells = CellRecord(many=True, help_text="Claim by claim, one for each party, the silent ones too.")

    class Meta:
        ref_name = "Matrix"
