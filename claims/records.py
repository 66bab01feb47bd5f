"""A statement as the API and the exports tell it: plain dictionaries, read without building model instances.

What is not known is None, never an empty string. Serial keys stay here.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef
from django.db.models.functions import Coalesce, JSONObject

from claims.models import Position, Relay, Statement, Transition

Record = dict[str, Any]

RELAYS = (
    Relay.objects.filter(statement=OuterRef("pk"))
    .order_by("rank")
    .values(
        told=JSONObject(
            slug=Coalesce("speaker__slug", "publisher__slug", output_field=CharField()),
            name=Coalesce("speaker__name", "publisher__name", output_field=CharField()),
        )
    )
)
CORRECTIONS = (
    Transition.objects.filter(statement=OuterRef("pk"))
    .corrections()
    .values(told=JSONObject(at="at", kind="name", note="comment"))
)

# In the order in which `_statement` unpacks them.
STATEMENT = (
    "pk",
    "public_id",
    "quote",
    "kind",
    "cue",
    "language",
    "original_quote",
    "said_on",
    "said_on_precision",
    "said_on_as_printed",
    "occasion",
    "addressee",
    "state",
    "version",
    "reviewed_at",
    "note",
    "utterance__external_id",
    "spans",
    "exacts",
    "prefixes",
    "suffixes",
    "speaker__slug",
    "speaker__name",
    "speaker__kind",
    "speaker_as_named",
    "role",
    "party__slug",
    "party__name",
    "source__public_id",
    "source__title",
    "source__url",
    "source__published_on",
    "source__publisher__slug",
    "source__publisher__name",
    "source__original_publisher__slug",
    "source__original_publisher__name",
    "revision__number",
)
POSITION = (
    "statement_id",
    "claim__topic__slug",
    "claim__slug",
    "claim__label",
    "claim__proposition",
    "holder__slug",
    "holder__name",
    "stance",
    "strength",
    "condition",
    "rationale",
    "ascribed",
)


def statements(keys: Sequence[int], *, base: str) -> dict[int, Record]:
    """The records of these statements by serial key, in the order of the keys. 2 queries, however many.

    `base` is the address of the site, without a slash at its end. The caller has made sure that they may be seen.
    """
    rows = (
        Statement.objects.filter(pk__in=keys)
        .order_by()
        .annotate(via=ArraySubquery(RELAYS), corrections=ArraySubquery(CORRECTIONS))
        .values_list(*STATEMENT, "via", "corrections")
    )
    found: dict[int, Record] = {row[0]: _statement(base, *row[1:]) for row in rows}
    taken = Position.objects.filter(statement__in=list(found)).order_by("statement_id", "id").values_list(*POSITION)
    for key, *position in taken if found else ():
        found[key]["positions"].append(_position(*position))
    return {key: found[key] for key in keys if key in found}


def _statement(
    base: str,
    public_id: str,
    quote: str,
    kind: str,
    cue: str,
    language: str,
    original_quote: str,
    said_on: Any,
    said_on_precision: str,
    said_on_as_printed: str,
    occasion: str,
    addressee: str,
    state: str,
    version: int,
    reviewed_at: Any,
    note: str,
    utterance: str | None,
    spans: list[list[int]],
    exacts: list[str],
    prefixes: list[str],
    suffixes: list[str],
    speaker: str,
    speaker_name: str,
    speaker_kind: str,
    speaker_as_named: str,
    role: str,
    party: str | None,
    party_name: str | None,
    source: str,
    source_title: str,
    source_url: str | None,
    published_on: Any,
    publisher: str,
    publisher_name: str,
    original_publisher: str | None,
    original_publisher_name: str | None,
    revision: int,
    via: list[Record],
    corrections: list[Record],
) -> Record:
    return {
        "id": public_id,
        "url": f"{base}/statements/{public_id}/",
        "quote": quote,
        "kind": kind,
        "cue": cue or None,
        "language": language,
        "original_quote": original_quote or None,
        "said_on": said_on,
        "said_on_precision": said_on_precision,
        "said_on_as_printed": said_on_as_printed or None,
        "occasion": occasion or None,
        "addressee": addressee or None,
        "state": state,
        "version": version,
        "speaker": {
            "slug": speaker,
            "name": speaker_name,
            "kind": speaker_kind,
            "role": role or None,
            "as_named": speaker_as_named or None,
        },
        "party": named(party, party_name),
        "via": via,
        "source": {
            "id": source,
            "title": source_title,
            "url": source_url,
            "published_on": published_on,
            "publisher": named(publisher, publisher_name),
            "original_publisher": named(original_publisher, original_publisher_name),
            "revision": revision,
        },
        "spans": [
            {"start": start, "end": end, "exact": exact, "prefix": prefix, "suffix": suffix}
            for (start, end), exact, prefix, suffix in zip(spans, exacts, prefixes, suffixes, strict=True)
        ],
        "positions": [],
        "utterance": utterance,
        "note": note or None,
        "reviewed_at": reviewed_at,
        "corrections": corrections,
    }


def _position(
    topic: str,
    claim: str,
    label: str,
    proposition: str,
    holder: str,
    holder_name: str,
    stance: str,
    strength: str,
    condition: str,
    rationale: str,
    ascribed: bool,
) -> Record:
    return {
        "claim": {"topic": topic, "slug": claim, "label": label, "proposition": proposition},
        "holder": {"slug": holder, "name": holder_name},
        "stance": stance,
        "strength": strength,
        "condition": condition or None,
        "rationale": rationale or None,
        "ascribed": ascribed,
    }


def named(slug: str | None, name: str | None) -> Record | None:
    return {"slug": slug, "name": name} if slug else None
