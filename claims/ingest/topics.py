"""A topic file: the topic, its parties, who speaks for them, who publishes, and the claims."""

from typing import Any

from claims.ingest.desk import Desk
from claims.ingest.records import PartyToTopicRecord, TopicFile
from claims.ingest.report import Tally
from claims.ingest.rows import Rows
from claims.models import Claim, Topic, TopicParty
from sources.ingest.reading import Document, Loc, shown
from sources.ingest.records import SpeakerRecord, nearest, typed
from sources.models import Affiliation, Party, Publisher, Speaker


def load_topic(document: Document, desk: Desk) -> tuple[Topic, Tally]:
    """Bring the rows to say what the file says; what it no longer mentions stays. In a transaction.

    Raises Rejected, after which nothing may be kept.
    """
    file = typed(TopicFile, document)
    rows = Rows(document, keep=desk.keep)
    _check_slugs(rows, file)
    topic = Topic.objects.filter(slug=file.topic.slug).first() or Topic(slug=file.topic.slug)
    rows.sync("topic", ["topic"], topic, _blank_for_none(file.topic.model_dump(exclude={"slug"}), "summary"))
    rows.raise_problems()
    parties = _load_parties(rows, file, topic)
    _load_publishers(rows, file)
    for place, record in enumerate(file.speakers):
        _load_speaker(rows, place, record, parties)
    _load_claims(rows, file, topic)
    rows.raise_problems()
    return topic, rows.tally


def _check_slugs(rows: Rows, file: TopicFile) -> None:
    for kind in ("parties", "speakers", "publishers", "claims"):
        rows.check_keys(kind, [record.slug for record in getattr(file, kind)])
    speakers = {record.slug for record in file.speakers}
    for place, record in enumerate(file.publishers):
        if record.slug in speakers:
            what = "is a speaker too, and “via” could not tell them apart: give one of them another slug."
            rows.problems.append(rows.document.problem(["publishers", place], what))
    rows.raise_problems()


def _load_parties(rows: Rows, file: TopicFile, topic: Topic) -> dict[str, Party]:
    """The parties by slug, with those that the file refers to; larger parties first, whatever their order there."""
    wanted = {record.slug for record in file.parties} | {record.parent for record in file.parties}
    wanted |= {affiliation.party for speaker in file.speakers for affiliation in speaker.affiliations}
    parties = {party.slug: party for party in Party.objects.filter(slug__in=wanted - {None}).select_related("parent")}
    columns = {row.party_id: row for row in TopicParty.objects.filter(topic=topic)}
    parents = {record.slug: record.parent for record in file.parties}
    for rank, record in sorted(enumerate(file.parties, 1), key=lambda ranked: ranked[1].parent is not None):
        loc: Loc = ["parties", rank - 1]
        if what := _wrong_parent(record, parents, parties):
            rows.problems.append(rows.document.problem([*loc, "parent"], what))
            continue
        party = parties.get(record.slug) or Party(slug=record.slug)
        values = _blank_for_none(record.model_dump(exclude={"slug", "role", "parent"}), "wikidata_id")
        rows.sync("party", loc, party, {**values, "parent": parties.get(record.parent or "")})
        rows.raise_problems()
        parties[record.slug] = party
        column = columns.get(party.pk) or TopicParty(topic=topic, party=party)
        rows.sync("column", loc, column, {"role": record.role, "rank": rank})
    rows.raise_problems()
    return parties


def _wrong_parent(record: PartyToTopicRecord, parents: dict[str, str | None], parties: dict[str, Party]) -> str | None:
    """What is wrong with the party's parent, as far as the file can tell: the model knows the rest."""
    if record.parent is None:
        return None
    if record.parent == record.slug:
        return "a party cannot sit within itself."
    if parents.get(record.parent):
        return f"parties nest one level deep, and {shown(record.parent)} sits in another itself."
    return None if record.parent in parties else _no_party(record.parent, parties)


def _load_publishers(rows: Rows, file: TopicFile) -> None:
    known = Publisher.objects.in_bulk([record.slug for record in file.publishers], field_name="slug")
    for place, record in enumerate(file.publishers):
        publisher = known.get(record.slug) or Publisher(slug=record.slug)
        values = _blank_for_none(record.model_dump(exclude={"slug"}), "country", "homepage")
        rows.sync("publisher", ["publishers", place], publisher, values)


def _load_speaker(rows: Rows, place: int, record: SpeakerRecord, parties: dict[str, Party]) -> None:
    loc: Loc = ["speakers", place]
    speaker = Speaker.objects.filter(slug=record.slug).prefetch_related("affiliations").first()
    speaker = speaker or Speaker(slug=record.slug)
    values = _blank_for_none(record.model_dump(exclude={"slug", "affiliations"}), "wikidata_id")
    rows.sync("speaker", loc, speaker, values)
    if speaker._state.adding:  # refused
        return
    speaker = speaker.merged_into or speaker  # where it is a duplicate now, its roles are the other's
    known = {(row.party_id, row.role, row.since): row for row in speaker.affiliations.all()}
    for number, affiliation in enumerate(record.affiliations):
        where: Loc = [*loc, "affiliations", number]
        if affiliation.party not in parties:
            rows.problems.append(rows.document.problem([*where, "party"], _no_party(affiliation.party, parties)))
            continue
        party = parties[affiliation.party]
        row = known.get((party.pk, affiliation.role, affiliation.since))
        row = row or Affiliation(speaker=speaker, party=party, role=affiliation.role, since=affiliation.since)
        rows.sync("affiliation", where, row, {"until": affiliation.until})


def _no_party(slug: str, parties: dict[str, Party]) -> str:
    return f"no party is called {shown(slug)}, here or in the database.{nearest(slug, parties)}"


def _load_claims(rows: Rows, file: TopicFile, topic: Topic) -> None:
    known = {claim.slug: claim for claim in Claim.objects.filter(topic=topic)}
    for place, record in enumerate(file.claims):
        claim = known.get(record.slug) or Claim(topic=topic, slug=record.slug)
        values = _blank_for_none(record.model_dump(exclude={"slug"}), "coding_rule")
        rows.sync("claim", ["claims", place], claim, values)


def _blank_for_none(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Text columns hold no NULL: nothing is the empty text."""
    return {name: "" if value is None and name in names else value for name, value in values.items()}
