"""Undo: each change answers with a signed token of its inverse, so that nothing has to be stored for it.

A token holds the statement as it was, whole, and a digest of what the change made of it: undone is only what still
stands so, also after later changes were undone in turn. Undoing is a change, and answers with the token of its inverse.
"""

import datetime
import hashlib
import json
from typing import Any

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError

from claims.models import Claim, Statement
from claims.workbench.answers import Refused
from claims.workbench.values import PLAIN
from sources.models import Party, Publisher, Revision, Source, Speaker

SALT = "claims.workbench.undo"
KEPT_FOR = datetime.timedelta(days=7)
KEYS = ["speaker_id", "party_id", "utterance_id", "revision_id"]
SINCE = "It cannot be undone: the statement has been changed since."


def snapshot(statement: Statement) -> dict[str, Any]:
    """The statement with its positions and relays, by keys. 2 queries."""
    positions = ("claim_id", "holder_id", "stance", "strength", "condition", "rationale")
    return {
        **{name: getattr(statement, name) for name in [*PLAIN, *KEYS, "spans", "external_id"]},
        "said_on": statement.said_on.isoformat(),
        "positions": list(statement.positions.order_by("id").values(*positions)),
        "via": list(statement.relays.order_by("rank").values("speaker_id", "publisher_id")),
    }


def digest(shot: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(shot, sort_keys=True, default=str).encode()).hexdigest()


def token(did: str, statement: Statement, *, by: User, before: dict[str, Any] | None = None) -> str:
    """`did`: made, edited, deleted. `before`: its snapshot before the change, for all but one just made."""
    told = {
        "did": did,
        "id": statement.public_id,
        "source": statement.source_id,
        "version": statement.version,
        "by": by.pk,
        "after": digest(snapshot(statement)) if statement.pk else None,
        "before": before,
    }
    return signing.dumps(told, salt=SALT, compress=True)


def undo(signed: str, *, by: User, source: Source) -> tuple[Statement | None, str, str]:
    """Undo the change of a token. The statement (None where it is gone), the token of the inverse, what was done.

    Raises Refused (409) where that cannot be done any more.
    """
    try:
        told = signing.loads(signed, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature as error:
        raise Refused(409, "This is too old to be undone.") from error
    if told["by"] != by.pk or told["source"] != source.pk:
        raise Refused(409, "Only who made a change undoes it, where it was made.")
    if told["did"] == "deleted":
        return _restore(told, by=by)
    statement = Statement.objects.filter(public_id=told["id"]).first()
    if statement is None:
        raise Refused(409, "It cannot be undone: the statement is not there any more.")
    if not statement.is_editable_by(by):
        raise Refused(409, f"It cannot be undone: the statement is {statement.get_state_display()} now.")
    before, version = snapshot(statement), statement.version
    if digest(before) != told["after"]:
        raise Refused(409, SINCE)
    if told["did"] == "made":
        statement.discard(by=by, version=version)
        return None, token("deleted", statement, by=by, before=before), "The new statement is taken back."
    statement.edit(by=by, version=version, **_fields(told["before"]))
    return statement, token("edited", statement, by=by, before=before), "The last change is undone."


def _restore(told: dict[str, Any], *, by: User) -> tuple[Statement, str, str]:
    if Statement.objects.filter(public_id=told["id"]).exists():
        raise Refused(409, "The statement is back already.")
    fields = _fields(told["before"])
    try:
        statement = Statement.objects.record(
            by=by,
            public_id=told["id"],
            version=told["version"] + 1,
            external_id=told["before"]["external_id"],
            **fields,
        )
    except ValidationError as error:
        raise Refused(409, "It cannot be brought back: " + " ".join(error.messages)) from error
    return statement, token("made", statement, by=by), "The deleted statement is back."


def _fields(before: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as arguments of `record` and `edit`. What it names cannot have been deleted, but may have been merged."""
    speakers = Speaker.objects.in_bulk([before["speaker_id"], *(link["speaker_id"] for link in before["via"])])
    publishers = Publisher.objects.in_bulk([link["publisher_id"] for link in before["via"]])
    claims = Claim.objects.in_bulk([position["claim_id"] for position in before["positions"]])
    holders = Party.objects.in_bulk([before["party_id"], *(position["holder_id"] for position in before["positions"])])
    reading = ("stance", "strength", "condition", "rationale")
    try:
        return {
            **{name: before[name] for name in PLAIN},
            "said_on": datetime.date.fromisoformat(before["said_on"]),
            "spans": [tuple(span) for span in before["spans"]],
            "revision": Revision.objects.select_related("source").get(pk=before["revision_id"]),
            "speaker": speakers[before["speaker_id"]],
            "party": holders[before["party_id"]] if before["party_id"] else None,
            "utterance_id": before["utterance_id"],
            "positions": [
                {
                    "claim": claims[position["claim_id"]],
                    "holder": holders[position["holder_id"]],
                    **{name: position[name] for name in reading},
                }
                for position in before["positions"]
            ],
            "via": [
                speakers[link["speaker_id"]] if link["speaker_id"] else publishers[link["publisher_id"]]
                for link in before["via"]
            ],
        }
    except (KeyError, Revision.DoesNotExist) as error:
        raise Refused(409, "It cannot be undone: something that it names is not there any more.") from error
