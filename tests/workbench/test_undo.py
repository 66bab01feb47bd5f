"""Undo and redo: the statement is as it was, whole, or nothing is touched."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from claims.models import Claim, Statement, Utterance
from sources.models import Party, Source
from tests.conftest import Draft
from tests.workbench.conftest import Bench, Filled


def picture(statement: Statement) -> dict[str, Any]:
    """All that is stored of it, but for its key and what counts changes."""
    row = Statement.objects.filter(public_id=statement.public_id).values().get()
    for name in ("id", "version", "created_at", "updated_at", "search"):
        del row[name]
    row["positions"] = list(
        Statement.objects.get(public_id=statement.public_id)
        .positions.order_by("id")
        .values("claim", "holder", "stance")
    )
    row["via"] = [relay.who for relay in Statement.objects.get(public_id=statement.public_id).relays.all()]
    return row


@pytest.fixture
def whole(draft: Draft, valley: Claim, southland: Party, article: Source) -> Statement:
    """A draft with something in every field."""
    return draft(
        "We go in spring,",
        "and not before.",
        kind="direct",
        positions=[{"claim": valley, "holder": southland, "stance": "opposes", "rationale": "Plain."}],
        via=[article.publisher],
        utterance=Utterance.objects.create(note="wire"),
        original_quote="…",
        occasion="the talks",
        external_id="a-1",
        said_on_as_printed="early March",
    )


def delete(at: Bench, statement: Statement) -> Any:
    return at.post(f"statements/{statement.public_id}/delete/", {"version": statement.version}).json()


def test_a_deleted_statement_comes_back_whole_and_goes_again(bench: Any, ann: User, whole: Statement) -> None:
    at, before = bench(ann), picture(whole)
    told = delete(at, whole)
    assert not Statement.objects.exists()
    back = at.post("undo/", {"token": told["undo"]}).json()
    assert picture(whole) == before
    assert (back["id"], back["version"]) == (whole.public_id, 2)
    gone = at.post("undo/", {"token": back["undo"]}).json()
    assert gone["card"] is None
    assert not Statement.objects.exists()
    at.post("undo/", {"token": gone["undo"]})
    assert picture(whole) == before


def test_the_last_change_is_undone_and_done_again(bench: Any, ann: User, whole: Statement, filled: Filled) -> None:
    at, before = bench(ann), picture(whole)
    told = {"version": 1, "values": filled(cue="told"), "key": "0f6b6a0c-7d55-4a56-9e3f-6c4c7a1e9f10"}
    answer = at.post(f"statements/{whole.public_id}/", told).json()
    after = picture(whole)
    assert after != before
    undone = at.post("undo/", {"token": answer["undo"]}).json()
    assert picture(whole) == before
    at.post("undo/", {"token": undone["undo"]})
    assert picture(whole) == after


def test_several_changes_are_undone_one_after_another_and_done_again(bench: Any, ann: User, filled: Filled) -> None:
    at = bench(ann)
    made = at.create(filled(cue="said")).json()
    tokens, statement = [made["undo"]], Statement.objects.get()
    for version, cue in ((1, "told"), (2, "added")):
        told = {"version": version, "values": filled(cue=cue), "key": str(uuid.uuid4())}
        tokens.append(at.post(f"statements/{made['id']}/", told).json()["undo"])
    seen, again = [], []
    for token in reversed(tokens[1:]):
        again.append(at.post("undo/", {"token": token}).json()["undo"])
        statement.refresh_from_db()
        seen.append(statement.cue)
    for token in reversed(again):
        at.post("undo/", {"token": token})
        statement.refresh_from_db()
        seen.append(statement.cue)
    assert seen == ["told", "said", "told", "added"]


def test_what_was_submitted_since_is_not_undone(bench: Any, ann: User, filled: Filled) -> None:
    at = bench(ann)
    made = at.create(filled()).json()
    at.post(f"statements/{made['id']}/submit/", {"version": 1})
    answer = at.post("undo/", {"token": made["undo"]})
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "It cannot be undone: the statement is submitted now.",
    )


def test_a_new_statement_is_taken_back(bench: Any, ann: User, filled: Filled) -> None:
    at = bench(ann)
    made = at.create(filled()).json()
    assert at.post("undo/", {"token": made["undo"]}).json()["card"] is None
    assert not Statement.objects.exists()


def test_nothing_is_undone_once_it_has_been_changed_since(
    bench: Any, ann: User, whole: Statement, filled: Filled
) -> None:
    at = bench(ann)
    made = at.create(filled()).json()
    statement = Statement.objects.get(public_id=made["id"])
    statement.edit(by=ann, cue="told")
    answer = at.post("undo/", {"token": made["undo"]})
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "It cannot be undone: the statement has been changed since.",
    )
    statement.submit(by=ann)
    assert Statement.objects.filter(pk=statement.pk).exists()


def test_what_is_back_does_not_come_back_twice(bench: Any, ann: User, whole: Statement) -> None:
    at = bench(ann)
    told = delete(at, whole)
    assert [at.post("undo/", {"token": told["undo"]}).status_code for _ in range(2)] == [200, 409]
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", 7, None, "eyJkaWQiOiJkZWxldGVkIn0:1:x"])
def test_a_token_that_is_not_ours_does_nothing(token: Any, bench: Any, ann: User, whole: Statement) -> None:
    assert bench(ann).post("undo/", {"token": token}).status_code == 409
    assert Statement.objects.get() == whole


def test_nobody_undoes_for_somebody_else_or_elsewhere(
    bench: Any, ann: User, bob: User, whole: Statement, article: Source
) -> None:
    token = delete(bench(ann), whole)["undo"]
    other = Source.objects.create(title="Other", publisher=article.publisher, published_on="2031-03-02")
    other.add_revision("Words.")
    for at in (bench(bob), bench(ann, other)):
        assert at.post("undo/", {"token": token}).status_code == 409
    assert not Statement.objects.exists()
