"""The shapes of the record, for the schema. What is sent is made in sources/api/views.py; a test compares them."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    IntegerField,
    ListField,
    RegexField,
    Serializer,
    SlugField,
    URLField,
)

from sources.models import Publisher, Source, Speaker


def id_field() -> RegexField:
    return RegexField(r"^[a-z0-9]{12}$", help_text="Public id: random, and for ever.")


class Named(Serializer):
    slug = SlugField()
    name = CharField()


class PublisherRecord(Named):
    kind = ChoiceField(Publisher.Kind.choices)
    country = CharField(allow_null=True, help_text="ISO 3166, two letters.")
    homepage = URLField(allow_null=True)

    class Meta:
        ref_name = "Publisher"


class PartyRecord(Named):
    short_name = CharField()
    parent = SlugField(allow_null=True, help_text="The party that it sits in.")
    wikidata_id = CharField(allow_null=True)

    class Meta:
        ref_name = "Party"


class AffiliationRecord(Serializer):
    party = Named()
    role = CharField()
    since = DateField(allow_null=True)
    until = DateField(allow_null=True, help_text="The last day; null: still, or not known.")

    class Meta:
        ref_name = "Affiliation"


class SpeakerRecord(Named):
    kind = ChoiceField(Speaker.Kind.choices)
    aliases = ListField(child=CharField())
    wikidata_id = CharField(allow_null=True)
    affiliations = AffiliationRecord(many=True, help_text="For whom they speak, the oldest first.")

    class Meta:
        ref_name = "Speaker"


class OriginalRecord(Serializer):
    """The document that a digest or a translation was made from."""

    title = CharField(allow_null=True)
    url = URLField(allow_null=True)
    published_on = DateField(allow_null=True)
    publisher = Named(allow_null=True)

    class Meta:
        ref_name = "Original"


class SourceRecord(Serializer):
    id = id_field()
    permalink = URLField(help_text="Its page here.")
    title = CharField()
    url = URLField(allow_null=True, help_text="Where it was published.")
    medium = ChoiceField(Source.Medium.choices)
    language = CharField(help_text="BCP 47 tag.")
    byline = CharField(allow_null=True)
    published_on = DateField()
    licence = CharField(allow_null=True)
    full_text_public = BooleanField(help_text="Anyone may read its text.")
    note = CharField(allow_null=True)
    publisher = Named()
    original = OriginalRecord(allow_null=True)

    class Meta:
        ref_name = "Source"


class TextRecord(Serializer):
    id = id_field()
    revision = IntegerField(help_text="The number of this text; statements name the one that they are anchored in.")
    language = CharField()
    sha256 = CharField(help_text="Of the text in UTF-8.")
    retrieved_at = DateTimeField()
    text = CharField(help_text="Every character as published; line ends are `\\n`.")

    class Meta:
        ref_name = "SourceText"
