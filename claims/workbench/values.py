"""A statement as the workbench's form has it: read from JSON, and told as JSON.

Where the form means a row it holds what it shows of it, with the key as `id`; only that is read.
"""

from typing import Annotated, Any, Literal, TypeVar

import pydantic
from django.core.exceptions import ValidationError
from django.db import models
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from claims.models import Claim, Position, Statement
from claims.workbench.answers import Refused
from sources.ingest.records import Day, one_of
from sources.models import Party, Publisher, Revision, Speaker

Row = TypeVar("Row", bound=models.Model)


def check_words(value: str) -> str:
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("This holds a character that no text may hold: type it anew.")
    return value.replace("\r\n", "\n").replace("\r", "\n")


Text = Annotated[str, AfterValidator(check_words)]
Key = Annotated[int, BeforeValidator(lambda option: option.get("id") if isinstance(option, dict) else option)]
MaybeKey = Annotated[
    int | None, BeforeValidator(lambda option: option.get("id") if isinstance(option, dict) else option)
]


class Part(pydantic.BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class PositionValues(Part):
    claim: Key
    holder: Key
    stance: Annotated[str, one_of(Position.Stance)]
    strength: Annotated[str, one_of(Position.Strength)] = "plain"
    condition: Text = ""
    rationale: Text = ""


class RelayValues(Part):
    kind: Literal["speaker", "publisher"]
    id: int


class Values(Part):
    """All that the form says. Nothing is filled in here: what is missing is asked for."""

    spans: list[Annotated[tuple[int, int], Field(strict=False)]]
    exacts: list[Text]
    kind: Annotated[str, one_of(Statement.Kind)]
    cue: Text = ""
    speaker: Key
    speaker_as_named: Text = ""
    party: MaybeKey = None
    role: Text = ""
    addressee: Text = ""
    occasion: Text = ""
    said_on: Day
    said_on_precision: Annotated[str, one_of(Statement.Precision)] = "day"
    said_on_as_printed: Text = ""
    language: Text = "en"
    original_quote: Text = ""
    note: Text = ""
    positions: list[PositionValues] = []
    via: list[RelayValues] = []


PLAIN = [
    "kind",
    "cue",
    "speaker_as_named",
    "role",
    "addressee",
    "occasion",
    "said_on",
    "said_on_precision",
    "said_on_as_printed",
    "language",
    "original_quote",
    "note",
]
NEEDED = {"speaker": "Choose who said it.", "kind": "Choose how it is told.", "said_on": "Say when it was said."}
NEEDED |= {"claim": "Choose the claim.", "holder": "Choose whose position it is.", "stance": "Choose the stance."}


def read_values(given: Any) -> Values:
    """Raises Refused (422), each problem by the field that it is about: `positions.0.claim`."""
    try:
        return Values.model_validate(given)
    except pydantic.ValidationError as error:
        errors: dict[str, list[str]] = {}
        for problem in error.errors():
            field = ".".join(str(part) for part in problem["loc"]) or "__all__"
            asked = NEEDED.get(str(problem["loc"][-1])) if problem["loc"] else None
            own_words = problem["type"] == "value_error" and problem.get("input")
            errors.setdefault(field, []).append(
                str(problem["ctx"]["error"]) if own_words else asked or "This cannot be read."
            )
        raise Refused(422, "This cannot be saved yet.", errors=errors) from error


def as_fields(values: Values, revision: Revision) -> dict[str, Any]:
    """The arguments of `record` and `edit`. 1 query for each table named. Raises Refused or ValidationError.

    No spans: the statement stays where it is, on the text that it was made from.
    """
    told: dict[str, Any] = values.model_dump(include=set(PLAIN))
    told["speaker"] = _row(Speaker, values.speaker, "speaker")
    told["party"] = _row(Party, values.party, "party") if values.party is not None else None
    told["positions"] = _positions(values)
    told["via"] = [
        _row(Speaker if relay.kind == "speaker" else Publisher, relay.id, f"via.{n}")
        for n, relay in enumerate(values.via)
    ]
    if values.spans:
        _compare(values, revision.text)
        told |= {"revision": revision, "spans": values.spans}
    return told


def _compare(values: Values, text: str) -> None:
    """What the browser shows at these places is what stands there: an old page must not save other words."""
    shown = values.exacts
    if len(shown) != len(values.spans) or any(
        text[max(start, 0) : max(end, 0)] != words for (start, end), words in zip(values.spans, shown, strict=True)
    ):
        error = "The words that your browser shows there are not those of the newest text. Load the page anew: the form is kept."
        raise Refused(409, error, errors={"spans": [error]})


def _row(model: type[Row], key: int, field: str) -> Row:
    found = model._default_manager.filter(pk=key).first() if 0 < key < 2**63 else None
    if found is None:
        raise ValidationError({field: f"This {model._meta.verbose_name} is not there any more: choose again."})
    return found


def _positions(values: Values) -> list[dict[str, Any]]:
    claims = Claim.objects.in_bulk([position.claim for position in values.positions if 0 < position.claim < 2**63])
    holders = Party.objects.in_bulk([position.holder for position in values.positions if 0 < position.holder < 2**63])
    told: list[dict[str, Any]] = []
    for n, position in enumerate(values.positions):
        claim, holder = claims.get(position.claim), holders.get(position.holder)
        if claim is None or holder is None:
            field = "claim" if claim is None else "holder"
            raise ValidationError({f"positions.{n}.{field}": "This is not there any more: choose again."})
        told.append({**position.model_dump(), "claim": claim, "holder": holder})
    return told


# Told


def party_option(party: Party | None) -> dict[str, Any] | None:
    return {"id": party.pk, "name": party.short_name} if party else None


def claim_option(claim: Claim) -> dict[str, Any]:
    """Needs `topic`."""
    return {
        "id": claim.pk,
        "label": claim.label,
        "topic": {"id": claim.topic_id, "title": claim.topic.title},
        "kind": claim.kind,
        "proposition": claim.proposition,
        "coding_rule": claim.coding_rule,
    }


def speaker_option(speaker: Speaker) -> dict[str, Any]:
    """With party and role of that day. Needs `with_affiliation_on`."""
    affiliation = next(iter(speaker.that_day), None)  # type: ignore[attr-defined]
    role, party = (affiliation.role, affiliation.party) if affiliation else ("", None)
    detail = " · ".join(part for part in (role, party.short_name if party else "") if part)
    return {
        "id": speaker.pk,
        "name": speaker.name,
        "kind": speaker.kind,
        "detail": detail or (", ".join(speaker.aliases[:3])),
        "party": party_option(party),
        "role": role,
    }


def relay_option(who: Speaker | Publisher) -> dict[str, Any]:
    kind = "speaker" if isinstance(who, Speaker) else "publisher"
    return {"kind": kind, "id": who.pk, "name": who.name, "detail": who.get_kind_display()}


def told_values(statement: Statement, newest: Revision) -> dict[str, Any]:
    """The form of a stored statement. Without spans where it stands on an older text. Needs `with_attribution`."""
    here = statement.revision_id == newest.pk
    return {
        **{name: getattr(statement, name) for name in PLAIN},
        "said_on": statement.said_on.isoformat(),
        "spans": statement.spans if here else [],
        "exacts": statement.exacts,
        "speaker": {"id": statement.speaker_id, "name": statement.speaker.name, "kind": statement.speaker.kind},
        "party": party_option(statement.party),
        "positions": [
            {
                "claim": claim_option(position.claim),
                "holder": party_option(position.holder),
                **{name: getattr(position, name) for name in ("stance", "strength", "condition", "rationale")},
            }
            for position in statement.positions.all()
        ],
        "via": [relay_option(relay.who) for relay in statement.relays.all()],
    }
